"""What does a fact do to each person's present, when it may take back and tell again a whole tail of her timeline?"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from contracts.fact import RawTransition
from kit.projections.history import own_rank
from services.exchange.fields import DATE, FIELDS, WITHDRAWN
from services.exchange.projections.differences import Compared, changed_bits, decode_state

Steps = Sequence[RawTransition]
States = Sequence[tuple[Compared | None, Compared | None]]
Parting = tuple[RawTransition, str, int]
_AREA: Final = FIELDS["area"].mask


class Change(msgspec.Struct, frozen=True, gc=False):
    """One person's change by one fact: `before` and `after` are her present states, `state` the bytes of `after`.

    `step` is the event that it is about. `former` and `home` are the areas where she lived or last lived, as far as
    the fact knows them: the dead and the departed stand in none, and still belong to the area that they left.
    `partings` are the steps by which she goes where no area is, each with that area and a sign.
    """

    step: RawTransition
    version: int
    bits: int
    before: Compared | None
    after: Compared | None
    state: msgspec.Raw
    former: str | None
    home: str | None
    partings: Sequence[Parting]


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
    stands = None if after is None else after.belongs
    partings = () if stands is not None or former is None or after is None else ((step, former, 1),)
    bits = changed_bits(before, after)
    return Change(step, step.version, bits, before, after, step.after, former, stands or former, partings)


def _tail(position: int, retracts: Steps, asserts: Steps) -> Change:
    """Compare the present before a fact with the one after it; the steps of a person stand in order of slot."""
    taken, told = _states(retracts), _states(asserts)
    before = taken[-1][1] if taken else told[0][0]
    after = told[-1][1] if told else taken[0][0]
    state = asserts[-1].after if asserts else retracts[0].before
    step, flags = _first_difference(position, retracts, asserts)
    bits = changed_bits(before, after)
    if flags:
        # What is told anew of an old event concerns whoever may see what that event changes, and nobody else.
        bits |= flags | changed_bits(decode_state(step.before), decode_state(step.after))
    version = max(step.version for step in (*retracts, *asserts))
    former = _last_area(taken) if taken else _area(before)
    home = _last_area(told) if told else _area(after)
    # Where nothing stands any more she still belongs to whom she was shown to.
    home = former if home is None and after is None else home
    if former != home:
        # Also of the dead, whose present state stays alike: another partner's they are now.
        bits |= _AREA
    partings = [*_partings(retracts, taken, -1), *_partings(asserts, told, 1)]
    return Change(step, version, bits, before, after, state, former, home, partings)


def _states(steps: Steps) -> States:
    return [(decode_state(step.before), decode_state(step.after)) for step in steps]


def _partings(steps: Steps, states: States, sign: int) -> Iterator[Parting]:
    for step, (before, after) in zip(steps, states, strict=True):
        left = _area(before)
        if left is not None and after is not None and after.belongs is None:
            yield step, left, sign


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


def _last_area(states: States) -> str | None:
    for before, after in reversed(states):
        found = _area(after) or _area(before)
        if found is not None:
            return found
    return None


def _area(state: Compared | None) -> str | None:
    return None if state is None else state.belongs
