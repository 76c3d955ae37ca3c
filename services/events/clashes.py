"""Does somebody get a number that another has? Real books repeat numbers, so it is a note and no refusal."""

import msgspec

from contracts.fact import Fact
from services.events.absorb import identifiers
from services.events.world import World


def with_clashes(fact: Fact, world: World) -> Fact:
    """Note on a fact that somebody gets a number which another has; raises Unloaded."""
    held: dict[str, set[str]] = {}
    for step in fact.asserts.persons:
        before, after = step.before, step.after
        # What is copied unchanged is the very same object, which is much faster to see than the same bytes.
        if after is None or (before is not None and before.personal is after.personal):
            continue
        had = () if before is None else identifiers(before.personal)
        for identifier in identifiers(after.personal):
            if identifier not in had:
                held.setdefault(identifier, set()).add(step.entity)
    if not held:
        return fact
    for holders, people in zip(world.holders_of(held), held.values(), strict=True):
        if len(people) > 1 or not holders <= people:
            notes = (*fact.cause.notes, "identifier-clash")
            return msgspec.structs.replace(fact, cause=msgspec.structs.replace(fact.cause, notes=notes))
    return fact
