"""What is ready to be sent, and from which rows of the file did it come?"""

import msgspec

from contracts.event import CATALOGUE, Report
from kit.auth.access import Access
from services.events.importing.derived import report_id
from services.events.importing.drafts import Draft
from services.events.importing.verdicts import Fault
from services.events.report.line import Line
from services.events.report.parse import check


class Prepared(msgspec.Struct, frozen=True, gc=False):
    """One report as it will be sent, the table and the rows that it tells, and what the sender should know.

    One that `follows` goes with the report before it, which speaks for the rows unless this one fails.
    """

    line: Line
    table: str
    rows: tuple[int, ...]
    warnings: tuple[Fault, ...] = ()
    follows: bool = False


class Writer:
    """Writes reports of one file in one sender's name; `key` is the installation's secret, `run` names the file."""

    def __init__(self, access: Access, key: bytes, run: str) -> None:
        self._access, self._key, self._run = access, key, run
        self._source = f"/imports/{access.client_id}"

    def write(self, draft: Draft) -> Prepared:
        """Write a report whose id follows from what it says, and check it as the intake does; raises InvalidRequest."""
        told = Report(
            id=report_id(CATALOGUE[draft.event].kind, draft.on, draft.data, self._key),
            source=self._source,
            type=draft.event,
            data=msgspec.Raw(draft.data),
            correlationid=self._run,
        )
        return Prepared(checked(told, self._access), draft.table, draft.rows, draft.warnings, draft.follows)


def checked(report: Report, access: Access) -> Line:
    """Check a report of ours as the intake is given it; what was written here is strict JSON with its names sorted."""
    return check(report, access, report.data)
