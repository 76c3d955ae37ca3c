"""How are days and months written for people, and typed by them?"""

import re
import time
from typing import Final, Literal

from contracts import calendar

Language = Literal["en", "vi"]

_MOMENT: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?: ([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?")
_TYPED: Final = re.compile(r"(?:([0-9]{1,2})/)?([0-9]{1,2})/([0-9]{4})")


def dated(language: Language, text: str) -> str:
    """Give a day, with the time or without, as people write it in a language; anything else as it is."""
    found = _MOMENT.fullmatch(text) if language == "vi" else None
    if found is None:
        return text
    year, month, day, time = found.groups()
    return f"{time or ''} {day}/{month}/{year}".strip()


def undated(text: str) -> str:
    """Read a day or month as people write it in Vietnamese, 20/10/2026 or 10/2026; anything else stays as it is."""
    found = _TYPED.fullmatch(text)
    return text if found is None else "-".join(part.zfill(2) for part in reversed(found.groups()) if part)


def today() -> str:
    """Give the day in Viet Nam."""
    return calendar.today(time.time())


def end_of_next_year() -> str:
    """Give a last day that an example may name: one that is past is refused."""
    return f"{int(today()[:4]) + 1}-12-31"
