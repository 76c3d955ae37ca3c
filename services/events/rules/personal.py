"""How are personal values kept in a state: as one opaque piece of JSON, in which equal values are equal bytes?"""

import msgspec

from contracts.kinds.personal import HouseholdPersonal, PersonPersonal
from contracts.person import NOTHING, PersonState


class Number(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A number that somebody bears or bore, and from and until when, as far as that is known."""

    type: str
    value: str
    valid_from: str | None = None
    valid_to: str | None = None


class Reached(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A way to reach somebody."""

    type: str
    value: str


class Carried(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The personal part of a person's state: who she is, which numbers she bears and bore, how she is reached."""

    name: str | None = None
    identifiers: tuple[Number, ...] = ()
    contacts: tuple[Reached, ...] = ()
    former: tuple[Number, ...] = ()


class Address(msgspec.Struct, frozen=True, gc=False):
    """The personal part of a household's state."""

    address: str


_decode = msgspec.json.Decoder(Carried).decode
_encode = msgspec.json.Encoder().encode


def kept(told: PersonPersonal | HouseholdPersonal | None) -> msgspec.Raw:
    """Keep what a report tells of a person or of a household."""
    if told is None:
        return NOTHING
    shape = Carried if isinstance(told, PersonPersonal) else Address
    return msgspec.Raw(_encode(msgspec.convert(told, shape, from_attributes=True)))


def carried(person: PersonState) -> Carried:
    """Open the personal part of a state; empty where there is none."""
    raw = bytes(person.personal)
    return _decode(raw) if raw.startswith(b"{") else Carried()


def packed(told: Carried) -> msgspec.Raw:
    """Close it again, in the very bytes that the same values have when a sheet tells them."""
    return msgspec.Raw(_encode(told))
