"""What does the office decide, about which reports, sheets and months, and when can it not?

Its decisions change no person: a fact without transitions, and the rows by which later reports are judged.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Final, cast

from contracts.event import CATALOGUE, Event
from contracts.fact import NO_CHANGES, Fact
from contracts.kinds.office import (
    MonthClosed,
    MonthReopened,
    Office,
    ReportAdvanced,
    ReportAmended,
    ReportsApproved,
    ReportsReturned,
    SheetAppraised,
    SheetDrawnUp,
    SheetReturned,
)
from contracts.unit import UnitState
from services.events.deciding.needs import READY, SEQUENCE, Pending, turn_in, wait_anew
from services.events.report.line import Line, cause_of
from services.events.state.world import Contradiction, Month, Needs, Queued, State, World

Approving = ReportsApproved | ReportAmended
OfReports = Approving | ReportsReturned
APPROVAL = "approved:"
DRAWN_UP_EARLY, CLOSED_EARLY = "drawn-up-early", "closed-early"
"""Before the month was over: what is told of its last days comes behind."""


def approval_of(report: str) -> str:
    """Name what a report waits for that the office must approve."""
    return f"{APPROVAL}{report}"


def decided(line: Line, event: Office, world: World, begun: str) -> Fact:
    """Make the fact of a decision; raises Contradiction, Needs and Unloaded."""
    if event.on > begun:
        raise Contradiction("in-the-future")
    notes = _RULES[type(event)](event, world)
    return Fact(event.kind, event.on, cause_of(line, notes), None, (), NO_CHANGES, NO_CHANGES)


def places_of(event: Office, world: World) -> list[tuple[str, ...]]:
    """Give the places of which one must be the sender's: of every report, of the sheet, of the month."""
    if isinstance(event, OfReports | ReportAdvanced):
        return [
            queued.places
            for report, queued in world.queued(event.reports).items()
            if queued is not None and (not isinstance(event, Approving) or queued.need == approval_of(report))
        ]
    month = month_of(event)
    return [] if month is None else [with_heirs(month[0], world)]


def with_heirs(place: str, world: World) -> tuple[str, ...]:
    """Give a place; of a commune that ended also the areas that were its own, whose office keeps its books now.

    Raises Unloaded.
    """
    row = world.row(place)
    state = None if row is None else row.state
    ended = isinstance(state, UnitState) and state.valid_to is not None and state.valid_to <= world.today
    return (place, *sorted(world.dependants(place))) if ended else (place,)


def month_of(event: Office) -> tuple[str, str] | None:
    """Give the place and month of a sheet, or of a commune's books; None for a decision about reports."""
    month = event.find("month")
    return None if month is None else (event.find("area") or event.find("commune"), month)


def decision_of(event: Event) -> Office | None:
    """Give the decision that a report is; None for one of people and places, which nearly all are.

    `isinstance` asks pydantic's metaclass, which takes longer than all else that is done here for each report.
    """
    return cast("Office", event) if type(event).decision else None


def decision_in(fact: Fact) -> Office | None:
    """Give the decision that a fact records, if it records one."""
    kind = CATALOGUE[fact.cause.type]
    return decision_of(kind.parse(fact.cause.data)) if kind.decision else None


def keep(world: World, position: int, event: Office) -> None:
    """Bring queue, sheets and months up to date with a decision recorded at `position`."""
    if isinstance(event, OfReports):
        approved = not isinstance(event, ReportsReturned)
        world.verdicts.update(dict.fromkeys(event.reports, (approved, position)))
    elif (key := month_of(event)) is not None:
        world.months[key] = _after(event, world.months[key], position)
        world.new_months[key] = None


def take_from_queue(
    reports: Collection[str], world: World, pending: dict[str, list[Pending]]
) -> tuple[list[str], set[str]]:
    """Let reports that are decided about be in no queue any more; gives the needs that release them, and those of them
    whose reports are read, among `pending`.
    """
    read: set[str] = set()
    for report, queued in world.queued(reports).items():
        world.queue[report] = None
        if queued is not None and wait_anew(pending, report, queued.need, approval_of(report)):
            read.add(approval_of(report))
    return [approval_of(report) for report in reports], read


def _after(event: Office, month: Month, position: int) -> Month:
    if isinstance(event, SheetDrawnUp):
        return replace(month, drawn_up=position)
    if isinstance(event, SheetAppraised):
        return replace(month, appraised=position)
    if isinstance(event, SheetReturned):
        return replace(month, drawn_up=None, appraised=None)
    return replace(month, closed=position if isinstance(event, MonthClosed) else None)


def turn_awaited(event: ReportAdvanced, world: World) -> str:
    """Give the number of its device that a report waits for; raises Contradiction where it waits for none, and
    Unloaded.
    """
    queued = world.queued(event.reports)[event.report]
    if queued is None or not queued.need.startswith(SEQUENCE):
        raise Contradiction("not-in-the-queue")
    device, number = turn_in(queued.need)
    if number <= world.passed_by(device):
        raise Contradiction("not-in-the-queue")
    return queued.need


def queued_for_office(reports: Collection[str], world: World) -> list[Queued]:
    """Give reports that wait for the office; raises Contradiction where one does not, and Unloaded."""
    found = [
        queued
        for report, queued in world.queued(reports).items()
        if queued is not None and queued.need == approval_of(report)
    ]
    if len(found) < len(reports):
        raise Contradiction("not-in-the-queue")
    return found


def _approved(event: Any, world: World) -> tuple[str, ...]:
    queued_for_office(event.reports, world)
    return ()


def _given_back(event: ReportsReturned, world: World) -> tuple[str, ...]:
    """Whatever waits may be given back but what waits for its turn, or had it and is decided at once: those behind it
    would wait for ever.
    """
    waits = world.queued(event.reports).values()
    if any(queued is None or queued.need == READY or queued.need.startswith(SEQUENCE) for queued in waits):
        raise Contradiction("not-in-the-queue")
    return ()


def _advanced(event: ReportAdvanced, world: World) -> tuple[str, ...]:
    turn_awaited(event, world)
    return ()


def _drawn_up(event: SheetDrawnUp, world: World) -> tuple[str, ...]:
    month = _sheet(event.area, event.month, world)
    if month.drawn_up is not None:
        raise Contradiction("already-drawn-up", month.drawn_up)
    return (DRAWN_UP_EARLY,) if event.on[:7] == event.month else ()


def _appraised(event: SheetAppraised, world: World) -> tuple[str, ...]:
    month = _sheet(event.area, event.month, world)
    if month.drawn_up is None:
        raise Contradiction("not-drawn-up")
    if month.appraised is not None:
        raise Contradiction("already-appraised", month.appraised)
    return ()


def _returned(event: SheetReturned, world: World) -> tuple[str, ...]:
    if _sheet(event.area, event.month, world).drawn_up is None:
        raise Contradiction("not-drawn-up")
    return ()


def _closed(event: MonthClosed, world: World) -> tuple[str, ...]:
    month = _books(event.commune, event.month, world)
    if month.closed is not None:
        raise Contradiction("already-closed", month.closed)
    return (CLOSED_EARLY,) if event.on[:7] == event.month else ()


def _reopened(event: MonthReopened, world: World) -> tuple[str, ...]:
    if _books(event.commune, event.month, world).closed is None:
        raise Contradiction("not-closed")
    return ()


def _sheet(area: str, month: str, world: World) -> Month:
    _on_the_books(area, world)
    return world.month(area, month)


def _books(commune: str, month: str, world: World) -> Month:
    if getattr(_on_the_books(commune, world), "level", None) != "commune":
        raise Contradiction("not-a-commune")
    return world.month(commune, month)


def _on_the_books(place: str, world: World) -> State:
    row = world.row(place)
    if row is None or row.state is None:
        raise Needs(place)
    return row.state


_RULES: Final[dict[type[Office], Callable[[Any, World], tuple[str, ...]]]] = {
    ReportsApproved: _approved,
    ReportAmended: _approved,
    ReportAdvanced: _advanced,
    ReportsReturned: _given_back,
    SheetDrawnUp: _drawn_up,
    SheetAppraised: _appraised,
    SheetReturned: _returned,
    MonthClosed: _closed,
    MonthReopened: _reopened,
}
