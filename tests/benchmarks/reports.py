"""How is a report of the benches written down, quickly?"""

from typing import Any, NamedTuple

import msgspec

from contracts.ids import uuid7

TOLD_MS = 1_760_000_000_000
_encode = msgspec.json.Encoder().encode


class Told(NamedTuple):
    """What a report says."""

    kind: str
    data: dict[str, Any]
    source: str
    subject: str | None = None


def told(what: Told, at: int, report: str | None = None) -> bytes:
    """Write one line of NDJSON without its end; `at` in milliseconds since 1970 stands in the id."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": report or uuid7(at),
        "source": what.source,
        "type": f"vn.socai.{what.kind}.v1",
        "time": "2026-03-14T18:30:00+07:00",
        "datacontenttype": "application/json",
    }
    if what.subject is not None:
        envelope["subject"] = what.subject
    envelope["data"] = what.data
    return _encode(envelope)
