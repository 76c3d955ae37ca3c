"""What do the conventions make of offices: who may tell what, what waits for an office, and what has it decided?

The naive side: places and months are looked up in the plain states, everything an office decided is kept by report
and by month.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.event import Event
from contracts.kinds.device import DeviceEnrolled
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
from contracts.scopes import Scope
from kit.auth.access import Access
from services.events.settings import ApprovalRule
from tests.laws.causes import Step
from tests.laws.scene import Payload, State

EVERYWHERE = "VN"
OF_REPORTS = ReportsApproved | ReportAmended | ReportsReturned
MonthKey = tuple[str, str]


@dataclass(frozen=True)
class Effect:
    """What a report changes: states before and after, of what is asserted and of what is retracted; whom it names.

    `places`: the steps of units among what is asserted, `former` those among what is retracted.
    """

    asserts: tuple[tuple[str, State | None, State], ...] = ()
    retracts: tuple[tuple[str, State | None, State], ...] = ()
    names: frozenset[str] = frozenset()
    places: tuple[Step, ...] = ()
    former: tuple[Step, ...] = ()

    @property
    def touched(self) -> set[str]:
        return {entity for entity, _, _ in (*self.asserts, *self.retracts)}

    @property
    def changes(self) -> bool:
        return bool(self.asserts or self.retracts)

    def areas(self, *, former: bool = False) -> set[str]:
        """Where those whom it changes live, lived, or left from; `former`: by what stood so far."""
        sides = self.retracts if former else (*self.asserts, *self.retracts)
        return {area for _, before, after in sides for state in (before, after) for area in _area(state)}

    def units(self) -> list[tuple[str, State | None, State]]:
        return [one for one in (*self.asserts, *self.retracts) if one[2]["sort"] == "unit"]


UNCHANGED = Effect()


def _area(state: State | None) -> Iterator[str]:
    if state is None or state["sort"] == "unit":
        return
    if state["area"] is not None:
        yield state["area"]
    elif state.get("transit") is not None:
        yield state["transit"]["area"]


class Ground:
    """Who and what stands where today, as a sender with some places sees it."""

    def __init__(self, states: dict[str, State], access: Access, steps: Sequence[Step], today: str) -> None:
        self.states = states
        self.steps = steps
        self.allowed = access.areas
        self.today = today
        self._lie = states | {step.entity: step.after for step in reversed(steps)} | self._by_now(steps)

    def _by_now(self, steps: Iterable[Step]) -> dict[str, State]:
        """How everything stands, or lies, of which anything is told of today or before."""
        return {step.entity: step.after for step in steps if step.slot[0] <= self.today}

    def holds(self, places: Iterable[str], told: Effect = UNCHANGED, *, recorded: bool = False) -> bool:
        """Whether one of some places, people or households lies within the sender's places.

        With what is told now, and without what that takes back; of what is recorded the present states say it.
        """
        states = {step.entity: step.after for step in reversed(told.places)} | self._lie
        if not recorded:
            taken_back = (step for step in reversed(told.former) if step.slot[0] <= self.today)
            states |= {step.entity: step.before for step in taken_back if step.before is not None}
            states |= self._by_now(told.places)
        return EVERYWHERE in self.allowed or any(
            step in self.allowed for place in places for step in _upwards(place, states)
        )

    def may_report(self, effect: Effect, *, amends: bool) -> bool:
        """One end of a move is enough; of units all; whoever amends has one of the places spoken of so far."""
        units = effect.units()
        if units:
            states = [(one, state) for one, before, after in units for state in (before, after) if state is not None]
            return all(
                one in self.allowed or self.holds([state["parent"]] if state["parent"] else [], effect)
                for one, state in states
            )
        if amends and effect.retracts:
            return self.holds(effect.areas(former=True), effect)
        return self.concerns(effect)

    def concerns(self, effect: Effect, *, recorded: bool = False) -> bool:
        """Whether a fact speaks of one of the sender's places, or of somebody there."""
        places = effect.areas() | {one for one, _, _ in effect.units()}
        return self.holds(places or self.stood(effect.names | effect.touched), effect, recorded=recorded)

    def stood(self, entities: Iterable[str]) -> set[str]:
        """Where each is, or where somebody who is nowhere stood last, or which area she left."""
        return {place for one in entities for place in self._stood(one)}

    def _stood(self, entity: str) -> list[str]:
        state = self.states.get(entity)
        if state is None or state["sort"] != "person" or state["area"] is not None:
            return [entity]
        own = (step for step in reversed(self.steps) if step.entity == entity)
        return [area for step in own for one in (step.after, step.before) for area in _area(one)][:1]

    def places(self, effect: Effect) -> frozenset[str]:
        """Whose office looks at a report: the areas that it touches; without any, where those are whom it names."""
        areas = effect.areas()
        if areas:
            return frozenset(areas)
        others = effect.names | {entity for entity, _, _ in effect.asserts}
        found = {one: self.states[one] for one in others if one in self.states}
        areas = {state["area"] for state in found.values() if state.get("area") is not None}
        gone = [one for one, state in found.items() if state["sort"] == "person" and state["area"] is None]
        return frozenset(areas | self.stood(gone))

    def anothers(self, places: Iterable[str], sender: str, day: str) -> bool:
        """Whether others visit of some areas each in which the sender may tell, on a day; and one at all."""
        others = {one for one in places if self._visitor(one, day) not in {None, sender}}
        return bool(others) and not any(self.holds([one]) for one in set(places) - others)

    def _visitor(self, area: str, day: str) -> str | None:
        begun = [one for one in self.states.get(area, {}).get("assigned", ()) if one["since"] <= day]
        last: State = max(begun, key=lambda one: one["since"], default={})
        return last.get("collaborator") if last.get("until", day) >= day else None

    def heirs(self, unit: str) -> set[str]:
        """The areas of a unit that ended, which keep its books."""
        ended = self.states.get(unit, {}).get("valid_to")
        if ended is None or ended > self.today:
            return set()
        return {step.entity for step in self.steps if step.after["sort"] == "unit" and step.after["parent"] == unit}

    def communes(self, places: Iterable[str], day: str) -> set[str]:
        """Those of some areas on the evening of a day, and on any later one."""
        areas = {one for one in places if one in self.states}
        steps = [step for step in self.steps if step.entity in areas]
        then = {step.entity: step.after for step in steps if step.slot[0] <= day}
        since = [step.after for step in steps if step.slot[0] > day]
        return {state["parent"] for state in (*then.values(), *since) if state} - {None}


def _upwards(place: str | None, states: dict[str, State]) -> Iterator[str]:
    while place is not None:
        yield place
        state = states.get(place, {})
        place = state.get("parent") if state.get("sort") == "unit" else state.get("area")


@dataclass
class Desk:
    """All that offices have to decide and have decided, by report and by month."""

    queue: dict[str, frozenset[str]] = field(default_factory=dict)
    waits: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    approved: dict[str, int] = field(default_factory=dict)
    returned: dict[str, int] = field(default_factory=dict)
    months: dict[MonthKey, dict[str, int]] = field(default_factory=dict)

    def take(self, event: Office, position: int) -> None:
        """Take in a decision that was recorded."""
        if isinstance(event, ReportAmended):
            # What puts a report right is approved with it.
            self.approved[event.correction] = position
        if isinstance(event, OF_REPORTS):
            decided = self.returned if isinstance(event, ReportsReturned) else self.approved
            decided.update(dict.fromkeys(event.reports, position))
            for report in event.reports:
                self.leaves(report)
            return
        if isinstance(event, ReportAdvanced):
            return
        month = self.months.setdefault(month_of(event), {})
        if isinstance(event, SheetDrawnUp):
            month["drawn_up"] = position
        elif isinstance(event, SheetAppraised):
            month["appraised"] = position
        elif isinstance(event, MonthClosed):
            month["closed"] = position
        else:
            month.clear()

    def against(self, event: Any, level: str | None) -> set[str]:
        """Say what stands against a decision; `level` is that of its unit."""
        if isinstance(event, ReportAdvanced):
            return set() if self.turn_of(event.report) else {"not in the queue"}
        if isinstance(event, ReportsApproved | ReportAmended):
            return set() if set(event.reports) <= self.queue.keys() else {"not in the queue"}
        if isinstance(event, ReportsReturned):
            # What waits for its turn holds up those behind it, whatever became of it.
            waits = {one for one in self.waits if not self.turn_of(one)}
            return set() if set(event.reports) <= self.queue.keys() | waits else {"not in the queue"}
        month = self.months.get(month_of(event), {})
        asked = "area" if event.find("area") else "commune"
        found = {f"not of a {asked}"} if level != asked else set()
        wanted, unwanted = _STANDS[type(event)]
        return found | {f"no {one}" for one in wanted if one not in month} | {one for one in unwanted if one in month}

    def turn_of(self, report: str) -> str:
        """The number of its device that a report waits for; empty where it waits for no number."""
        need = self.waits.get(report, ("",))[0]
        return need.removeprefix("sequence:") if need.startswith("sequence:") else ""

    def leaves(self, report: str) -> None:
        """Let a report wait no more, or for something else."""
        self.queue.pop(report, None)
        self.waits.pop(report, None)

    def decides(self, event: Office, ground: Ground) -> bool:
        """Whether a sender's places have all that a decision is about."""
        if isinstance(event, ReportsApproved | ReportAmended):
            return all(ground.holds(self.queue[one]) for one in event.reports if one in self.queue)
        if isinstance(event, ReportAdvanced | ReportsReturned):
            reports = (event.report,) if isinstance(event, ReportAdvanced) else event.reports
            places = [self.queue.get(one, self.waits.get(one, ("", None))[1]) for one in reports]
            return all(one is None or ground.holds(one) for one in places)
        return ground.holds([month_of(event)[0], *ground.heirs(month_of(event)[0])])

    def sees_first(
        self,
        report: Any,
        event: Event,
        days: Iterable[str],
        communes: Callable[[str], set[str]],
        rules: Iterable[ApprovalRule],
    ) -> bool:
        """Whether a collaborator's report waits: by its kind and source, or since its month is closed in a commune."""
        if any(event.kind in rule.kinds and report.source.startswith(rule.source) for rule in rules):
            return True
        return any("closed" in self.months.get((one, day[:7]), {}) for day in days for one in communes(day))


_STANDS: dict[Any, tuple[tuple[str, ...], tuple[str, ...]]] = {
    SheetDrawnUp: ((), ("drawn_up",)),
    SheetAppraised: (("drawn_up",), ("appraised",)),
    SheetReturned: (("drawn_up",), ()),
    MonthClosed: ((), ("closed",)),
    MonthReopened: (("closed",), ()),
}


def month_of(event: Any) -> MonthKey:
    return event.find("area") or event.find("commune"), event.month


def handed_over(event: Event) -> bool:
    """What collaborators tell of people and households goes to the office there, when it amends nothing."""
    return type(event).scope == Scope.EVENTS_REPORT_WRITE and event.find("fact") is None


SPOKEN_OF: dict[str, tuple[str, ...]] = {
    "person.married": ("person", "spouse"),
    "person.born": ("person", "mother"),
    "household.head_changed": ("head",),
    "household.moved": (),
    "household.registered": (),
    "household.split": ("household",),
    "household.merged": ("household", "into"),
    "household.dissolved": ("household",),
    "household.sheet_opened": ("household",),
    "household.reviewed": ("household",),
}
AT = ("household", "into", "founded", "area")


def spoken_of(kind: str, told: Payload) -> frozenset[str]:
    """Whom a report is about, even where it changes nothing of them."""
    found = [told.get(one) for one in SPOKEN_OF.get(kind, ("person", "partner", "into"))]
    found += [*(line["person"] for line in told.get("members") or ()), *(told.get("people") or ())]
    return frozenset(one for one in found if isinstance(one, str))


def looked_at(kind: str, told: Payload) -> set[str]:
    """Everybody and everything that a report speaks of: who has nothing of it learns nothing of it."""
    found = set(spoken_of(kind, told)) | {told[one] for one in AT if isinstance(told.get(one), str)}
    for line in told.get("members") or ():
        if kind != "household.split":
            found |= {line[one] for one in ("spouse", "household") if isinstance(line.get(one), str)}
    return found


def key_place(events: Iterable[Event], event: Any) -> str | None:
    """For which place a key reports that was enrolled or is revoked."""
    key = event.key.thumbprint if isinstance(event, DeviceEnrolled) else event.key
    return next((one.place for one in events if isinstance(one, DeviceEnrolled) and one.key.thumbprint == key), None)
