"""Is the day that of Viet Nam, wherever the machine stands?"""

from datetime import UTC, datetime

from contracts.calendar import today


def test_the_day_is_that_of_viet_nam() -> None:
    midnight_there = datetime(2026, 2, 9, 17, 0, tzinfo=UTC).timestamp()
    assert today(midnight_there) == "2026-02-10"
    assert today(midnight_there - 1) == "2026-02-09"
