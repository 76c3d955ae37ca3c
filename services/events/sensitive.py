"""What of a fact is withheld from callers who may not see contraception, pregnancy and checks, or disabilities?

That such a report exists says as much as what is in it: so steps of sensitive kinds are left out of other facts too,
whose tails tell them again, and what a report says of nothing else is not there.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from contracts.event import CATALOGUE
from contracts.fact import Cause, Changes, Fact, PersonTransition
from contracts.kinds import SENSITIVE
from contracts.person import PersonState
from contracts.scopes import Scope
from contracts.withheld import withheld, without
from kit.auth.access import Access
from services.events.state.world import State

# Where a payload speaks of a person's members: in itself, in lines, and in what is put in place of what.
_INSIDE: Final = ("new", "old", "changes")
Names = frozenset[str]


def hidden(access: Access) -> Names:
    """Name the members of a person's state that a caller is not given."""
    return withheld(access.scopes)


def plainly(access: Access) -> bool:
    """Say whether a caller is given nothing of the sensitive kinds."""
    return Scope.REGISTRY_CARE_READ not in access.scopes


def is_sensitive(type_: str) -> bool:
    """Say whether reports of a type are sensitive."""
    return CATALOGUE[type_].sensitive


def shown(data: msgspec.Raw, names: Names) -> msgspec.Raw | None:
    """Give a payload without what is withheld; None where it says nothing else."""
    told = msgspec.json.decode(data)
    lines = [told, *told.get("members", ()), *(told[part] for part in _INSIDE if part in told)]
    taken = {name for line in lines for name in names if line.pop(name, None) is not None}
    if not taken:
        return data
    told = {part: value for part, value in told.items() if part not in _INSIDE or value}
    if not {"new", "changes", "personal"} & set(told) and not _whole(told):
        return None
    return msgspec.Raw(msgspec.json.encode(told))


def is_withheld(cause: Cause, access: Access) -> bool:
    """Say whether a report tells only what is withheld from a caller."""
    return (plainly(access) and is_sensitive(cause.type)) or shown(cause.data, hidden(access)) is None


def _whole(told: dict[str, Any]) -> bool:
    """Say whether a payload is of its own accord, and not about what changes of somebody."""
    return "members" in told or "household" in told


def without_sensitive(fact: Fact, names: Names) -> Fact | None:
    """Give a fact as if nothing withheld had ever been told of the persons in it; None where it says nothing else."""
    data = shown(fact.cause.data, names)
    if data is None:
        return None
    cause = msgspec.structs.replace(fact.cause, data=data)
    retracts, asserts = _plain(fact.retracts, names), _plain(fact.asserts, names)
    named = sorted({*fact.names, *_only_named(fact, (retracts, asserts))})
    return msgspec.structs.replace(fact, cause=cause, names=tuple(named), retracts=retracts, asserts=asserts)


def _only_named(fact: Fact, plain: tuple[Changes, Changes]) -> set[str]:
    """Give of whom a fact would speak without changing her, were nothing withheld on record: of a mother, above all."""
    kept = {step.entity for side in plain for step in side.persons}
    steps = (*fact.retracts.persons, *fact.asserts.persons)
    return {step.entity for step in steps if step.kind not in SENSITIVE} - kept


def _plain(changes: Changes, names: Names) -> Changes:
    return msgspec.structs.replace(changes, persons=tuple(_plain_steps(changes.persons, names)))


def _plain_steps(steps: tuple[PersonTransition, ...], names: Names) -> Iterator[PersonTransition]:
    for step in steps:
        before, after = (None if one is None else without(one, names) for one in (step.before, step.after))
        # A birth, too, changes of the mother what is sensitive alone.
        if before != after and not ("care" in names and step.kind in SENSITIVE):
            yield msgspec.structs.replace(step, before=before, after=after)


def plain_state(state: State | None, names: Names) -> State | None:
    """Give a state as if nothing withheld had ever been told of a person."""
    return without(state, names) if isinstance(state, PersonState) else state
