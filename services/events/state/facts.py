"""How do the states after a cause become a fact: the transitions that it retracts and asserts, and whom it names?"""

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from contracts.event import Dated
from contracts.fact import Amends, Changes, Fact, HouseholdTransition, PersonTransition, UnitTransition
from contracts.household import HouseholdState
from contracts.person import PersonState
from contracts.unit import UnitState
from services.events.report.line import Line, cause_of
from services.events.state.timeline import Pasts, transitions
from services.events.state.view import Tail, View
from services.events.state.world import State, Transition, World

_SHAPES = {PersonState: PersonTransition, HouseholdState: HouseholdTransition, UnitState: UnitTransition}


def asserted(states: Iterable[State], event: Dated, view: View) -> Changes:
    """Turn the states after an ordinary cause into transitions at the end of their timelines."""
    kind, on = type(event).kind, event.on
    steps: list[Transition] = []
    for after in states:
        before = view.state(after.id)
        if before != after:
            row = view.world.row(after.id)
            version = 1 if row is None else row.version + 1
            steps.append(_transition(after.id, version, kind, on, None, before, after))
    return _sorted(steps)


def retold(tails: dict[str, Tail], world: World, pasts: Pasts) -> tuple[Changes, Changes]:
    """Turn new tails into the retraction of the old ones and the assertion of the new ones."""
    retracts: list[Transition] = []
    asserts: list[Transition] = []
    for entity in sorted(tails):
        tail = tails[entity]
        row = world.row(entity)
        version = 0 if row is None else row.version
        old = pasts.of(entity)
        for slot in (slot for slot in old.slots if slot >= tail.start):
            version += 1
            retracts.append(msgspec.structs.replace(old.steps[slot], version=version, rank=slot[1]))
        for slot, kind, before, after in tail.steps:
            version += 1
            asserts.append(_transition(entity, version, kind, *slot, before, after))
    return _sorted(retracts), _sorted(asserts)


def _transition(
    entity: str, version: int, kind: str, on: str, rank: int | None, before: State | None, after: State
) -> Transition:
    shape: Any = _SHAPES[type(after)]
    return cast("Transition", shape(entity, version, kind, on, rank, before, after))


def _sorted(steps: list[Transition]) -> Changes:
    sides: dict[type[Transition], list[Any]] = {PersonTransition: [], HouseholdTransition: [], UnitTransition: []}
    for step in steps:
        sides[type(step)].append(step)
    return Changes(*map(tuple, sides.values()))


def fact_of(
    line: Line,
    on: str,
    notes: tuple[str, ...],
    names: Iterable[str | None],
    changes: tuple[Changes, Changes],
    world: World,
    amends: Amends | None = None,
) -> Fact:
    """Make the fact of a report; `names` that it does not touch, and that anything is recorded of, stand in it."""
    retracts, asserts = changes
    others = {name for name in names if name is not None}
    if others:
        others.difference_update([step.entity for side in changes for step in transitions(side)])
    spoken_of = sorted([name for name in others if world.row(name) is not None])
    return Fact(type(line.event).kind, on, cause_of(line, notes), amends, tuple(spoken_of), retracts, asserts)
