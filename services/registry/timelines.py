"""What did each fact change in the timeline of one person, household or unit?

Rows of a history are replayed in order of position, so both what a fact said and what was believed before it are at
hand, and nothing of it has to be written down a second time.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final, NamedTuple

import msgspec

from contracts.fact import position_of
from contracts.household import HouseholdState
from contracts.person import NOTHING, PersonState
from contracts.unit import UnitState


class Share(msgspec.Struct, frozen=True, gc=False):
    """That a part of a unit, which has no state of its own for it, went into another one."""

    into: str


State = PersonState | HouseholdState | UnitState | Share
Slot = tuple[str, int]
_UNSAID: Final = (None, "unknown")
CARE: Final = "care"
"""The member whose parts are told one by one, as `care.<part>`."""

_PARTS: Final = {"id", "personal", "care"}


class Step(NamedTuple):
    """A row of a history: date in the world, rank, position, sign, and the state (None where the sign is -1)."""

    on: str
    rank: int
    position: int
    sign: int
    state: State | None


class Change(NamedTuple):
    """One field, `on` included, before and after."""

    field: str
    before: Any
    after: Any


class Telling(NamedTuple):
    """What the fact at `position` did to the timeline: the cause of `origin` took effect `on`, or no longer does.

    `before` and `after` are what was believed of that day, and what is.
    """

    position: int
    origin: int
    on: str
    changes: tuple[Change, ...]
    before: State | None = None
    after: State | None = None


class _Link(NamedTuple):
    on: str
    before: State | None
    after: State | None


def tellings(steps: Iterable[Step], about: Mapping[int, int]) -> Iterator[Telling]:
    """Yield what each fact changed, in order in which it did; `about` says of an amending one which cause it is about.

    Where a fact only moved other causes (a late one makes a later move begin elsewhere), the first of them speaks.
    An earlier fact that concerns somebody by a later told one only (she is widowed by a death that was known before
    her marriage) speaks for itself, under its own position.
    """
    standing: dict[Slot, State | None] = {}
    old: dict[int, _Link] = {}
    spoken: set[int] = set()
    for position, rows in groupby(sorted(steps, key=_in_order), key=lambda step: step.position):
        for step in rows:
            if step.sign > 0:
                standing[step.on, step.rank] = step.state
            else:
                standing.pop((step.on, step.rank), None)
        new = _links(standing)
        telling = _telling(position, old, new, about.get(position, position))
        if telling is not None:
            spoken |= {position, telling.origin}
            yield telling
        for rank in sorted(new.keys() - old.keys()):
            if (origin := position_of(rank)) not in spoken:
                spoken.add(origin)
                yield _told(origin, rank, new[rank].on, new[rank].before, new[rank].after)
        old = new


def overtaken(steps: Iterable[Step], about: Mapping[int, int]) -> dict[int, int]:
    """Give the causes that change nothing here any more because of what was told later of an earlier day, with the
    position of that; `about` as above.
    """
    found: dict[int, int] = {}
    for step in sorted(steps, key=_in_order):
        origin = position_of(step.rank)
        if step.sign > 0:
            found.pop(origin, None)
        elif origin != about.get(step.position, step.position):
            found[origin] = step.position
    return found


def _in_order(step: Step) -> tuple[int, int]:
    return step.position, step.sign


def _links(standing: Mapping[Slot, State | None]) -> dict[int, _Link]:
    """Chain the standing slots: by rank, the state before and after each."""
    links: dict[int, _Link] = {}
    before: State | None = None
    for (on, rank), after in sorted(standing.items(), key=lambda item: item[0]):
        links[rank] = _Link(on, before, after)
        before = after
    return links


def _telling(position: int, old: Mapping[int, _Link], new: Mapping[int, _Link], cause: int) -> Telling | None:
    changed = [rank for rank in sorted(old.keys() | new.keys(), key=_day(old, new)) if old.get(rank) != new.get(rank)]
    if not changed:
        return None
    own = [rank for rank in changed if position_of(rank) == cause]
    rank = (own or changed)[0]
    had, has = old.get(rank), new.get(rank)
    if has is None:
        assert had is not None
        return _told(position, rank, had.on, had.after, had.before)
    if had is None:
        return _told(position, rank, has.on, has.before, has.after)
    told = _told(position, rank, has.on, had.after, has.after)
    return told if had.on == has.on else told._replace(changes=(Change("on", had.on, has.on), *told.changes))


def _told(position: int, rank: int, on: str, before: State | None, after: State | None) -> Telling:
    return Telling(position, position_of(rank), on, differences(before, after), before, after)


def _day(old: Mapping[int, _Link], new: Mapping[int, _Link]) -> Any:
    return lambda rank: ((new.get(rank) or old[rank]).on, rank)


def differences(before: State | None, after: State | None) -> tuple[Change, ...]:
    """List the fields that differ; of somebody who comes or goes all that is said of her."""
    had, has = _fields(before), _fields(after)
    found = []
    for field in had | has:
        one, other = had.get(field), has.get(field)
        nothing = one in _UNSAID and other in _UNSAID and (before is None or after is None)
        if one != other and not nothing:
            found.append(Change(field, one, other))
    return tuple(found)


def _fields(state: State | None) -> dict[str, Any]:
    if state is None:
        return {}
    fields = {name: getattr(state, name) for name in state.__struct_fields__ if name not in _PARTS}
    if isinstance(state, PersonState) and state.care is not None:
        fields |= {f"{CARE}.{name}": value for name, value in msgspec.to_builtins(state.care).items()}
    personal = msgspec.json.decode(getattr(state, "personal", NOTHING))
    if isinstance(personal, dict):
        fields |= {f"personal.{name}": value or None for name, value in personal.items()}
    elif personal is not None:
        fields["personal"] = personal
    return fields
