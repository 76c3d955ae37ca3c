"""What is ready to be sent, and from which rows of the file did it come?"""

from typing import Any

import msgspec

from contracts.event import Event
from kit.auth import Access
from kit.problems import InvalidRequest, Problem
from services.events.importing.derived import report_id
from services.events.importing.verdicts import Fault
from services.events.parse import parse

_encode = msgspec.json.Encoder().encode
_canonical = msgspec.json.Encoder(order="sorted").encode


class Prepared(msgspec.Struct, frozen=True, gc=False):
    """One report as it will be sent, the table and the rows that it tells, and what the sender should know.

    One that `follows` goes with the report before it, which speaks for the rows unless this one fails.
    """

    raw: bytes
    table: str
    rows: tuple[int, ...]
    warnings: tuple[tuple[int, str], ...] = ()
    follows: bool = False


class Unfit(msgspec.Struct, frozen=True, gc=False):
    """Rows that cannot be sent, and why."""

    table: str
    rows: tuple[int, ...]
    faults: tuple[Fault, ...]


def report(kind: type[Event], payload: dict[str, Any], access: Access, key: bytes, run: str) -> bytes:
    """Write a report whose id follows from what it says."""
    data = _canonical(payload)
    return _encode(
        {
            "specversion": "1.0",
            "id": report_id(kind.kind, payload["on"], data, key),
            "source": f"/imports/{access.client_id}",
            "type": kind.type_name(),
            "datacontenttype": "application/json",
            "correlationid": run,
            "data": msgspec.Raw(data),
        }
    )


def refused_places(raw: bytes, access: Access) -> list[tuple[str, str]]:
    """Check a report as the intake will: pointers and codes of what is wrong."""
    try:
        parse(raw, access)
    except InvalidRequest as problem:
        return [(fault.pointer, fault.code) for fault in problem.errors]
    except Problem as problem:
        return [("#", problem.code)]
    return []
