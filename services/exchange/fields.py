"""Which attributes of a person can a partner ever be given, how are they read, and which bit says that one changed?

A feed row keeps what changed as bits, so that no value stands in the feed and every view can drop changes of
attributes that it may not see. Bits are never given to another attribute: new ones are put behind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

Refers = Literal["person", "household"]


class Numbered(msgspec.Struct, frozen=True, gc=False):
    """An identifier or a contact: a value with its type."""

    type: str
    value: str


class Personal(msgspec.Struct, frozen=True, gc=False):
    """The part of a person's state that names her."""

    name: str | None = None
    identifiers: tuple[Numbered, ...] = ()
    contacts: tuple[Numbered, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute: `source` is the member of the person's state that it is read from.

    `refers` marks the id of somebody else, which a partner with pseudonyms gets as a pseudonym too.
    """

    name: str
    title: tuple[str, str]
    bit: int
    source: str
    read: Callable[[Any], Any]
    refers: Refers | None = None

    @property
    def mask(self) -> int:
        return 1 << self.bit


def _number(type_: str) -> Callable[[Any], str | None]:
    def read(state: Any) -> str | None:
        found: Personal | None = state.personal
        if found is not None:
            for number in found.identifiers:
                if number.type == type_:
                    return number.value
        return None

    return read


def _name(state: Any) -> str | None:
    found: Personal | None = state.personal
    return None if found is None else found.name


def _contacts(state: Any) -> list[dict[str, str]]:
    found: Personal | None = state.personal
    return [] if found is None else [{"type": c.type, "value": c.value} for c in found.contacts]


def _birth_month(state: Any) -> str | None:
    birth: str | None = state.birth
    return None if birth is None else birth[:7]


def _fields() -> tuple[Field, ...]:
    # Order is the order of bits: add at the end only.
    plain: tuple[tuple[str, tuple[str, str], Refers | None], ...] = (
        ("status", ("status on the books", "tình trạng trên sổ"), None),
        ("sex", ("sex", "giới tính"), None),
        ("birth", ("date of birth, as far as known", "ngày sinh, theo mức độ biết được"), None),
        ("household", ("household", "hộ"), "household"),
        ("area", ("area of residence", "địa bàn cư trú"), None),
        ("marital", ("marital status", "tình trạng hôn nhân"), None),
        ("spouse", ("spouse", "vợ/chồng"), "person"),
        ("mother", ("mother", "mẹ"), "person"),
        ("birth_order", ("birth order", "con thứ mấy"), None),
        ("relation", ("relation to the head", "quan hệ với chủ hộ"), None),
        ("ethnicity", ("ethnicity", "dân tộc"), None),
        ("education", ("education", "trình độ học vấn"), None),
        ("residence", ("residence status", "tình trạng cư trú"), None),
        ("occupation", ("occupation", "nghề nghiệp"), None),
    )
    personal: tuple[tuple[str, tuple[str, str], Callable[[Any], Any]], ...] = (
        ("name", ("name", "họ và tên"), _name),
        ("pid", ("personal identification number", "số định danh cá nhân"), _number("pid")),
        ("cmnd", ("old identity card", "chứng minh nhân dân"), _number("cmnd")),
        ("bhyt", ("health insurance card", "thẻ bảo hiểm y tế"), _number("bhyt")),
        ("bhxh", ("social insurance number", "số bảo hiểm xã hội"), _number("bhxh")),
        ("contacts", ("contacts", "thông tin liên lạc"), _contacts),
    )
    found = [Field(n, title, bit, n, attrgetter(n), refers) for bit, (n, title, refers) in enumerate(plain)]
    found += [Field(n, title, len(plain) + k, "personal", read) for k, (n, title, read) in enumerate(personal)]
    found.append(Field("birth_month", ("month of birth", "tháng sinh"), len(found), "birth", _birth_month))
    later: tuple[tuple[str, tuple[str, str]], ...] = (
        ("disability", ("kind of disability", "dạng khuyết tật")),
        ("disability_degree", ("degree of disability", "mức độ khuyết tật")),
        ("sheet", ("couple's sheet of the household", "phiếu của cặp vợ chồng trong hộ")),
    )
    for name, title in later:
        found.append(Field(name, title, len(found), name, attrgetter(name)))
    return tuple(found)


FIELDS: Final[Mapping[str, Field]] = MappingProxyType({field.name: field for field in _fields()})
"""Every attribute by its name, in order of bits."""

EVERYTHING: Final = (1 << len(FIELDS)) - 1

# Flags about the event itself stand far above, so that fields can grow.
DATE: Final = 1 << 48
"""The event was told late, on another day, or not at all: what was said of its date so far does not stand."""
WITHDRAWN: Final = 1 << 49
"""The event did not happen: its fact was voided, or corrected away from this person."""

PLAIN: Final = tuple(name for name, field in FIELDS.items() if field.source == name)
"""Attributes that are members of the state themselves, in order of bits."""
