"""Which transitions must be retracted and asserted when a cause is told late, put right or voided?

Causes are applied again in order of slot, beginning with the one that changed. An entity that comes out differently
has its later causes applied again too, and so have those that read it: everybody who ever stood in a household that
moved, the household whose members changed, what lies below a unit. A later cause that no longer fits is a
contradiction; all of them are listed.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import Protocol

from contracts.event import Event
from contracts.household import HouseholdState
from contracts.person import PersonState
from contracts.unit import UnitState
from services.events.state.timeline import Pasts, Told, transitions
from services.events.state.view import Tail, View
from services.events.state.world import (
    PERSON,
    UNIT,
    Contradiction,
    Needs,
    Row,
    Slot,
    State,
    Transition,
    Unloaded,
    World,
)

MOST_CONTRADICTIONS = 20
# A later cause speaks of somebody who is on no books any more.
VANISHED = "unknown-then"
# Everybody waits while one report is decided: some seconds' worth, and far more than a record of the log can tell.
MOST_LOOKED_AT = 40_000
Effect = tuple[tuple[State, ...], tuple[str, ...]]


class Apply(Protocol):
    """How a cause is applied: its rule, found by kind."""

    def __call__(self, event: Event, view: View) -> Effect:
        """Give the states after the cause and the notes that it leaves."""
        ...


LATER = "contradicts-later"


class Contradictions(Contradiction):
    """Later facts that no longer fit: (code, position) of each."""

    def __init__(self, reasons: list[tuple[str, int]]) -> None:
        super().__init__(LATER, *(position for _, position in reasons))
        self.reasons = reasons


class Refold:
    """One re-application of causes; `tails` and `notes` are its result."""

    def __init__(
        self,
        world: World,
        pasts: Pasts,
        apply: Apply,
        mentions: Callable[[Event], set[str]],
        beside: Callable[[Event], frozenset[str]],
        behind: Event | None = None,
    ) -> None:
        self.world = world
        self.pasts = pasts
        self.apply = apply
        self.mentions = mentions
        self.beside = beside
        self.behind = behind
        self.tails: dict[str, Tail] = {}
        self.notes: tuple[str, ...] = ()
        self._todo: list[Slot] = []
        self._causes: dict[Slot, Told | None] = {}
        self._touched: dict[Slot, set[str]] = {}
        self._reasons: list[tuple[str, int]] = []
        self._looked = 0

    def run(self, changed: Told | None, former: Told | None, other: Told | None = None) -> None:
        """Apply a new cause, with an `other` new one, a corrected one in place of the former, or take the former out.

        Raises Contradiction or Needs when the changed cause itself does not fit, Contradictions when later ones no
        longer do.
        """
        if former is not None:
            self._plan(former.slot, None)
            self._touched[former.slot] = self._reach(former)
            self._beside(former)
        own = [one for one in (changed, other) if one is not None]
        for one in own:
            self._beside(one)
            self._plan(one.slot, one)
        done: set[Slot] = set()
        while self._todo and len(self._reasons) < MOST_CONTRADICTIONS:
            slot = heappop(self._todo)
            if slot not in done:
                done.add(slot)
                self._step(slot, own)
        self._check_vanished(former)
        if self._reasons:
            raise Contradictions(self._reasons)

    def _plan(self, slot: Slot, told: Told | None) -> None:
        self._causes[slot] = told
        heappush(self._todo, slot)

    def _stand(self, entity: str) -> Iterator[Told]:
        """Go through the causes of an entity as they will stand."""
        causes: dict[Slot, Told | None] = {**self.pasts.of(entity).causes}
        for slot, told in self._causes.items():
            if slot in causes or (told is not None and entity in self.mentions(told.event)):
                causes[slot] = told
        yield from (told for told in causes.values() if told is not None)

    def _beside(self, one: Told) -> None:
        """Plan the causes of that day which look at this one, before or behind it: also where it changes nothing."""
        kinds = self.beside(one.event)
        if kinds:
            for slot, told in self.pasts.of(one.event.find("person")).causes.items():
                if slot[0] == one.slot[0] and type(told.event).kind in kinds:
                    self._causes.setdefault(slot, told)
                    heappush(self._todo, slot)

    def _reach(self, told: Told) -> set[str]:
        """Find whom a recorded cause touches by now: its own transitions and those of its corrections, whom it
        mentions, who is tied to those, and whom its persons' states lead to.
        """
        facts = [self.world.fact(told.position), *(fact for _, fact in self.pasts.amendments(told.position))]
        changed = {step.entity for fact in facts for step in transitions(fact.asserts)}
        reach = changed | self.mentions(told.event)
        self.world.load(reach)
        for entity in list(reach):
            row = self.world.row(entity)
            # Of a unit that is only named, as the one above a new commune, nothing that lies below changes.
            if row is not None and carries(row) and (row.kind != UNIT or entity in changed):
                reach |= self.world.dependants(entity)
            step = self._old_step(entity, told.slot)
            for state in (step.before, step.after) if step is not None else ():
                if isinstance(state, PersonState):
                    reach.update(linked for linked in (state.spouse, state.household) if linked is not None)
        return reach

    def _check_vanished(self, former: Told | None) -> None:
        """Whoever no longer comes on the books at all may not be spoken of by any other cause that stands."""
        for entity in sorted(self.tails):
            tail = self.tails[entity]
            if tail.before is not None or tail.steps:
                continue
            for told in self.pasts.of(entity).causes.values():
                spoken_of = entity in self.mentions(told.event)
                if spoken_of and (former is None or told.position != former.position):
                    self._object(VANISHED, told.position)

    def _object(self, code: str, position: int) -> None:
        """Note why a cause fits no longer; of whoever vanished it is no matter of its day, whatever was noted first."""
        known = [at for _, at in self._reasons]
        if position in known and code == VANISHED:
            self._reasons[known.index(position)] = (code, position)
        elif position not in known and (code != VANISHED or len(known) < MOST_CONTRADICTIONS):
            self._reasons.append((code, position))

    def _step(self, slot: Slot, own: list[Told]) -> None:
        told = self._causes[slot]
        position = told.position if told is not None else 0
        is_own = any(told is one for one in own)
        view = View(self.world, self.pasts, slot, position, self.tails, self._stand, self.behind if is_own else None)
        after: dict[str, State] = {}
        if told is not None:
            try:
                states, notes = self.apply(told.event, view)
            except (Contradiction, Needs) as reason:
                if is_own:
                    # Nothing that comes lets it fit where others no longer do.
                    if self._reasons and isinstance(reason, Needs):
                        raise Contradictions(self._reasons) from reason
                    raise
                code = reason.code if isinstance(reason, Contradiction) else reason.otherwise
                self._object(code, told.position)
                return
            after = {state.id: state for state in states if view.state(state.id) != state}
            if is_own:
                self.notes = notes
        touched = self._touched.get(slot, set()) | set(after)
        if told is not None and not is_own:
            touched |= self._reach(told)
        self.world.load(entity for entity in touched if entity not in self.tails)
        self._looked += len(touched)
        if self._looked > MOST_LOOKED_AT:
            raise Contradiction("too-much-at-once")
        for entity in sorted(touched):
            self._compare(entity, slot, told, view.state(entity), after.get(entity))

    def _compare(self, entity: str, slot: Slot, told: Told | None, before: State | None, after: State | None) -> None:
        old = self._old_step(entity, slot)
        tail = self.tails.get(entity)
        if tail is None:
            if old is None and after is None:
                return
            if old is not None and after is not None and old.before == before and old.after == after:
                return
            tail = self.tails[entity] = Tail(slot, before)
            self._again(entity, slot)
        if after is not None and told is not None:
            tail.steps.append((slot, type(told.event).kind, before, after))
        self._ripple(entity, slot, self._old_after(entity, slot), after if after is not None else before)

    def _old_step(self, entity: str, slot: Slot) -> Transition | None:
        row = self.world.row(entity)
        if row is None or row.last < slot:
            return None
        return self.pasts.of(entity).steps.get(slot)

    def _old_after(self, entity: str, slot: Slot) -> State | None:
        row = self.world.row(entity)
        if row is None:
            return None
        return row.state if row.last < slot else self.pasts.of(entity).after(slot)

    def _again(self, entity: str, slot: Slot) -> None:
        """Plan the entity's later causes."""
        row = self.world.row(entity)
        if row is None or row.last <= slot:
            return
        timeline = self.pasts.of(entity)
        if row.kind == UNIT:
            self._gather([timeline.causes[later] for later in timeline.later(slot)], slot)
        for later in timeline.later(slot):
            if later not in self._causes:
                self._plan(later, timeline.causes[later])
            self._touched.setdefault(later, set()).add(entity)

    def _gather(self, causes: Iterable[Told], slot: Slot) -> None:
        """Insist that all is loaded which the later causes of a unit look at, as hundreds may speak of a province: each
        would else ask for its own, and the deciding begin anew.
        """
        wanted: set[str] = set()
        for told in causes:
            wanted |= self.mentions(told.event)
            wanted.update(step.entity for step in transitions(self.world.fact(told.position).asserts))
        self.world.load(wanted)
        rows = {entity: row for entity in wanted if (row := self.world.row(entity)) is not None}
        places = [entity for entity, row in rows.items() if row.kind == UNIT and carries(row)]
        if unknown := [place for place in places if place not in self.world.ties]:
            raise Unloaded(ties=unknown)
        below = {entity for place in places for entity in self.world.dependants(place)}
        self.world.load(below)
        found = (*rows.values(), *(row for entity in below if (row := self.world.row(entity)) is not None))
        self.pasts.gather({position for row in found if row.last > slot for position in row.positions})

    def _ripple(self, entity: str, slot: Slot, old: State | None, new: State | None) -> None:
        """Plan the later causes of those that read this entity, where what they read is different now."""
        readers: set[str | None] = set()
        for state, other in ((old, new), (new, old)):
            if isinstance(state, PersonState):
                known = other if isinstance(other, PersonState) else None
                # Always: who was its head gets another relation by a change of head, even where that was no change.
                readers.add(state.household)
                readers |= {state.spouse} if known is None or known.spouse != state.spouse else set()
            elif isinstance(state, HouseholdState):
                known_home = other if isinstance(other, HouseholdState) else None
                readers |= {state.head} if known_home is None or known_home.head != state.head else set()
            elif isinstance(state, UnitState):
                # What becomes of the unit above is decided by what lies below it then.
                seen = (other.parent, other.level, other.valid_to) if isinstance(other, UnitState) else None
                readers |= {state.parent} if seen != (state.parent, state.level, state.valid_to) else set()
        if _moved(old, new) or _rebuilt(old, new):
            readers |= self.world.dependants(entity)
        found = sorted(reader for reader in readers if reader is not None)
        self.world.load(found)
        for reader in found:
            self._again(reader, slot)


def carries(row: Row) -> bool:
    """Say whether a change of an entity may be one of those tied to it; who lives in an area stays as she is."""
    state = row.state
    return row.kind != PERSON and not (isinstance(state, UnitState) and state.level == "area")


def _moved(old: State | None, new: State | None) -> bool:
    """Say whether a household that was there stands elsewhere now, or nowhere."""
    if not isinstance(old, HouseholdState):
        return False
    return not isinstance(new, HouseholdState) or (old.area, old.status) != (new.area, new.status)


def _rebuilt(old: State | None, new: State | None) -> bool:
    """Say whether a unit that was there is of another level or duration now, or gone."""
    if not isinstance(old, UnitState):
        return False
    return not isinstance(new, UnitState) or (
        (old.level, old.valid_from, old.valid_to) != (new.level, new.valid_from, new.valid_to)
    )
