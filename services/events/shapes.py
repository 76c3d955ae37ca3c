"""What do the answers look like, for the documentation?"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kit.http.openapi import POSITION, BothLanguages
from kit.http.positions import HEADER
from kit.http.problems import InvalidRequest, Problem, declare
from services.events.deciding.halves import Side
from services.events.document import Fate

CURSOR = "Leads on; null at the end."


def answered(
    model: type[BaseModel], *problems: type[Problem], position: bool = False
) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that answers so; `position`: it says where the ledger stood."""
    headers = {"headers": {HEADER: POSITION}} if position else {}
    return {200: {"model": model, **headers}, **declare(InvalidRequest, *problems)}


class ReasonTold(BaseModel):
    """Why a report is not recorded. `facts`: the positions that it contradicts; `pointer`: the place in the report."""

    code: str
    text: BothLanguages | None = None
    facts: list[int] = []
    instead: str | None = Field(None, description="The id to name in its place.")
    pointer: str | None = None


class ReportFate(BaseModel):
    """What became of a report. `duplicates`: how often it was sent again."""

    id: str
    fate: Fate
    position: int | None
    duplicates: int
    reasons: list[ReasonTold] = []
    instead: str | None = Field(None, description="The id of the child that is on the books already.")


class ReportShown(ReportFate):
    """`reason`: the office's own words. All from `type` on is told to the office on whose desk the report lies or lay,
    and, but for the places, to the sender of one that waits or waited in vain.
    """

    reason: str | None = None
    need: str | None = Field(None, description="What it waits for.")
    type: str | None = None
    source: str | None = None
    sender: str | None = None
    device: str | None = None
    time: str | None = None
    on: str | None = None
    data: dict[str, Any] | None = Field(None, description="Null of a report that is about what is withheld.")
    places: list[str] | None = None
    since: str | None = Field(None, description="When it was recorded that it waits.")
    reports: list[ReportFate] | None = Field(None, description="Of a decision: what became of those it had decided.")


class ReportsAnswer(BaseModel):
    """A page of the caller's own reports; `counts` by fate stand on the first."""

    reports: list[ReportFate]
    cursor: str | None = Field(description=CURSOR)
    counts: dict[str, int] | None = None


class DeviceKey(BaseModel):
    """A key and the days on which it is taken; `until` null: without end."""

    key: str
    since: str
    until: str | None
    revoked: bool


class EnrolledKey(DeviceKey):
    """A key with whose device it belongs to, and the place for which it was enrolled."""

    sender: str
    place: str


class WaitingKey(BaseModel):
    """An enrolment that waits for its place: by which report, and what it needs."""

    key: str
    sender: str
    place: str
    since: str
    until: str | None
    need: str
    report: str


class DeviceKeysAnswer(BaseModel):
    """The keys of all devices of a name, and those whose enrolment waits."""

    device: str
    keys: list[EnrolledKey]
    waiting: list[WaitingKey]


class Counts(BaseModel):
    """Reports by fate; voided ones stay counted as recorded, and each time that one was sent again as a duplicate."""

    recorded: int
    waiting: int
    returned: int
    refused: int
    duplicate: int
    handed_over: int


class Gap(BaseModel):
    """Numbers that have not come, both included."""

    first: int
    last: int


class DeviceAnswer(BaseModel):
    """What the server has of a device. `sent` is the sum of the counts; `position` is where the ledger stood."""

    device: str
    position: int
    sent: int
    counts: Counts
    voided: int
    highest: int
    missing: list[Gap]
    more_missing: bool
    keys: list[DeviceKey]


class SyncAnswer(DeviceAnswer):
    """And what changed in the area. `left`: ids of households and persons who stand there no longer."""

    households: list[dict[str, Any]] = Field(description="States as facts hold them.")
    persons: list[dict[str, Any]] = Field(description="States as facts hold them.")
    left: list[str]
    cursor: str
    more: bool


class FactAnswer(BaseModel):
    """A fact in the chain. `fact` is described by the schema fact.v1 of the catalogue."""

    position: int
    recorded_at: str
    hash: str
    amended_by: list[int]
    fact: dict[str, Any]


class StatusAnswer(BaseModel):
    """Where the ledger stands; `recorded_at` is null while it is empty."""

    service: Literal["events"]
    position: int
    recorded_at: str | None
    hash: str
    waiting: int


class ReportOnDesk(BaseModel):
    """A report that is to be decided; `data` is null of one that is about what is withheld."""

    id: str
    position: int
    fate: Fate
    type: str
    source: str
    sender: str
    device: str | None
    time: str | None
    on: str | None
    data: dict[str, Any] | None


class ReportQueued(ReportOnDesk):
    """`since`: when it was recorded that it waits for the office."""

    places: list[str]
    reasons: list[ReasonTold]
    since: str


class QueueAnswer(BaseModel):
    """A page of what waits for the office."""

    reports: list[ReportQueued]
    cursor: str | None = Field(description=CURSOR)


class ReportOverdue(ReportOnDesk):
    """`need`: what it waits for; `since`: the day on which it came."""

    need: str | None
    since: str


class OverdueAnswer(BaseModel):
    """A page of what has waited for too long."""

    unit: str
    reports: list[ReportOverdue]
    cursor: str | None = Field(description=CURSOR)


class SheetOwed(BaseModel):
    """`days`: how long it has been due."""

    area: str
    month: str
    due: str
    days: int
    late: bool
    to_do: Literal["draw_up", "appraise"]


class SheetsOwedAnswer(BaseModel):
    """A page of the sheets that somebody has to do something about."""

    unit: str
    sheets: list[SheetOwed]
    cursor: str | None = Field(description=CURSOR)


class DecisionTold(BaseModel):
    """By whom, for which day and when it was recorded; of a sheet that is drawn up how many `lines` were said to be."""

    position: int
    on: str
    recorded_at: str
    by: str
    source: str
    device: str | None
    lines: int | None


class Sheet(BaseModel):
    """How the sheet of an area stands."""

    area: str
    late: bool
    drawn_up: DecisionTold | None
    appraised: DecisionTold | None


class SheetsAnswer(BaseModel):
    """The sheets of a month."""

    unit: str
    month: str
    due: str
    sheets: list[Sheet]


class StateChange(BaseModel):
    """A state just before and just after a report took effect: null where there is none, alike where none changed."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None


class SheetLine(BaseModel):
    """A report that stands on a sheet. `data`: what it says now, with all corrections."""

    p0_list: int | None = Field(description="The list of the P0 form; null of what the form has none for.")
    kind: str
    on: str
    position: int
    recorded_at: str
    report: str
    sender: str | None
    source: str
    device: str | None
    corrected: bool
    notes: list[str]
    data: dict[str, Any]
    persons: list[StateChange]
    households: list[StateChange]


class SheetLinesAnswer(BaseModel):
    """A page of a sheet's lines."""

    unit: str
    month: str
    lines: list[SheetLine]
    cursor: str | None = Field(description=CURSOR)


class MonthAnswer(BaseModel):
    """`closed`: null while the books are open."""

    unit: str
    month: str
    closed: DecisionTold | None


class MoveHalf(BaseModel):
    """A move without its other half; `report` is that of an arrival."""

    model_config = ConfigDict(populate_by_name=True)

    side: Side
    person: str
    since: str
    days: int
    from_: str | None = Field(alias="from")
    to: str | None
    report: str | None = None


class MovesAnswer(BaseModel):
    """A page of halves; `counts` by side and by age in days stand on the first."""

    moves: list[MoveHalf]
    cursor: str | None = Field(description=CURSOR)
    counts: dict[Side, dict[str, int]] | None = None
