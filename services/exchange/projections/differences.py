"""What differs between two states of a person, as bits of the attributes and as identifiers gained and lost?"""

from collections.abc import Sequence
from itertools import compress
from operator import ne
from typing import Final

import msgspec
from msgspec.structs import astuple

from contracts.person import NOTHING, Transit, identifier_key
from services.exchange.fields import EVERYTHING, FIELDS, PLAIN, Personal

_BITS: Final = tuple(FIELDS[name].mask for name in PLAIN)
_BIRTH: Final = FIELDS["birth"].mask
_BIRTH_MONTH: Final = FIELDS["birth_month"].mask
_NAME: Final = FIELDS["name"].mask
_CONTACTS: Final = FIELDS["contacts"].mask
_NUMBERS: Final = {name: FIELDS[name].mask for name in ("pid", "cmnd", "bhyt", "bhxh")}


class Compared(msgspec.Struct, frozen=True, gc=False):
    """What is compared of a person's state, attributes in order of bits; her care and her ids are passed over."""

    status: str
    sex: str
    birth: str | None = None
    household: str | None = None
    area: str | None = None
    marital: str = "unknown"
    spouse: str | None = None
    mother: str | None = None
    birth_order: int | None = None
    relation: str = "unknown"
    ethnicity: str = "unknown"
    education: str = "unknown"
    residence: str = "unknown"
    occupation: str | None = None
    disability: str = "unknown"
    disability_degree: str = "unknown"
    sheet: str | None = None
    personal: msgspec.Raw = NOTHING
    transit: Transit | None = None

    @property
    def belongs(self) -> str | None:
        """The area where she stands, or which she left who is in transit."""
        return self.area if self.transit is None else self.transit.area


decode_state = msgspec.json.Decoder(Compared | None).decode
_decode_personal = msgspec.json.Decoder(Personal | None).decode


def changed_bits(before: Compared | None, after: Compared | None) -> int:
    """Give the bits of the attributes that differ; somebody who appears or disappears differs in all."""
    if before is None or after is None:
        return 0 if before is after else EVERYTHING
    bits = sum(compress(_BITS, map(ne, astuple(before), astuple(after))))
    if bits & _BIRTH and (before.birth or "")[:7] != (after.birth or "")[:7]:
        bits |= _BIRTH_MONTH
    if before.personal != after.personal:
        bits |= _personal_bits(_personal_of(before), _personal_of(after))
    return bits


def _personal_of(state: Compared | None) -> Personal:
    """Read who a state is about; empty for nobody and for a state without personal data."""
    return (_decode_personal(state.personal) if state is not None else None) or Personal()


def _personal_bits(before: Personal, after: Personal) -> int:
    bits = _NAME if before.name != after.name else 0
    if before.contacts != after.contacts:
        bits |= _CONTACTS
    if before.identifiers != after.identifiers:
        for type_, bit in _NUMBERS.items():
            if _numbers(before, type_) != _numbers(after, type_):
                bits |= bit
    return bits


def _numbers(personal: Personal, type_: str) -> list[str]:
    return [number.value for number in personal.identifiers if number.type == type_]


def renumbered(before: Compared | None, after: Compared | None) -> Sequence[tuple[str, bool]]:
    """Give the keys under which she is found from now on, and (true) those under which she is no more."""
    if before is not None and after is not None and before.personal == after.personal:
        return ()
    had, has = _lookup_keys(before), _lookup_keys(after)
    return [(key, key in had) for key in had ^ has]


def _lookup_keys(state: Compared | None) -> set[str]:
    return {identifier_key(number.type, number.value) for number in _personal_of(state).identifiers}
