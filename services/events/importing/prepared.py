"""What is ready to be sent, and from which rows of the file did it come?"""

from typing import Any

import msgspec

from contracts.event import Event, Report
from kit.access import Access
from services.events.importing.derived import report_id
from services.events.importing.verdicts import Fault
from services.events.line import Line
from services.events.parse import check

_canonical = msgspec.json.Encoder(order="sorted").encode


class Prepared(msgspec.Struct, frozen=True, gc=False):
    """One report as it will be sent, the table and the rows that it tells, and what the sender should know.

    One that `follows` goes with the report before it, which speaks for the rows unless this one fails.
    """

    line: Line
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
        self._access, self._key, self._run = access, key, run
        self._source = f"/imports/{access.client_id}"

    def write(self, kind: type[Event], payload: dict[str, Any]) -> Line:
        """Write a report whose id follows from what it says, and check it as the intake does; raises InvalidRequest."""
        data = _canonical(payload)
        told = Report(
            id=report_id(kind.kind, payload["on"], data, self._key),
            source=self._source,
            type=kind.type_name(),
            data=msgspec.Raw(data),
            correlationid=self._run,
        )
        return checked(told, self._access)


def checked(report: Report, access: Access) -> Line:
    """Check a report of ours as the intake is given it; what was written here is strict JSON with its names sorted."""
    return check(report, access, report.data)
