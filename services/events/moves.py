"""How does an officer see which moves lack their other half?"""

from operator import attrgetter
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from contracts.ids import EVERYWHERE, PLACE
from contracts.scopes import Scope
from kit.auth.access import Access
from kit.auth.callers import require
from kit.http.application import json_response, router
from kit.http.faults import worded
from kit.http.paging import Cursor
from kit.http.problems import NotFound
from services.events.deciding import halves
from services.events.deciding.halves import FIRST, Place, Question, Side
from services.events.queries.below import is_known, places_below
from services.events.shapes import MovesAnswer, answered

moves = router("/events/v1", tags=["moves"])


@moves.get("/moves/unmatched", responses=answered(MovesAnswer, NotFound))
async def list_unmatched(
    request: Request,
    access: Annotated[Access, require(Scope.EVENTS_REPORT_READ)],
    unit: Annotated[str, Query(pattern=f"^{EVERYWHERE}$|{PLACE}", description="A unit or an area.")] = EVERYWHERE,
    side: Annotated[Side | None, Query(description="Only departures, or only arrivals.")] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """List moves that lack their other half, the oldest first, and count them by age on the first page.

    A departure lacks an arrival, an arrival the departure from where its person still lives. Listed is what begins or
    ends within the unit, and within the caller's areas.
    """
    sources = request.app.state
    after = sources.moves.read(cursor, Place, access.client_id) if cursor is not None else FIRST
    async with sources.readers.acquire() as connection:
        if not await is_known(connection, unit):
            raise NotFound(errors=[worded("query/unit", "unknown-unit")])
        today = sources.today()
        here, seen = [await places_below(connection, places, today) for places in ([unit], access.areas)]
        question = Question(here, seen, side, today)
        page = await halves.page(connection, question, after, limit)
        following = sources.moves.behind(page, limit, attrgetter("since", "key"), access.client_id)
        told: dict[str, Any] = {"moves": [halves.told(half, question.today) for half in page], "cursor": following}
        if cursor is None:
            told["counts"] = await halves.counts(connection, question)
    return json_response(told)
