"""What of a state, and what of a history, is withheld from callers who may not see contraception, pregnancy and checks?

That such a report exists says as much as what is in it, so a history leaves its entries out, with all that amends them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Protocol

import msgspec

from contracts.kinds import SENSITIVE
from contracts.person import PersonState
from services.registry.timelines import CARE, Telling

# Within a string the quotes would be escaped, so only a member's name can look like this.
_MEMBER: Final = b'"care":'
_decode = msgspec.json.Decoder(PersonState).decode
_encode = msgspec.json.Encoder().encode


class Caused(Protocol):
    """What is looked at of a cause."""

    @property
    def kind(self) -> str: ...
    @property
    def on(self) -> str: ...


def without_care(state: bytes) -> bytes:
    """Take what is sensitive out of a person's state; most have nothing of it."""
    if _MEMBER not in state:
        return state
    return _encode(msgspec.structs.replace(_decode(state), care=None))


def plain_tellings(
    told: Iterable[tuple[int, Telling]], about: Mapping[int, int], causes: Mapping[int, Caused]
) -> Iterator[tuple[int, Telling]]:
    """Leave out what is about a sensitive report, and of the others what they change of what is sensitive."""
    for position, telling in told:
        if causes[about.get(position, position)].kind in SENSITIVE:
            continue
        changes = tuple(change for change in telling.changes if not change.field.startswith(CARE))
        if telling.changes and not changes:
            continue
        spoken = causes.get(telling.origin)
        # What a fact did to others may be told with the day of a sensitive one.
        on = causes[position].on if spoken is not None and spoken.kind in SENSITIVE else telling.on
        yield position, telling._replace(changes=changes, on=on)
