"""What does the registry read of a fact, and what of the states in it?

A state is kept as the very bytes that the fact holds; only what rows and search need is decoded. Every field here
stands in the contract under the same name (a test compares them).
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from contracts.fact import NO_RAW_CHANGES, Amends, RawChanges, RawTransition
from contracts.ids import place_number
from contracts.person import NOTHING


class Cause(msgspec.Struct, frozen=True, gc=False):
    """Who told a fact; what was told stands in the states."""

    report: str
    source: str
    authid: str | None = None
    device: str | None = None
    notes: tuple[str, ...] = ()


class Fact(msgspec.Struct, frozen=True, gc=False):
    """A fact with undecoded states and without its payload."""

    kind: str
    on: str
    cause: Cause
    amends: Amends | None = None
    retracts: RawChanges = NO_RAW_CHANGES
    asserts: RawChanges = NO_RAW_CHANGES


class Person(msgspec.Struct, frozen=True, gc=False):
    """Where a person stands, and her personal part undecoded."""

    status: str
    household: str | None = None
    area: str | None = None
    birth: str | None = None
    personal: msgspec.Raw = NOTHING


class Household(msgspec.Struct, frozen=True, gc=False):
    """Where a household stands in the A0 books."""

    area: str
    status: str = "active"
    number: str | None = None
    head: str | None = None


class Identifier(msgspec.Struct, frozen=True, gc=False):
    """A number that names a person in some register."""

    type: str
    value: str


class Personal(msgspec.Struct, frozen=True, gc=False):
    """What a person can be searched by; `former` are the numbers that she bears no more."""

    name: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    former: tuple[Identifier, ...] = ()


decode = msgspec.json.Decoder(Fact).decode
decode_person = msgspec.json.Decoder(Person | None).decode
decode_household = msgspec.json.Decoder(Household | None).decode
decode_personal = msgspec.json.Decoder(Personal).decode


def former(retracts: Iterable[RawTransition], asserts: Sequence[RawTransition]) -> dict[str, msgspec.Raw]:
    """Give what was the present state, until a fact, of every entity of which it speaks: the last one of the tail that
    it takes back, else the one before what it asserts.
    """
    before = {step.entity: step.before for step in reversed(asserts)}
    return before | {step.entity: step.after for step in retracts}


def open_personal(personal: msgspec.Raw) -> Personal | None:
    """Read a personal part; None of one that is sealed or was never told."""
    held = bytes(personal)
    return decode_personal(held) if held.startswith(b"{") else None


class _Places(dict[str | None, int | None]):
    """Area -> its packed number; there are some thousands of areas, named by every fact."""

    def __missing__(self, area: str | None) -> int | None:
        self[area] = number = None if area is None else place_number(area)
        return number


PLACES: Final = _Places()
