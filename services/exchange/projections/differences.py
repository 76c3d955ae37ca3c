"""What differs between two states of a person, as bits of the attributes and as identifiers gained and lost?"""

from itertools import compress
from operator import attrgetter, ne
from typing import Final

import msgspec

from contracts.person import PersonState, identifier_key
from services.exchange.fields import EVERYTHING, FIELDS, PLAIN, Personal

_BITS: Final = tuple(FIELDS[name].mask for name in PLAIN)
_BIRTH: Final = FIELDS["birth"].mask
_BIRTH_MONTH: Final = FIELDS["birth_month"].mask
_NAME: Final = FIELDS["name"].mask
_CONTACTS: Final = FIELDS["contacts"].mask
_NUMBERS: Final = {name: FIELDS[name].mask for name in ("pid", "cmnd", "bhyt", "bhxh")}

decode_state = msgspec.json.Decoder(PersonState | None).decode
_decode_personal = msgspec.json.Decoder(Personal | None).decode
_values = attrgetter(*PLAIN)


def changed_bits(before: PersonState | None, after: PersonState | None) -> int:
    """Give the bits of the attributes that differ; somebody who appears or disappears differs in all."""
    if before is None or after is None:
        return 0 if before is after else EVERYTHING
    bits = sum(compress(_BITS, map(ne, _values(before), _values(after))))
    if bits & _BIRTH and (before.birth or "")[:7] != (after.birth or "")[:7]:
        bits |= _BIRTH_MONTH
    if before.personal != after.personal:
        bits |= _personal_bits(personal_of(before), personal_of(after))
    return bits


def personal_of(state: PersonState | None) -> Personal:
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


def lookup_keys(personal: Personal) -> frozenset[str]:
    """Give the keys under which a person is found."""
    return frozenset(identifier_key(number.type, number.value) for number in personal.identifiers)
