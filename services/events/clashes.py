"""Does somebody get a number that another has? Real books repeat numbers, so it is a note and no refusal."""

from collections.abc import Iterable, Iterator

import msgspec

from contracts.fact import Fact, PersonTransition
from services.events.absorb import identifiers
from services.events.world import World


def with_clashes(fact: Fact, world: World) -> Fact:
    """Note on a fact that somebody gets a number which another has; raises Unloaded.

    What it takes back and asserts anew was noted when it was told.
    """
    known = set(_gained(fact.retracts.persons))
    held: dict[str, set[str]] = {}
    for person, identifier in _gained(fact.asserts.persons):
        if (person, identifier) not in known:
            held.setdefault(identifier, set()).add(person)
    if not held:
        return fact
    for holders, people in zip(world.holders_of(held), held.values(), strict=True):
        if len(people) > 1 or not holders <= people:
            notes = (*fact.cause.notes, "identifier-clash")
            return msgspec.structs.replace(fact, cause=msgspec.structs.replace(fact.cause, notes=notes))
    return fact


def _gained(steps: Iterable[PersonTransition]) -> Iterator[tuple[str, str]]:
    """Name the numbers that steps give, and to whom."""
    for step in steps:
        before, after = step.before, step.after
        # What is copied unchanged is the very same object, which is much faster to see than the same bytes.
        if after is None or (before is not None and before.personal is after.personal):
            continue
        had = () if before is None else identifiers(before.personal)
        yield from ((step.entity, identifier) for identifier in identifiers(after.personal) if identifier not in had)
