"""Do the people of the twin live as the published figures say, and do its totals say what its reports tell?"""

import hashlib
import json
from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.twin.books import Books, effective, kind_of
from twin import Totals, generate
from twin.life import schedules
from twin.life.world import add_months

HOUSEHOLDS, MONTHS = 26_000, 12


@cache
def year() -> tuple[list[dict[str, Any]], Totals]:
    """A year of a hundred thousand people: the sheets and what was told after them."""
    totals = Totals()
    return [json.loads(line) for line in generate(HOUSEHOLDS, 3, months=MONTHS, totals=totals)], totals


def flow(name: str) -> int:
    return sum(month[name] for month in year()[1].by_month)


def per_thousand(number: int) -> float:
    return 1000 * number / year()[1].persons


def test_weddings_moves_and_departures_are_of_plausible_orders() -> None:
    assert 5.5 < per_thousand(flow("marriages")) < 8
    assert 0.4 < per_thousand(flow("divorces")) < 1.2
    assert 15 < per_thousand(flow("moved")) < 35
    assert abs(per_thousand(flow("moves_in")) - per_thousand(flow("moves_out"))) < 3


def test_weddings_have_their_season_and_so_have_births() -> None:
    weddings = [month["marriages"] for month in year()[1].by_month]
    assert sum(weddings[9:]) > 2 * sum(weddings[4:7])
    assert sum(schedules.BIRTH_SEASON) == sum(schedules.WEDDING_SEASON) == sum(schedules.MOVING_SEASON) == 1200


def test_most_births_were_known_as_pregnancies_before_after_half_a_year() -> None:
    pregnant: set[str] = set()
    known = unknown = 0
    for report in year()[0]:
        data = report["data"]
        if kind_of(report) == "person.pregnancy_reported":
            pregnant.add(data["person"])
        elif kind_of(report) == "person.born" and data["on"] >= "2025-08":
            known += data["mother"] in pregnant
            unknown += data["mother"] not in pregnant
    assert 0.7 < known / (known + unknown) < 0.95


def test_no_woman_is_screened_at_one_visit_of_a_pregnancy_twice() -> None:
    visits = Counter[tuple[str, int, str]]()
    pregnancy: dict[str, int] = {}
    for report in sorted(year()[0], key=lambda report: report["data"].get("on", "")):
        data = report["data"]
        if kind_of(report) == "person.pregnancy_reported":
            pregnancy[data["person"]] = data["number"]
        elif kind_of(report) == "person.prenatally_screened":
            visits[data["person"], pregnancy[data["person"]], data["visit"]] += 1
    assert visits
    assert set(visits.values()) == {1}


def test_totals_are_what_the_books_come_to_month_by_month() -> None:
    reports, totals = year()
    assert totals.reports == len(reports)
    books, causes = Books(), effective(reports)
    ends = [*(add_months(totals.start, month + 1).isoformat() for month in range(MONTHS)), "9999"]
    at = 0
    for cause in causes:
        while cause["data"]["on"] >= ends[at]:
            month = totals.by_month[at]
            assert month["persons_at_end"] == sum(one["status"] == "resident" for one in books.people.values())
            assert month["households_at_end"] == len(books.households)
            at += 1
        books.apply(cause)
    told = Counter(report["time"][:7] for report in reports if report["time"] >= "2025-01-02")
    assert [month["reports"] for month in totals.by_month] == [told[month["month"]] for month in totals.by_month]


def test_totals_by_area_add_up_and_the_balance_closes() -> None:
    totals = year()[1]
    before = totals.persons
    for month in totals.by_month:
        areas = month["areas"].values()
        assert sum(area["persons"] for area in areas) == month["persons_at_end"]
        assert sum(area["households"] for area in areas) == month["households_at_end"]
        gained = month["births"] + month["moves_in"] - month["deaths"] - month["moves_out"] - month["struck_off"]
        assert month["persons_at_end"] == before + gained
        before = month["persons_at_end"]
    told = totals.told()
    assert (told["place"], told["seed"], told["from"], told["months"]) == (str(HOUSEHOLDS), 3, "2025-01-01", 12)
    stock = told["stock"]
    assert stock["households"] == HOUSEHOLDS
    assert sum(area["persons"] for area in stock["areas"].values()) == stock["persons"]
    json.dumps(told)


def test_the_chance_of_a_month_does_not_depend_on_how_many_follow() -> None:
    short, long = Totals(), Totals()
    for totals, number in ((short, 25), (long, 30)):
        assert list(generate(400, 1, months=number, totals=totals))
    assert short.by_month[:10] == long.by_month[:10]


@pytest.mark.parametrize(
    ("place", "span", "digest"),
    [(40, 22, "c9d412102f0c87cb"), ("area", 12, "e1e70c58bba6d6c1")],
    ids=["sandbox", "area"],
)
def test_the_same_arguments_give_the_same_bytes_on_every_machine(place: str | int, span: int, digest: str) -> None:
    told = hashlib.sha256(b"".join(generate(place, 1, date(2025, 1, 1), span, 4.0))).hexdigest()
    assert told[:16] == digest, "pin it again when the twin is meant to tell something else"


def test_rates_by_age_are_those_of_a_population() -> None:
    assert schedules.OLDEST == 100
    assert abs(schedules.BIRTHS.sum() / 1_000_000 - 2.157) < 0.001
    assert (np.diff(schedules.DEATHS[:, 40:]) > 0).all()
