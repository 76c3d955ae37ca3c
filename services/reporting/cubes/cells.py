"""In which cell of the statistics does a person stand, and how is that written in few bytes?

A cell is (place, sex, birth) as three integers. Ages are in no cell: they follow from birth month and reference month.
"""

from typing import Final

import msgspec

from contracts.ids import place_number

OUTSIDE: Final = 0
"""Stands nowhere: not born, not on the books, abroad or dead."""
IN_TRANSIT: Final = 1
"""Left one place and has not reached the next: a stock of its own, part of no unit."""
PLACE_UNKNOWN: Final = 2
"""Resident, but where is not known. Areas are larger numbers (`contracts.ids.place_number`)."""

Cell = tuple[int, int, int]

SEXES: Final = {"unknown": 0, "male": 1, "female": 2}
"""QCVN 109:2017/BTTTT: 0 no information, 1 male, 2 female."""
SEX_NAMES: Final = {code: name for name, code in SEXES.items()}

BIRTH_UNKNOWN: Final = 0
_YEAR_ONLY: Final = len("YYYY")


class Standing(msgspec.Struct, frozen=True, gc=False):
    """The part of a person's state that statistics read; nothing in it is personal."""

    status: str
    sex: str = "unknown"
    birth: str | None = None
    area: str | None = None
    marital: str = "unknown"


def month_number(text: str) -> int:
    """Count the months from year 0 to the month of `2025-03` or `2025-03-14`."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def month_text(number: int) -> str:
    """Write a month number as `2025-03`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def birth_number(text: str | None) -> int:
    """Write what is known of a birth: a month number, minus the year where only that is known, 0 for nothing."""
    if text is None:
        return BIRTH_UNKNOWN
    return -int(text) if len(text) == _YEAR_ONLY else month_number(text)


def birth_text(number: int) -> str | None:
    """Write it out again: `1961-03`, `1961`, None."""
    if number == BIRTH_UNKNOWN:
        return None
    return f"{-number:04d}" if number < 0 else month_text(number)


class _Months(dict[str, int]):
    """Month numbers by `2025-03`: a few thousand at most, each read once from its text."""

    def __missing__(self, text: str) -> int:
        number = self[text] = month_number(text)
        return number


class _Births(dict[str | None, int]):
    """Birth numbers by `1961-03` or `1961`."""

    def __missing__(self, text: str | None) -> int:
        number = self[text] = birth_number(text)
        return number


class _Places(dict[str | None, int]):
    """Place numbers by area id: packing a date is dear, and there are only so many areas."""

    def __missing__(self, area: str | None) -> int:
        number = self[area] = PLACE_UNKNOWN if area is None else place_number(area)
        return number


MONTHS: Final = _Months()
_BIRTHS: Final = _Births()
PLACES: Final = _Places()

NOWHERE: Final[Cell] = (OUTSIDE, 0, 0)


def cell_of(state: Standing | None) -> Cell:
    """Give the cell of a state; whoever stands nowhere is in no cell, whatever else is known."""
    if state is None:
        return NOWHERE
    if state.status == "resident":
        place = PLACES[state.area]
    elif state.status == "in_transit":
        place = IN_TRANSIT
    else:
        return NOWHERE
    birth = state.birth
    return place, SEXES[state.sex], _BIRTHS[None if birth is None else birth[:7]]
