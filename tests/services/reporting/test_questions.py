"""Are months and days read as the calendar has them?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.http.problems import InvalidRequest
from services.reporting.cubes.cells import month_number
from services.reporting.questions import last_day, read_cuts, read_month, read_months


@given(st.dates(date(1850, 1, 1), date(2199, 12, 31)))
def test_the_last_day_of_a_month_is_followed_by_the_first_of_the_next(day: date) -> None:
    last = date.fromisoformat(last_day(month_number(day.isoformat())))
    assert (last.year, last.month) == (day.year, day.month)
    assert (last + timedelta(days=1)).day == 1


def test_the_last_month_that_is_over_is_meant_when_none_is_named() -> None:
    assert read_month(None, "2026-01-31") == month_number("2025-12")
    assert read_months(None, None, "2026-02-01") == (month_number("2026-01"),) * 2


def test_the_present_month_may_be_asked_for_and_no_later_one() -> None:
    assert read_month("2026-02", "2026-02-01") == month_number("2026-02")
    with pytest.raises(InvalidRequest):
        read_month("2026-03", "2026-02-28")


def test_cuts_keep_the_order_asked_for_and_stand_once() -> None:
    cuts = read_cuts(["sex,commune", "total", "age", "sex"], ("sex", "age"))
    assert (cuts.level, cuts.others, cuts.names) == ("commune", ("sex", "age"), ["commune", "sex", "age"])
