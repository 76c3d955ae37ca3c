"""How are persons, households, units, areas and reports named, and what does a well-formed name look like?

Persons, households and reports carry UUIDv7 made by the sender (RFC 9562): a phone without a network must be able
to speak of a newborn before the server has heard of it. A unit's id is its code and its founding date, because codes
are used again; an area's id is the commune in which it was founded and a number that is never used again.
"""

import os
import time
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from contracts.malformed import malformed

UUID7 = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
UNIT = r"^[0-9]{2,5}-[0-9]{8}$"
AREA = r"^[0-9]{5}-[0-9]{8}-[0-9]{3}$"
PLACE = r"^[0-9]{2,5}-[0-9]{8}(-[0-9]{3})?$"
PARTIAL_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"

EVERYWHERE = "VN"
"""Stands for the whole country where a unit is named, also for areas that nobody has put on the books yet."""

EARLIEST_YEAR = 1850
LATEST_YEAR = 2199
_DAY_ZERO = date(1850, 1, 1).toordinal()
_AREA_BITS = 10
_DAY_BITS = 17
# The two bits of the variant stand before the rest of their digit.
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
_NOT_TEXT = frozenset({"Cc", "Cs", "Co", "Cn"})


# The same days are told again and again.
@lru_cache(maxsize=1 << 16)
def iso_date(text: str) -> str:
    """Check a calendar date `YYYY-MM-DD` between 1850 and 2199; dates stay text, which sorts as time does."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise malformed("no-such-day") from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise malformed("year-out-of-range")
    return text


@lru_cache(maxsize=1 << 16)
def partial_date(text: str) -> str:
    """Check a date known to the year, the month or the day: `1961`, `1961-03`, `1961-03-14`."""
    iso_date((text + "-01-01")[:10])
    return text


def plain_text(text: str) -> str:
    """Bring text to NFC and refuse control characters, lone surrogates and blank text."""
    composed = unicodedata.normalize("NFC", text).strip()
    if not composed or (not composed.isprintable() and any(unicodedata.category(c) in _NOT_TEXT for c in composed)):
        raise malformed("blank-text")
    return composed


@lru_cache(maxsize=1 << 16)
def unit_id(text: str) -> str:
    """Check that the founding date inside a unit's or an area's id is a date."""
    stamp = text.split("-")[1]
    iso_date(f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:]}")
    return text


ReportId = Annotated[str, StringConstraints(pattern=UUID7)]
PersonId = Annotated[str, StringConstraints(pattern=UUID7)]
HouseholdId = Annotated[str, StringConstraints(pattern=UUID7)]
UnitId = Annotated[str, StringConstraints(pattern=UNIT), AfterValidator(unit_id)]
AreaId = Annotated[str, StringConstraints(pattern=AREA), AfterValidator(unit_id)]
PlaceId = Annotated[str, StringConstraints(pattern=PLACE), AfterValidator(unit_id)]
IsoDate = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(iso_date)]
PartialDate = Annotated[str, StringConstraints(pattern=PARTIAL_DATE), AfterValidator(partial_date)]
Text = Annotated[str, StringConstraints(max_length=200), AfterValidator(plain_text)]


def uuid7(milliseconds: int | None = None, random: bytes | None = None) -> str:
    """Make a UUIDv7 (RFC 9562 5.7); both arguments given make it reproducible."""
    stamp = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    head, tail = f"{stamp & (2**48 - 1):012x}", (os.urandom(10) if random is None else random).hex()
    return f"{head[:8]}-{head[8:]}-7{tail[1:4]}-{_VARIANT[tail[4]]}{tail[5:8]}-{tail[8:20]}"


def founding_commune(area: str) -> str:
    """Name the commune in which an area was founded: it never changes, so it keys the log."""
    return area.rsplit("-", 1)[0]


def place_number(place: str) -> int:
    """Pack a unit's or an area's id into one 64-bit integer, for narrow statistical rows.

    Layout: code (17 bits with its length ahead), founding day since 1850-01-01 (17 bits), area number (10 bits).
    `block_of` gives the block of its founding commune: a pure function of the id.
    """
    parts = place.split("-")
    code, stamp = parts[0], parts[1]
    day = date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:])).toordinal() - _DAY_ZERO
    number = int(parts[2]) if len(parts) > 2 else 0  # noqa: PLR2004 - an area has a third part
    return ((len(code) << 17 | int(code)) << _DAY_BITS | day) << _AREA_BITS | number


def place_id(number: int) -> str:
    """Unpack what `place_number` packed; a trailing number 0 means a unit."""
    serial = number & (1 << _AREA_BITS) - 1
    day = number >> _AREA_BITS & (1 << _DAY_BITS) - 1
    head = number >> _AREA_BITS + _DAY_BITS
    code = f"{head & (1 << 17) - 1:0{head >> 17}d}"
    stamp = date.fromordinal(day + _DAY_ZERO).strftime("%Y%m%d")
    return f"{code}-{stamp}" + (f"-{serial:03d}" if serial else "")


def block_of(place: int) -> int:
    """Give the founding commune of a packed area as the integer that groups rows."""
    return place >> _AREA_BITS
