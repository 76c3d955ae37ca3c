"""Does every control total that differs show, with its place?"""

from deploy.local.province.comparing import month_lines, render, stock_lines
from deploy.local.province.counting import Counted
from deploy.local.province.totals import Month, Phase, Standing, Stock, Totals

AREAS = {"10525-20200101-001": Standing(2, 7), "10525-20200101-002": Standing(1, 3)}
AFTER = {"10525-20200101-001": Standing(2, 6), "10525-20200101-002": Standing(1, 2)}
MONTH = Month("2025-01", 5, 1, 2, 3, 4, 0, 8, 3, AFTER)
TOTALS = Totals("here", 1, "2025-01-01", 1, 25, Stock(3, 10, AREAS), (MONTH,))
PERSONS = {"10525-20200101-001": 7, "10525-20200101-002": 3}
HOUSEHOLDS = {"10525-20200101-001": 2, "10525-20200101-002": 1}
FLOWS = {"2025-01": {"births": 1, "deaths": 2, "moves_in": 3, "moves_out": 4}}
LATER = {"10525-20200101-001": 6, "10525-20200101-002": 2}


def test_the_file_is_the_stock_and_then_the_months() -> None:
    assert TOTALS.phases() == [Phase("stock", 0, 20), Phase("2025-01", 20, 25)]


def test_equal_totals_are_equal() -> None:
    found = Counted(PERSONS, PERSONS, HOUSEHOLDS)
    assert all(line.equal for line in stock_lines(TOTALS, Counted(), found))
    after = Counted(PERSONS, LATER, HOUSEHOLDS, {"2025-01": 8}, FLOWS)
    assert all(line.equal for line in month_lines(TOTALS, Counted(), after))


def test_an_area_that_differs_is_named_although_the_sum_is_right() -> None:
    swapped = {"10525-20200101-001": 3, "10525-20200101-002": 7}
    line, *rest = stock_lines(TOTALS, Counted(), Counted(swapped, PERSONS, HOUSEHOLDS))
    assert not line.equal
    assert all(one.equal for one in rest)
    assert line.areas[0] == "10525-20200101-001: 3 instead of 7"
    assert "DIFFERS" in render([line])


def test_what_was_there_before_is_not_counted() -> None:
    before = Counted({"10525-20200101-001": 100}, {}, {}, {"2025-01": 100}, {"2025-01": {"births": 9}})
    found = Counted({"10525-20200101-001": 107, "10525-20200101-002": 3}, PERSONS, HOUSEHOLDS)
    assert all(line.equal for line in stock_lines(TOTALS, before, found))
    flows = {"2025-01": FLOWS["2025-01"] | {"births": 10}}
    after = Counted(PERSONS, LATER, HOUSEHOLDS, {"2025-01": 108}, flows)
    assert all(line.equal for line in month_lines(TOTALS, before, after))


def test_one_birth_too_many_shows() -> None:
    flows = {"2025-01": FLOWS["2025-01"] | {"births": 2}}
    after = Counted(PERSONS, LATER, HOUSEHOLDS, {"2025-01": 8}, flows)
    wrong = [line for line in month_lines(TOTALS, Counted(), after) if not line.equal]
    assert [(line.what, line.told, line.found) for line in wrong] == [("births 2025-01", 1, 2)]
