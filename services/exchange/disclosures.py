"""Who was told what about whom, for which purpose? One line for each person of each answer, never changed again.

Lines are written in the transaction that reads what the answer says: there is no answer without its lines, and the
lines say no more than the answer.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from starlette.requests import Request

from kit.auth.access import Access
from kit.process.database import Connection
from kit.process.tracing import current_traceparent, trace_id_of

Kind = Literal["feed", "query", "verification"]

_LONGEST_REFERENCE: Final = 200


class Asker(NamedTuple):
    """Who asks, and why. Client and purpose name the agreement; `case` and `end_user` are the partner's own words."""

    client: str
    subject: str
    token: str
    purpose: str
    legal_basis: str
    view: str
    case: str | None
    end_user: str | None
    trace: str


class Line(NamedTuple):
    """`person` is null where nobody was found, `fields` what of her was shown or compared, by spaces."""

    at: datetime
    client: str
    subject: str
    token: str
    purpose: str
    legal_basis: str
    view: str
    case_ref: str | None
    end_user: str | None
    trace: str
    kind: Kind
    person: str | None
    fields: str
    position: int


def asker(request: Request, access: Access, view: str) -> Asker:
    """Read who asks; the headers are those of X-Road's message protocol, which any partner may send."""
    headers = request.headers
    return Asker(
        access.client_id,
        access.subject,
        access.jti,
        access.purpose,
        access.legal_basis,
        view,
        _reference(headers.get("x-road-issue")),
        _reference(headers.get("x-road-userid")),
        trace_id_of(current_traceparent()),
    )


def _reference(text: str | None) -> str | None:
    kept = "".join(filter(str.isprintable, text or ""))[:_LONGEST_REFERENCE]
    return kept or None


async def write(connection: Connection, lines: Sequence[Line]) -> None:
    """Write lines in the caller's transaction."""
    if lines:
        await connection.copy_records_to_table("disclosure", records=lines, columns=Line._fields)
