"""What is ready to be sent, and from which rows of the file did it come?"""

from typing import Any

import msgspec
from pydantic import ValidationError

from contracts.event import Event, decode_report
from kit.auth import Access
from services.events.importing.derived import report_id
from services.events.importing.verdicts import Fault
from services.events.line import Line
from services.events.parse import check
from services.events.pointers import pointers

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


class Writer:
    """Writes reports of one file in one sender's name; `key` is the installation's secret, `run` names the file."""

    def __init__(self, access: Access, key: bytes, run: str) -> None:
        self._source, self._key, self._run = f"/imports/{access.client_id}", key, run

    def write(self, kind: type[Event], payload: dict[str, Any]) -> tuple[bytes, tuple[tuple[str, str], ...]]:
        """Write a report whose id follows from what it says, and check it as the intake will: pointers and codes."""
        data = _canonical(payload)
        try:
            kind.parse(data)
        except ValidationError as invalid:
            return b"", pointers(invalid, kind)
        told = {
            "specversion": "1.0",
            "id": report_id(kind.kind, payload["on"], data, self._key),
            "source": self._source,
            "type": kind.type_name(),
            "datacontenttype": "application/json",
            "correlationid": self._run,
            "data": msgspec.Raw(data),
        }
        return _encode(told), ()


def line_of(raw: bytes, access: Access) -> Line:
    """Check a report of ours as the intake is given it; what was written here is strict JSON with its names sorted."""
    report = decode_report(raw)
    return check(report, access, report.data)
