"""What does the commune's office decide about reports, P0 sheets and months? It changes no person and no household."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.calendar import next_month
from contracts.event import Event
from contracts.ids import AreaId, IsoDate, PersonId, ReportId, Text, UnitId
from contracts.malformed import malformed
from contracts.scopes import Scope

MOST_REPORTS = 1_000


def due_day(month: str) -> str:
    """Give the day on which a month's sheet is due: the first of the following month; it is late from the next on."""
    return f"{next_month(month)}-01"


MONTH = r"^(18[5-9][0-9]|19[0-9]{2}|2[01][0-9]{2})-(0[1-9]|1[0-2])$"
Month = Annotated[str, StringConstraints(pattern=MONTH)]
Reports = Annotated[tuple[ReportId, ...], Field(min_length=1, max_length=MOST_REPORTS)]


class Office(Event):
    """A decision of the office, taken on the day `on`. It is neither corrected nor voided: the next one stands."""

    scope: ClassVar[str] = Scope.EVENTS_REPORT_APPROVE
    decision: ClassVar[bool] = True

    on: IsoDate


class _OfReports(Office):
    """A decision about reports in the office's queue: about all of them or, where one is not there, about none."""

    reports: Reports

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.reports)) != len(self.reports):
            raise malformed("named-twice")
        return self


class ReportsApproved(_OfReports):
    """Reports that waited for the office are right: they are decided again and, if nothing contradicts, recorded.

    A whole sheet is approved by naming all of its reports.
    """

    kind: ClassVar[str] = "reports.approved"
    title: ClassVar[tuple[str, str]] = ("Reports approved", "Duyệt báo cáo")

    note: Text | None = None


class ReportsReturned(_OfReports):
    """Reports that wait for the office, or for another report than their turn, go back to their senders.

    Those tell them anew under other ids. What waits for its turn is [advanced](#reportadvancedv1) instead.
    """

    kind: ClassVar[str] = "reports.returned"
    title: ClassVar[tuple[str, str]] = ("Reports returned", "Trả lại báo cáo")

    reason: Text


class ReportAmended(Office):
    """A report that waited for the office is recorded as it was told and put right at once: both, or neither.

    `changes` and `member` say what is right as a [correction](#factcorrectedv1) does; `correction` is the id under
    which that is told.
    """

    kind: ClassVar[str] = "report.amended"
    title: ClassVar[tuple[str, str]] = ("Report approved with a correction", "Duyệt báo cáo kèm đính chính")

    report: ReportId
    correction: ReportId
    changes: dict[str, Any]
    member: PersonId | None = None
    reason: Text | None = None

    @property
    def reports(self) -> tuple[str, ...]:
        """The report, as other decisions name theirs."""
        return (self.report,)

    @model_validator(mode="after")
    def _says_what_is_right(self) -> Self:
        if not self.changes or self.correction == self.report:
            raise malformed("nothing-amended")
        return self


class ReportAdvanced(Office):
    """A report that waits because earlier numbers of its device are missing has its turn without them.

    It is decided as any report is, and so are those that wait between. The numbers before it are missed no longer.
    """

    kind: ClassVar[str] = "report.advanced"
    title: ClassVar[tuple[str, str]] = ("Report decided without those before it", "Xét báo cáo không chờ số trước")

    report: ReportId
    reason: Text | None = None

    @property
    def reports(self) -> tuple[str, ...]:
        """The report, as other decisions name theirs."""
        return (self.report,)


class _OfAMonth(Office):
    """Something about a month that has begun."""

    month: Month

    @model_validator(mode="after")
    def _month_has_begun(self) -> Self:
        if self.on[:7] < self.month:
            raise malformed("month-not-begun")
        return self


class _OfSheet(_OfAMonth):
    """Something about the P0 sheet (the collaborator's monthly sheet of changes) of an area and month."""

    area: AreaId


class SheetDrawnUp(_OfSheet):
    """The collaborator has told everything of the month: the sheet is drawn up. `lines` counts what she told."""

    kind: ClassVar[str] = "sheet.drawn_up"
    title: ClassVar[tuple[str, str]] = ("P0 sheet drawn up", "Lập phiếu P0")
    scope: ClassVar[str] = Scope.EVENTS_REPORT_WRITE

    lines: Annotated[int, Field(ge=0, le=100_000, strict=True)] | None = None


class SheetAppraised(_OfSheet):
    """The commune's population officer has checked the sheet and found it right."""

    kind: ClassVar[str] = "sheet.appraised"
    title: ClassVar[tuple[str, str]] = ("P0 sheet appraised", "Thẩm định phiếu P0")


class SheetReturned(_OfSheet):
    """The commune's population officer gives the sheet back: it is to be drawn up again."""

    kind: ClassVar[str] = "sheet.returned"
    title: ClassVar[tuple[str, str]] = ("P0 sheet returned", "Trả lại phiếu P0")

    reason: Text


class _OfMonth(_OfAMonth):
    """Something about the books of a commune in a month."""

    commune: UnitId


class MonthClosed(_OfMonth):
    """The month's books are closed: what collaborators tell of it from now on waits for the office."""

    kind: ClassVar[str] = "month.closed"
    title: ClassVar[tuple[str, str]] = ("Month closed", "Khóa sổ tháng")


class MonthReopened(_OfMonth):
    """The month's books are open again."""

    kind: ClassVar[str] = "month.reopened"
    title: ClassVar[tuple[str, str]] = ("Month reopened", "Mở lại sổ tháng")

    reason: Text
