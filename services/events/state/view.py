"""What does a rule see: every state as it was just before the slot of the cause that it applies?"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from contracts.calendar import later_than
from contracts.event import Event
from contracts.fact import position_of
from contracts.household import HouseholdState
from contracts.kinds.residence import PersonArrived
from contracts.kinds.vital import PersonBorn
from contracts.person import PersonState
from contracts.unit import UnitState
from services.events.state.timeline import Pasts, Told
from services.events.state.world import (
    ALIAS,
    PERSON,
    Contradiction,
    KnownAs,
    Needs,
    Slot,
    State,
    Unloaded,
    World,
    claim_to,
)


@dataclass(slots=True)
class Tail:
    """The new end of one entity's timeline: from which slot it differs, the state before, and its new steps."""

    start: Slot
    before: State | None
    steps: list[tuple[Slot, str, State | None, State]] = field(default_factory=list)

    def at(self, slot: Slot) -> State | None:
        """Give the state just before a slot that lies behind the start."""
        state = self.before
        for at, _, _, after in self.steps:
            if at >= slot:
                break
            state = after
        return state


class View:
    """States before one slot. `late` says that the past had to be looked at, so that the future may change.

    `stand` gives the causes of an entity where they will be others than those on record. `behind` is what is recorded
    right behind an arrival: the departure that it lacks.
    """

    __slots__ = ("behind", "late", "pasts", "position", "seen", "slot", "stand", "tails", "world")

    def __init__(
        self,
        world: World,
        pasts: Pasts,
        slot: Slot,
        position: int,
        tails: dict[str, Tail],
        stand: Callable[[str], Iterable[Told]] | None = None,
        behind: Event | None = None,
    ) -> None:
        self.world = world
        self.pasts = pasts
        self.slot = slot
        self.position = position
        self.tails = tails
        self.stand = stand
        self.behind = behind
        self.late = False
        self.seen: dict[str, State | None] = {}

    def state(self, entity: str) -> State | None:
        """Give an entity's state, None where it does not exist at that moment."""
        if entity not in self.seen:
            self.seen[entity] = self._find(entity)
        return self.seen[entity]

    def _find(self, entity: str) -> State | None:
        tail = self.tails.get(entity)
        if tail is not None and tail.start < self.slot:
            return tail.at(self.slot)
        row = self.world.row(entity)
        if row is None:
            return None
        if row.last < self.slot:
            return row.state
        before = self.pasts.of(entity).before(self.slot)
        # Whatever happens to an area later, who lives there stays as she is.
        if not isinstance(before, UnitState) or before.level != "area":
            self.late = True
        return before

    def find_person(self, entity: str) -> PersonState | None:
        """Give a person's state, if she is on the books by then."""
        state = self.state(entity)
        return state if isinstance(state, PersonState) else None

    def claimants(self, entity: str) -> Iterator[PersonState]:
        """Give whoever is recorded as the spouse of somebody who was not recorded as theirs."""
        people = sorted(self.world.dependants(claim_to(entity)))
        self.world.load(people)
        for person in people:
            found = self.find_person(person)
            if found is not None and found.spouse == entity:
                yield found

    def find_named(self, entity: str) -> PersonState | None:
        """Give the state of somebody whom a report names, if she is on the books by then and was not struck off."""
        found = self.find_person(entity)
        if found is not None:
            self.refuse_merged(found)
        return found

    def refuse_merged(self, person: PersonState) -> None:
        """Insist that somebody was not struck off as a double, else say who goes on."""
        if person.status != "merged":
            return
        goes_on = person
        while goes_on.merged_into is not None:
            further = self.find_person(goes_on.merged_into)
            if further is None:
                break
            goes_on = further
        raise Contradiction("merged-into-another", *self.since(person.id, status="merged"), instead=goes_on.id)

    def since(self, entity: str, **is_now: str | None) -> list[int]:
        """Name the fact that brought an entity into a state of which `is_now` holds, as far as one did."""

        def holds(state: State | None) -> bool:
            return state is not None and all(getattr(state, name) == value for name, value in is_now.items())

        entered = [slot for slot, _, before, after in self.steps(entity) if holds(after) and not holds(before)]
        return [position_of(slot[1]) for slot in entered[-1:]]

    def steps(self, entity: str) -> Iterator[tuple[Slot, str, State | None, State | None]]:
        """Go through what became of an entity before this slot: slot, kind, and the states before and after."""
        timeline, tail = self.pasts.of(entity), self.tails.get(entity)
        ends = self.slot if tail is None else min(self.slot, tail.start)
        for slot in timeline.slots[: bisect_left(timeline.slots, ends)]:
            step = timeline.steps[slot]
            yield slot, step.kind, step.before, step.after
        if tail is not None:
            yield from (step for step in tail.steps if step[0] < self.slot)

    def homes(self, person: str) -> list[tuple[Slot, str | None]]:
        """Name the slots on any day of the record at which somebody came to live in another household, or in none."""
        timeline = self.pasts.of(person)
        steps = ((slot, timeline.steps[slot]) for slot in timeline.slots)
        found = (
            (slot, getattr(step.before, "household", None), getattr(step.after, "household", None))
            for slot, step in steps
        )
        return [(slot, after) for slot, before, after in found if before != after]

    def causes(self, entity: str, since: str | None = None) -> Iterator[Told]:
        """Go through the other causes that speak of an entity, where any of them may be of that day, or of one `since`
        an earlier one; not of who came on the books and was never spoken of again.
        """
        row = self.world.row(entity)
        if row is not None and row.spoken_of_since(since or self.slot[0]):
            stand = self.pasts.of(entity).causes.values() if self.stand is None else self.stand(entity)
            yield from (told for told in stand if told.position != self.position)

    def may_be_today(self, entity: str) -> bool:
        """Say whether anything of that day or later may be on record of an entity."""
        row = self.world.row(entity)
        return row is not None and row.last[0] >= self.slot[0]

    def person(self, entity: str) -> PersonState:
        """Give the state of a person who must be on the books."""
        state = self._known(entity, "person")
        if not isinstance(state, PersonState):
            raise Contradiction("not-a-person")
        self.refuse_merged(state)
        return state

    def household(self, entity: str) -> HouseholdState:
        """Give the state of a household that must exist and not have ended."""
        state = self._known(entity, "household")
        if not isinstance(state, HouseholdState):
            raise Contradiction("not-a-household")
        if state.status != "active":
            raise Contradiction("household-ended", *self.since(entity, status=state.status))
        return state

    def unit(self, entity: str) -> UnitState:
        """Give the state of a unit or an area that must exist and not have ended."""
        state = self._known(entity, "unit")
        if not isinstance(state, UnitState):
            raise Contradiction("not-a-unit")
        if state.valid_to is not None:
            raise Contradiction("unit-ended", *self.since(entity, valid_to=state.valid_to))
        return state

    def must_exist(self, entity: str) -> None:
        """Insist that an entity is on the books at any time, else wait for it."""
        row = self.world.row(entity)
        if row is None or row.state is None:
            self._must_be_own_id(entity)
            raise Needs(entity)

    def _must_be_own_id(self, entity: str) -> None:
        row = self.world.row(entity)
        if row is not None and row.kind == ALIAS:
            (person,) = self.world.dependants(entity)
            raise KnownAs(entity, person)

    def must_be_person(self, entity: str) -> None:
        """Insist that a person of this id is on the books at any time, else wait for her."""
        self.must_exist(entity)
        row = self.world.row(entity)
        if row is not None and row.kind != PERSON:
            raise Contradiction("not-a-person")

    def _known(self, entity: str, what: str) -> State:
        state = self.state(entity)
        if state is None:
            self.must_exist(entity)
            code = "before-birth" if self._is_unborn(entity) else f"before-{what}-known"
            raise Contradiction(code, *self._creators(entity))
        return state

    def _is_unborn(self, entity: str) -> bool:
        """Say whether this is before somebody's birth: no other day of registration would help."""
        steps = self.pasts.of(entity).steps
        births = [getattr(steps[slot].after, "birth", None) for slot in self._creations(entity)]
        if self.stand is not None:
            # A birth that is put right to a later day is not applied yet.
            births += [_birth(told.event, entity) for told in self.stand(entity)]
        return any(later_than(birth, self.slot[0]) for birth in births)

    def fresh(self, entity: str) -> None:
        """Insist that nothing else brings this entity into being, now or later; whoever arrives later may have been on
        the books before, which the arrival shows once it is applied again.
        """
        if self.state(entity) is not None:
            raise Contradiction("already-known", *self._creators(entity))
        if self.world.row(entity) is None:
            return
        self._must_be_own_id(entity)
        self.late = True
        timeline = self.pasts.of(entity)
        others = [slot for slot in self._creations(entity) if timeline.steps[slot].kind != PersonArrived.kind]
        creators = [position_of(rank) for _, rank in others if position_of(rank) != self.position]
        if creators:
            raise Contradiction("already-known", *creators)

    def _creators(self, entity: str) -> list[int]:
        return [position_of(slot[1]) for slot in self._creations(entity)]

    def _creations(self, entity: str) -> list[Slot]:
        timeline = self.pasts.of(entity)
        return [slot for slot in timeline.slots if timeline.steps[slot].before is None]

    def gather(self, households: Sequence[str]) -> None:
        """Insist that many households, everybody who ever stood in them and their pasts are loaded, in a few reads."""
        self.world.load(households)
        missing = [home for home in households if home not in self.world.ties]
        if missing:
            raise Unloaded(ties=missing)
        entities = [*households, *(one for home in households for one in self.world.dependants(home))]
        self.world.load(entities)
        rows = [row for entity in entities if (row := self.world.row(entity)) is not None and row.last >= self.slot]
        self.pasts.gather({position for row in rows for position in row.positions})

    def members(self, household: str) -> list[PersonState]:
        """Give everybody who lives in a household, in order of id."""
        people = set(self.world.dependants(household))
        people.update(
            entity
            for entity, tail in self.tails.items()
            if isinstance(state := tail.at(self.slot), PersonState) and state.household == household
        )
        self.world.load(person for person in people if person not in self.tails)
        found = [self.find_person(person) for person in sorted(people)]
        return [state for state in found if state is not None and state.household == household]

    def below(self, unit: str) -> list[UnitState]:
        """Give the units and areas right below a unit that have not ended, in order of id."""
        ids = set(self.world.dependants(unit))
        ids.update(
            entity
            for entity, tail in self.tails.items()
            if isinstance(state := tail.at(self.slot), UnitState) and state.parent == unit
        )
        self.world.load(place for place in ids if place not in self.tails)
        found = [self.state(place) for place in sorted(ids)]
        return [s for s in found if isinstance(s, UnitState) and s.parent == unit and s.valid_to is None]


def _birth(event: Event, person: str) -> str | None:
    """Give the birth date of somebody, where a cause that may bring her on the books tells it."""
    if event.find("person") != person:
        return None
    born: str | None = event.find("on" if event.kind == PersonBorn.kind else "birth")
    return born
