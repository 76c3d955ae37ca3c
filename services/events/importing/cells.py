"""What does a cell say? Each reader turns what stands there into what a payload takes, or says what is wrong.

Nothing is guessed: an empty cell says nothing, and what cannot be read is an error.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from contracts.ids import EARLIEST_YEAR, LATEST_YEAR, PLACE, plain_text
from services.events.importing.faults import Unsure, Wrong
from services.events.importing.words import plain, vocabulary

Cell = Any
"""Text, a whole or a broken number, a truth value, a date, or nothing; what a formula is comes as it is."""
Reader = Callable[[Cell], Any]

LONGEST_TEXT = 200
# Larger broken numbers of a spreadsheet have lost digits.
EXACT = 1e15
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_NOTHING = frozenset({"", "-", "--", "\u2014", "\u2013", ".", "..", "…", "...", "/", "?"})
_DMY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?: 0{1,2}:00(?::00)?)?")
_MY = re.compile(r"(\d{1,2})[/.\-](\d{4})")
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?)?)?")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.\-](?:\d{1,2}[/.\-])?\d{2}")
# Letters that the old fonts put in place of Vietnamese ones, and that no name has.
_OLD_FONT = frozenset(map(chr, (*range(0xA1, 0xC0), 0xD7, 0xF7)))
# TCVN3 writes small letters as Latin capitals, `ThÞ` and `NguyÔn`: within a word behind a small one nobody else does.
_CAPITAL_WITHIN = re.compile("[a-z][\u00c0-\u00de]")
_DIGITS = re.compile(r"[0-9]+")
_PLACE = re.compile(PLACE)
_DESTINATIONS = vocabulary("destination")
_HOUSEHOLD = re.compile(r"([0-9]{1,6})(?:[./\-]([1-9]))?")


def said(value: Cell) -> str:
    """Give the text of a cell, without the blanks around it; a whole number without its point."""
    if type(value) is str:
        text = value.strip()
        if text[:1] == "=":
            raise Wrong("formula")
        if text[:1] == "#" and text in _ERRORS:
            raise Wrong("cell-error")
        return "" if text in _NOTHING else text
    if value is None:
        return ""
    if isinstance(value, bool):
        raise Wrong("not-acceptable")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    # A formula over several cells comes as an object that says over which.
    raise Wrong("formula" if hasattr(value, "ref") else "not-acceptable")


# Addresses, areas and occupations stand on many rows.
@lru_cache(maxsize=1 << 15, typed=True)
def text(value: Cell) -> str | None:
    """Read words: NFC, blanks of all kinds made one."""
    words = " ".join(said(value).split())
    if not words:
        return None
    if not words.isascii() and (not _OLD_FONT.isdisjoint(words) or _CAPITAL_WITHIN.search(words)):
        raise Wrong("legacy-font")
    try:
        words = plain_text(words)
    except ValueError:
        raise Wrong("text-format") from None
    if len(words) > LONGEST_TEXT:
        raise Wrong("text-format")
    return words


def anything(value: Cell) -> Cell:
    """Take a cell as it is, to be read once it is known what it speaks of."""
    return value if said(value) else None


@lru_cache(maxsize=1 << 12, typed=True)
def number(value: Cell) -> int | None:
    """Read a small whole number."""
    digits = said(value)
    if not digits:
        return None
    if not _DIGITS.fullmatch(digits) or len(digits) > 9:  # noqa: PLR2004 - more than any count of people
        raise Wrong("number-format")
    return int(digits)


# All rows of a household have the same.
@lru_cache(maxsize=1 << 10, typed=True)
def household_number(value: Cell) -> tuple[str, str | None] | None:
    """Read a household's number, with the second couple's sheet if it stands there: `012`, `12.1`."""
    digits = said(value)
    if not digits:
        return None
    found = _HOUSEHOLD.fullmatch(digits)
    if found is None:
        raise Wrong("household-number-format")
    return found[1], found[2]


def sheet_number(value: Cell) -> str | None:
    """Read the number of a second couple's sheet."""
    digits = said(value)
    if digits and not (len(digits) == 1 and digits in "123456789"):
        raise Wrong("number-format")
    return digits or None


@lru_cache(maxsize=1 << 16, typed=True)
def partial_date(value: Cell) -> str | None:
    """Read a date known to the day, the month or the year: `14/03/1961`, `00/03/1961`, `03/1961`, `1961`."""
    if isinstance(value, datetime):
        if value.time() != time.min:
            raise Wrong("date-format")
        value = value.date()
    if isinstance(value, date):
        return _date(value.year, value.month, value.day)
    words = said(value)
    if not words:
        return None
    if found := _DMY.fullmatch(words):
        return _date(int(found[3]), int(found[2]), int(found[1]))
    if found := _MY.fullmatch(words):
        return _date(int(found[2]), int(found[1]))
    if found := _ISO.fullmatch(words):
        return _date(int(found[1]), int(found[2] or 0), int(found[3] or 0))
    if isinstance(value, int | float):
        raise Wrong("date-as-number")
    raise Wrong("date-two-digit-year" if _SHORT_YEAR.fullmatch(words) else "date-format")


def _date(year: int, month: int = 0, day: int = 0) -> str:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Wrong("date-out-of-range")
    if month == 0:
        if day:
            raise Wrong("date-format")
        return f"{year}"
    if not day:
        if month > 12:  # noqa: PLR2004 - of the calendar
            raise Wrong("date-format")
        return f"{year}-{month:02d}"
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise Wrong("date-format") from None


def whole_date(value: Cell) -> str | None:
    """Read a date that must be known to the day."""
    found = partial_date(value)
    if found is not None and len(found) < len("2025-01-01"):
        raise Wrong("date-incomplete")
    return found


def coded(name: str) -> Reader:
    """Make the reader of a code list: a code, a label in either language, or how people write it."""
    words = vocabulary(name)

    @lru_cache(maxsize=1 << 12, typed=True)
    def read(value: Cell) -> str | None:
        told = said(value)
        if not told:
            return None
        found = words.get(plain(told))
        if found is None:
            raise Wrong("code-unknown")
        return found

    return read


def ethnicity_reader() -> Reader:
    """Make the reader of ethnicities, whose codes are numbers of two digits that spreadsheets shorten."""
    named = coded("ethnicity")

    @lru_cache(maxsize=1 << 10, typed=True)
    def read(value: Cell) -> str | None:
        told = said(value)
        found: str | None = named(told.zfill(2) if _DIGITS.fullmatch(told) else told)
        return found

    return read


def place(value: Cell) -> dict[str, str] | None:
    """Read where somebody goes: a unit of ours, abroad, inside the country, or words to be looked up (`named`)."""
    told = said(value)
    if not told:
        return None
    if _PLACE.fullmatch(told):
        return {"destination": "inside_country", "place": told}
    found = _DESTINATIONS.get(plain(told))
    return {"named": told} if found is None else {"destination": found}


def origin(value: Cell) -> dict[str, str] | None:
    """Read where somebody comes from: a unit of ours, or words to be looked up (`named`)."""
    told = said(value)
    if not told:
        return None
    return {"origin" if _PLACE.fullmatch(told) else "named": told}


def roughly(name: str) -> Reader:
    """Make the reader of a list in which what is not found becomes unknown, with a warning."""
    exact = coded(name)

    def read(value: Cell) -> str | None:
        try:
            found: str | None = exact(value)
        except Wrong as wrong:
            if wrong.code != "code-unknown":
                raise
            raise Unsure from None
        return found

    return read


def result(name: str) -> Reader:
    """Make the reader of a screening's result, where forms also have a mere mark: screened, result not known.

    A plus may be a mark or a positive result, so it is neither.
    """
    exact = coded(name)

    def read(value: Cell) -> str | None:
        found: str | None = "done" if marked(value) and said(value) != "+" else exact(value)
        return found

    return read


def marked(value: Cell) -> bool:
    """Say whether a cell holds a mark and nothing else."""
    return value == 1 or (isinstance(value, str) and value.strip().lower() in {"x", "1", "✓", "✔", "v", "+"})


@lru_cache(maxsize=64, typed=True)
def mark_or_date(value: Cell) -> str | bool | None:
    """Read a column that stands for one sex: a mark, or the birth date itself."""
    return True if marked(value) else partial_date(value)
