"""What of a state, and what of a history, is withheld from callers who may not see care or disabilities?

That such a report exists says as much as what is in it, so a history leaves its entries out, with all that amends them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from contracts.kinds import SENSITIVE
from contracts.withheld import without
from services.registry.lookups import decode_person_state
from services.registry.timelines import CARE, Telling

_encode = msgspec.json.Encoder().encode


class Caused(Protocol):
    """What is looked at of a cause."""

    @property
    def kind(self) -> str: ...
    @property
    def on(self) -> str: ...


def without_sensitive(state: bytes, names: Collection[str]) -> bytes:
    """Take what is withheld out of a person's state; most have nothing of it."""
    # Within a string the quotes would be escaped, so only a member's name can look like this.
    if not any(f'"{name}":'.encode() in state for name in names):
        return state
    return _encode(without(decode_person_state(state), names))


def plain_tellings(
    told: Iterable[tuple[int, Telling]],
    about: Mapping[int, int],
    causes: Mapping[int, Caused],
    names: Collection[str],
) -> Iterator[tuple[int, Telling]]:
    """Leave out what is about a sensitive report, and of the others what they change of what is withheld.

    What says nothing else, as another date does, is told only about a report that was told of itself.
    """
    kinds = SENSITIVE if CARE in names else frozenset[str]()
    shown: set[int] = set()
    for position, telling in sorted(told):
        if causes[about.get(position, position)].kind in kinds:
            continue
        changes = tuple(change for change in telling.changes if change.field.partition(".")[0] not in names)
        if any(change.field != "on" for change in changes):
            shown.add(telling.origin)
        elif telling.origin not in shown or (telling.changes and not changes):
            continue
        spoken = causes.get(telling.origin)
        # What a fact did to others may be told with the day of a sensitive one.
        on = causes[position].on if spoken is not None and spoken.kind in kinds else telling.on
        yield position, telling._replace(changes=changes, on=on)
