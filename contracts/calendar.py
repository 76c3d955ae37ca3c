"""Which day is it in Viet Nam, whose calendar dates everything on the books?"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

VIET_NAM: Final = timezone(timedelta(hours=7))
"""UTC+7 all year round."""


def today(now: float) -> str:
    """Give the date in Viet Nam, `YYYY-MM-DD`, at an instant in seconds since 1970."""
    return datetime.fromtimestamp(now, UTC).astimezone(VIET_NAM).date().isoformat()


def next_month(month: str) -> str:
    """Give the month after `YYYY-MM`."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
    return f"{year:04d}-{number + 1:02d}"


def later_than(birth: str | None, day: str) -> bool:
    """Say whether a birth date, as far as it is known, lies behind a day."""
    return birth is not None and birth > day[: len(birth)]
