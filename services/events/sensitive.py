"""What of a fact is withheld from callers who may not see contraception, pregnancy, screenings and checks?

That such a report exists says as much as what is in it: so steps of sensitive kinds are left out of other facts too,
whose tails tell them again.
"""

from collections.abc import Iterator

import msgspec

from contracts.event import CATALOGUE
from contracts.fact import Changes, Fact, PersonTransition
from contracts.kinds import SENSITIVE
from contracts.person import PersonState
from contracts.scopes import Scope
from kit.auth import Access


def plainly(access: Access) -> bool:
    """Say whether a caller is given nothing sensitive."""
    return Scope.REGISTRY_CARE_READ not in access.scopes


def is_sensitive(type_: str) -> bool:
    """Say whether reports of a type are sensitive."""
    return CATALOGUE[type_].sensitive


def without_care(fact: Fact) -> Fact:
    """Give a fact of another kind as if nothing sensitive had ever been told of the persons in it."""
    return msgspec.structs.replace(fact, retracts=_plain(fact.retracts), asserts=_plain(fact.asserts))


def _plain(changes: Changes) -> Changes:
    return msgspec.structs.replace(changes, persons=tuple(_plain_steps(changes.persons)))


def _plain_steps(steps: tuple[PersonTransition, ...]) -> Iterator[PersonTransition]:
    for step in steps:
        before, after = _plain_state(step.before), _plain_state(step.after)
        # A birth, too, changes of the mother what is sensitive alone.
        if step.kind not in SENSITIVE and before != after:
            yield msgspec.structs.replace(step, before=before, after=after)


def _plain_state(state: PersonState | None) -> PersonState | None:
    return None if state is None else msgspec.structs.replace(state, care=None)
