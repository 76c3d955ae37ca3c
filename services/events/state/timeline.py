"""What is an entity's past: which causes speak of it, what they say after their corrections, what stands by slot?

A timeline is the sequence of an entity's slots `(on, rank)`. It is built from the facts themselves, and only for
what a late report, a correction or a void makes necessary.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import cast

import msgspec

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE, Dated, Event
from contracts.fact import Changes, Fact
from contracts.kinds.correction import FactCorrected, FactVoided, corrected
from contracts.unit import UnitState
from services.events.state.aliases import payload_of, told_in
from services.events.state.world import END_OF_DAY, Sides, Slot, State, Transition, Unloaded, World

NOTHING_SAID: Sides = ([], [])
BY_KIND: dict[str, type[Event]] = {event.kind: event for event in CATALOGUE.values()}


class Told(msgspec.Struct, frozen=True, gc=False):
    """A cause as it stands after its corrections: where it was first recorded, and what it says now."""

    position: int
    event: Dated

    @property
    def slot(self) -> Slot:
        """The cause's place in the timelines of those it touches."""
        return self.event.on, type(self.event).rank(self.position)


@dataclass(slots=True)
class Timeline:
    """One entity's past: the causes that speak of it, and the transitions that stand, by slot ascending."""

    causes: dict[Slot, Told] = field(default_factory=dict)
    steps: dict[Slot, Transition] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)

    def before(self, slot: Slot) -> State | None:
        """Give the state just before a slot."""
        at = bisect_left(self.slots, slot)
        if at:
            return self.steps[self.slots[at - 1]].after
        return self.steps[self.slots[0]].before if self.slots else None

    def after(self, slot: Slot) -> State | None:
        """Give the state just after a slot."""
        step = self.steps.get(slot)
        return step.after if step is not None else self.before(slot)

    def later(self, slot: Slot) -> list[Slot]:
        """List the causes behind a slot."""
        return [known for known in self.causes if known > slot]


def transitions(changes: Changes) -> tuple[Transition, ...]:
    """Give all transitions of one side of a fact."""
    return changes.persons + changes.households + changes.units


def slot_of(step: Transition, position: int) -> Slot:
    """Give a transition's slot; a rank that the body leaves out is the fact's own."""
    return step.on, step.rank if step.rank is not None else BY_KIND[step.kind].rank(position)


class Pasts:
    """The timelines of one decision, built from the world's facts when they are asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._built: dict[str, Timeline] = {}
        self._told: dict[int, Told | None] = {}

    def of(self, entity: str) -> Timeline:
        """Build an entity's timeline from every fact that speaks of it."""
        known = self._built.get(entity)
        if known is None:
            row = self.world.row(entity)
            known = self._built[entity] = Timeline() if row is None else self._build(entity, row.positions)
        return known

    def told(self, position: int) -> Told | None:
        """Say what a cause says now: its payload with every standing correction; None when it was voided."""
        if position not in self._told:
            self._told[position] = self._effective(position)
        return self._told[position]

    def corrections(self, position: int) -> list[tuple[int, Fact]]:
        """Give the corrections of a cause that stand, in order of recording."""
        return [
            (at, fact)
            for at, fact in self.amendments(position)
            if fact.kind == FactCorrected.kind and not self.voided(at)
        ]

    def voided(self, position: int) -> bool:
        """Say whether a cause, or a correction, was voided."""
        return bool(self.voids(position))

    def voids(self, position: int) -> list[int]:
        """Give where a cause, or a correction, was voided."""
        return [at for at, fact in self.amendments(position) if fact.kind == FactVoided.kind]

    def gather(self, positions: set[int]) -> None:
        """Insist that causes and whatever amends them are loaded, in one read however many they are."""
        self._load(sorted(positions))

    def _build(self, entity: str, positions: list[int]) -> Timeline:
        self._load(positions)
        timeline = Timeline()
        for position in positions:
            fact = self.world.facts[position]
            retracts, asserts = self.sides(position, entity)
            for step in retracts:
                del timeline.steps[slot_of(step, position)]
            for step in asserts:
                timeline.steps[slot_of(step, position)] = step
            told = self.told(position) if fact.amends is None else None
            if told is not None:
                timeline.causes[told.slot] = told
        timeline.slots = sorted(timeline.steps)
        return timeline

    def sides(self, position: int, entity: str) -> Sides:
        """Give what a fact says of one entity: a large household's facts speak of a hundred, each of whom may ask."""
        known = self.world.steps.get(position)
        if known is None:
            known = self.world.steps[position] = {}
            fact = self.world.facts[position]
            for side, changes in enumerate((fact.retracts, fact.asserts)):
                for step in transitions(changes):
                    known.setdefault(step.entity, ([], []))[side].append(step)
        return known.get(entity, NOTHING_SAID)

    def _load(self, positions: list[int]) -> None:
        missing = [p for p in positions if p not in self.world.facts or p not in self.world.amendments]
        if missing:
            raise Unloaded(facts=missing)

    def amendments(self, position: int) -> list[tuple[int, Fact]]:
        """Give everything that amends a cause or a correction, in order of recording."""
        self._load([position])
        amendments = self.world.amendments[position]
        self._load(amendments)
        return [(at, self.world.facts[at]) for at in amendments]

    def _effective(self, position: int) -> Told | None:
        if self.voided(position):
            return None
        cause = self.world.fact(position).cause
        corrections = self.corrections(position)
        if not corrections:
            event = self.world.events.get(position)
            if event is None:
                event = self.world.events[position] = told_in(cause)
            return Told(position, cast("Dated", event))
        payload = payload_of(cause)
        for _, fact in corrections:
            correction = cast("FactCorrected", told_in(fact.cause))
            payload = corrected(payload, correction.changes, correction.member)
        return Told(position, cast("Dated", CATALOGUE[cause.type].check(payload)))


def lies(place: str, world: World) -> State | None:
    """Give the state of a unit, a household or somebody today; of what is told of before it is there, as it will come.

    Raises Unloaded.
    """
    row = world.row(place)
    if row is None or row.last[0] <= world.today:
        return None if row is None else row.state
    # Hundreds of facts may speak of a province, and nothing lies above it.
    if isinstance(row.state, UnitState) and row.state.level == "province":
        return row.state
    timeline = Pasts(world).of(place)
    # Where it goes later, it is told of by those to whom it comes first.
    comes = timeline.steps[timeline.slots[0]].after if timeline.slots else None
    return timeline.before((world.today, END_OF_DAY)) or comes
