"""Is what is told wrongly of somebody wrong in one thing, and never what cannot be told?"""

from random import Random
from typing import Any

import pytest

from twin.errors import values

NUMBER = "030190123456"
CARD = {"type": "bhyt", "value": "DN4300120860538"}
SEEDS = range(40)


def births(known: str, on: str = "2025-06-30") -> set[tuple[str | None, str]]:
    """Give the errors that are made of a birth date, and the dates that are told then."""
    found = set()
    for seed in SEEDS:
        told = {"birth": known}
        error = values.birth(told, on, Random(seed))
        found.add((error, told["birth"]))
    return found


def test_day_and_month_are_swapped_where_that_is_another_date_that_may_be_told() -> None:
    swapped = "birth-day-month-swapped"
    assert {error for error, _ in births("1990-05-12")} == {swapped, "birth-year-mistyped"}
    assert (swapped, "1990-12-05") in births("1990-05-12")
    for known, on in (("1990-05-13", "2025-06-30"), ("1990-05-05", "2025-06-30"), ("2025-01-04", "2025-03-31")):
        assert swapped not in {error for error, _ in births(known, on)}
    assert (swapped, "2025-04-01") in births("2025-01-04", "2025-04-01")


def test_a_mistyped_year_is_off_by_one_or_ten_and_not_behind_the_report() -> None:
    years = {told for error, told in births("1990-05-13") if error == "birth-year-mistyped"}
    assert years == {"1980-05-13", "1989-05-13", "1991-05-13", "2000-05-13"}
    assert births("2024-12-31", "2025-12-31") >= {("birth-year-mistyped", "2025-12-31"), (None, "2024-12-31")}
    assert max(told for _, told in births("2025-03-13")) == "2025-03-13"


@pytest.mark.parametrize("known", ["1992-02-29", "1990-05", "1990"])
def test_a_date_that_has_no_neighbour_is_told_as_it_is(known: str) -> None:
    assert births(known) == {(None, known)}


@pytest.mark.parametrize(
    ("known", "told"),
    [("1959-12-31", "1959-01-01"), ("1960-01-02", None), ("1959-01-01", None), ("1959", "1959-01-01"), ("1960", None)],
)
def test_whoever_is_old_is_told_to_be_born_on_the_first_of_january(known: str, told: str | None) -> None:
    person = {"birth": known}
    error = values.heaped(person, "2025-06-30", Random(1))
    assert (error, person["birth"]) == (("birth-first-of-january", told) if told else (None, known))
    assert values.heaped({}, "2025-06-30", Random(1)) is None


def test_the_other_sex_is_told_of_whose_sex_is_known() -> None:
    for sex, told in (("male", "female"), ("female", "male"), ("unknown", "unknown")):
        person = {"sex": sex}
        error = values.sex(person, "2025-06-30", Random(1))
        assert (person["sex"], error) == (told, None if told == sex else "sex-wrong")


def numbered(**told: Any) -> dict[str, Any]:
    return told | {"personal": {"name": "Lê Văn Tám", "identifiers": [dict(CARD), {"type": "pid", "value": NUMBER}]}}


def test_one_digit_of_the_serial_is_mistyped() -> None:
    for seed in SEEDS:
        person = numbered()
        assert values.number_typo(person, "2025-06-30", Random(seed)) == "number-mistyped"
        card, number = person["personal"]["identifiers"]
        assert card == CARD
        assert [place for place in range(12) if number["value"][place] != NUMBER[place]] in [[n] for n in range(6, 12)]


def test_a_personal_number_is_left_out_or_an_old_card_of_an_adult_is_told_in_its_place() -> None:
    missing = numbered()
    assert values.number_missing(missing, "2025-06-30", Random(1)) == "number-missing"
    assert missing["personal"]["identifiers"] == [CARD]
    assert values.number_missing(missing, "2025-06-30", Random(1)) is None
    adult = numbered(birth="2006-12-31")
    assert values.number_old(adult, "2025-06-30", Random(1)) == "number-old-card"
    card, old = adult["personal"]["identifiers"]
    assert (card, old["type"], len(old["value"])) == (CARD, "cmnd", 9)
    for child in (numbered(birth="2007"), numbered()):
        kept = child["personal"]["identifiers"].copy()
        assert values.number_old(child, "2025-06-30", Random(1)) is None
        assert child["personal"]["identifiers"] == kept
    assert values.number_old(missing | {"birth": "1980"}, "2025-06-30", Random(1)) is None
