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
    given: dict[str, str] = {}
    twice = False
    for person, identifier in _gained(fact.asserts.persons):
        if not known or (person, identifier) not in known:
            twice |= given.setdefault(identifier, person) != person
    if not (world.another_held(given) or twice):
        return fact
    notes = (*fact.cause.notes, "identifier-clash")
    return msgspec.structs.replace(fact, cause=msgspec.structs.replace(fact.cause, notes=notes))


def _gained(steps: Iterable[PersonTransition]) -> Iterator[tuple[str, str]]:
    """Name the numbers that steps give, and to whom."""
    for step in steps:
        before, after = step.before, step.after
        # What is copied unchanged is the very same object, which is much faster to see than the same bytes.
        if after is None or (before is not None and before.personal is after.personal):
            continue
        had = () if before is None else identifiers(before.personal)
        for identifier in identifiers(after.personal):
            if identifier not in had:
                yield step.entity, identifier
