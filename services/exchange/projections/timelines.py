"""What does a fact do to each person's present, when it may take back and tell again a whole tail of her timeline?"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from contracts.fact import RawTransition
from kit.projections.history import own_rank
from services.exchange.fields import DATE, FIELDS, WITHDRAWN
from services.exchange.projections.differences import Compared, changed_bits, decode_state

Steps = Sequence[RawTransition]
_AREA: Final = FIELDS["area"].mask


class Change(msgspec.Struct, frozen=True, gc=False):
    """One person's change by one fact: `before` and `after` are her present states, `state` the bytes of `after`.

    `step` is the event that it is about. `former` and `home` are the areas where she lived or last lived, as far as
    the fact knows them: the dead and the departed stand in none, and still belong to the area that they left.
    """

    step: RawTransition
    version: int
    bits: int
    before: Compared | None
    after: Compared | None
    state: msgspec.Raw
    former: str | None
    home: str | None


def changes(position: int, retracts: Steps, asserts: Steps) -> Iterable[Change]:
    """Give the change of each person of whom a fact speaks."""
    if not retracts and (len(asserts) == 1 or len({step.entity for step in asserts}) == len(asserts)):
        return map(_single, asserts)
    taken, told = _by_entity(retracts), _by_entity(asserts)
    return [
        _single(told[entity][0])
        if entity not in taken and len(told[entity]) == 1
        else _tail(position, taken.get(entity, ()), told.get(entity, ()))
        for entity in taken | told
    ]


def _by_entity(steps: Steps) -> dict[str, list[RawTransition]]:
    found: dict[str, list[RawTransition]] = {}
    for step in steps:
        found.setdefault(step.entity, []).append(step)
    return found


def _single(step: RawTransition) -> Change:
    before, after = decode_state(step.before), decode_state(step.after)
    former = None if before is None else before.belongs
    home = former if after is None else after.belongs or former
    return Change(step, step.version, changed_bits(before, after), before, after, step.after, former, home)


def _tail(position: int, retracts: Steps, asserts: Steps) -> Change:
    """Compare the present before a fact with the one after it; the steps of a person stand in order of slot."""
    had = retracts[-1].after if retracts else asserts[0].before
    state = asserts[-1].after if asserts else retracts[0].before
    before, after = decode_state(had), decode_state(state)
    step, flags = _first_difference(position, retracts, asserts)
    bits = changed_bits(before, after)
    if flags:
        # What is told anew of an old event concerns whoever may see what that event changes, and nobody else.
        bits |= flags | changed_bits(decode_state(step.before), decode_state(step.after))
    version = max(step.version for step in (*retracts, *asserts))
    former = _last_area(retracts) if retracts else _area(asserts[0].before)
    home = _last_area(asserts) if asserts else _area(retracts[0].before)
    # Where nothing stands any more she still belongs to whom she was shown to.
    home = former if home is None and after is None else home
    if former != home:
        # Also of the dead, whose present state stays alike: another partner's they are now.
        bits |= _AREA
    return Change(step, version, bits, before, after, state, former, home)


def _first_difference(position: int, retracts: Steps, asserts: Steps) -> tuple[RawTransition, int]:
    """Find the first event that is told otherwise than before, and whether its date or its standing changed."""
    taken = {own_rank(step, position): step for step in retracts}
    told = {own_rank(step, position): step for step in asserts}
    slots = sorted((step.on, rank) for steps in (taken, told) for rank, step in steps.items())
    for _, rank in slots:
        old, new = taken.get(rank), told.get(rank)
        if old is None and new is not None:
            return new, DATE if retracts else 0
        if new is None and old is not None:
            return old, DATE | WITHDRAWN
        if old is not None and new is not None and not _same(old, new):
            return new, DATE if old.on != new.on else 0
    return (asserts or retracts)[-1], 0


def _same(old: RawTransition, new: RawTransition) -> bool:
    return (old.kind, old.on, old.before, old.after) == (new.kind, new.on, new.before, new.after)


def _last_area(steps: Steps) -> str | None:
    for step in reversed(steps):
        found = _area(step.after) or _area(step.before)
        if found is not None:
            return found
    return None


def _area(state: msgspec.Raw) -> str | None:
    read = decode_state(state)
    return None if read is None else read.belongs
