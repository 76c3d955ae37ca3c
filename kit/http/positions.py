"""Up to which ledger position is an answer complete, and how does a caller ask for more?"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request

from kit.http.faults import worded
from kit.http.problems import InvalidRequest, PositionNotReached

HEADER = "Socai-Position"
PARAMETER = "not_before"
HIGHEST = 2**63 - 1
PATIENCE = 5.0

_DIGITS = re.compile(r"[0-9]{1,19}")

_ABOUT = "Answer only when complete up to this ledger position; waits a few seconds, then 412."
NotBefore = Annotated[int | None, Query(ge=0, le=HIGHEST, description=_ABOUT)]
NOT_BEFORE: Mapping[str, Any] = {
    "name": PARAMETER,
    "in": "query",
    "required": False,
    "schema": {"type": "integer", "minimum": 0, "maximum": HIGHEST},
    "description": _ABOUT,
}
"""The same for the document of a plain route."""

Wait = Callable[[int, float], Awaitable[int]]
"""(position, seconds) -> the position reached: at least that one, or less when the time is up."""


async def reached(not_before: int | None, wait: Wait, patience: float = PATIENCE) -> int:
    """The position that the answer will be complete up to, once it is not before the one asked for."""
    position = await wait(not_before or 0, patience)
    if not_before is not None and position < not_before:
        raise PositionNotReached(headers={HEADER: str(position)})
    return position


def not_before(request: Request) -> int | None:
    """The query parameter, for plain routes."""
    given = request.query_params.get(PARAMETER)
    if given is None:
        return None
    if not _DIGITS.fullmatch(given) or int(given) > HIGHEST:
        raise InvalidRequest(errors=[worded(f"query/{PARAMETER}", "position")])
    return int(given)


def position_header(position: int) -> dict[str, str]:
    return {HEADER: str(position)}
