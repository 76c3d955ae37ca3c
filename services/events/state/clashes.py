"""Does somebody get a number that another has, or tell a device something under a number that it used before?

Real books repeat numbers, and telephones share an identity by mistake: it is a note and no refusal.
"""

from collections.abc import Iterable, Iterator

import msgspec

from contracts.fact import Fact, PersonTransition
from contracts.person import PersonState
from services.events.report.line import Line
from services.events.state.absorb import identifiers
from services.events.state.world import World


def with_clashes(fact: Fact, world: World) -> Fact:
    """Note on a fact that somebody gets a number which another has; raises Unloaded.

    What it takes back and asserts anew was noted when it was told.
    """
    known = {(person, number) for person, numbers in _gained(fact.retracts.persons) for number in numbers}
    given: dict[str, str] = {}
    twice = False
    for person, numbers in _gained(fact.asserts.persons):
        for number in numbers:
            if (person, number) not in known:
                twice |= given.setdefault(number, person) != person
    others = world.held_by_others(given)
    return _noted(fact, "identifier-clash") if twice or (others and _are_others(others, world)) else fact


def _are_others(held: Iterable[tuple[str, set[str]]], world: World) -> bool:
    """Say whether anybody who held a number is another human being than the person to whom it is given: a double that
    was struck off is not.
    """
    world.load({one for person, others in held for one in (person, *others)})
    return any(_goes_on(one, world) != _goes_on(person, world) for person, others in held for one in others)


def _goes_on(person: str, world: World) -> str:
    """Give who goes on for somebody who was struck off as a double; else herself."""
    row = world.row(person)
    state = None if row is None else row.state
    further = state.merged_into if isinstance(state, PersonState) else None
    return person if further is None else _goes_on(further, world)


def with_number_twice(fact: Fact, line: Line, world: World) -> Fact:
    """Note on a fact that another report of its device had its number already; raises Unloaded."""
    number, report = line.number, line.report.id
    if number is None:
        return fact
    return _noted(fact, "device-number-twice") if world.numbered_as(number) - {report} else fact


def _noted(fact: Fact, note: str) -> Fact:
    cause = msgspec.structs.replace(fact.cause, notes=(*fact.cause.notes, note))
    return msgspec.structs.replace(fact, cause=cause)


def _gained(steps: Iterable[PersonTransition]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Say to whom steps give which numbers."""
    for step in steps:
        before, after = step.before, step.after
        # What is copied unchanged is the very same object, which is much faster to see than the same bytes.
        if after is None or (before is not None and before.personal is after.personal):
            continue
        numbers = identifiers(after.personal)
        had = () if before is None else identifiers(before.personal)
        yield step.entity, tuple([one for one in numbers if one not in had]) if had else numbers
