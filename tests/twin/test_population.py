"""Is a synthetic population the same every time, plausible, valid, and does it show every kind?"""

import json
from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from contracts.event import CATALOGUE, decode_report
from contracts.json_schema import kinds
from contracts.kinds.device import DeviceEnrolled, DeviceRevoked
from contracts.kinds.office import Office
from tests.twin.books import Books, effective, kind_of
from twin import generate
from twin.numbers import Registers

START = date(2025, 1, 1)
SEEDS = (1, 2, 3, 4, 5)


def sandbox(seed: int) -> list[bytes]:
    return list(generate(40, seed, START, 22, 4.0))


def told(lines: list[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def test_the_same_arguments_give_the_same_bytes_and_another_seed_other_people() -> None:
    assert sandbox(1) == sandbox(1)
    assert sandbox(1) != sandbox(2)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sandbox_shows_every_kind(seed: int) -> None:
    """Decisions of the office are about what waits for it, and in a sandbox nothing does; no telephone signs there."""
    shown = {kind_of(report) for report in told(sandbox(seed))}
    expected = {kind.kind for kind in kinds() if not issubclass(kind, Office | DeviceEnrolled | DeviceRevoked)}
    assert shown == expected, "let it happen in twin/ too, and to tests/twin/books.py"


@pytest.mark.parametrize("seed", SEEDS)
def test_every_report_is_well_formed_and_has_an_id_of_its_own(seed: int) -> None:
    reports = [decode_report(line) for line in sandbox(seed)]
    for report in reports:
        CATALOGUE[report.type].parse(report.data)
    assert len({report.id for report in reports}) == len(reports)


@pytest.mark.parametrize("seed", range(1, 31))
def test_what_is_told_fits_together_in_the_order_of_the_world(seed: int) -> None:
    books = Books()
    for report in effective(told(sandbox(seed))):
        books.apply(report)
    assert len(books.people) > 100


def test_what_happens_to_thousands_fits_together_too() -> None:
    books = Books()
    for report in effective(told(list(generate(1500, 7, START, 14, 1.0)))):
        books.apply(report)
    assert len(books.people) > 5000


@pytest.mark.parametrize("seed", SEEDS)
def test_reports_are_in_order_of_telling_and_none_is_told_before_its_day(seed: int) -> None:
    reports = told(sandbox(seed))
    assert all(one["time"] <= other["time"] for one, other in pairwise(reports))
    early = [r for r in reports if "on" in r["data"] and r["data"]["on"] > r["time"][:10]]
    assert {kind_of(report) for report in early} <= {"unit.reorganised", "area.reassigned"}


@pytest.mark.parametrize("seed", SEEDS)
def test_some_reports_are_late_and_some_speak_of_what_is_told_later(seed: int) -> None:
    reports = told(sandbox(seed))
    ends = [
        date.fromisoformat(r["time"][:10]) - date.fromisoformat(r["data"]["on"]) for r in reports if "on" in r["data"]
    ]
    assert sum(30 < delay.days < 200 for delay in ends) >= 2
    known: set[str] = set()
    waiting = 0
    for report in reports:
        data = report["data"]
        needed = data.get("household") if kind_of(report) == "person.moved" else None
        waiting += needed is not None and needed not in known
        known.add(data.get("household", ""))
    assert waiting >= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_an_arrival_is_told_before_its_departure(seed: int) -> None:
    where: dict[str, str] = {}
    early = 0
    for report in told(sandbox(seed)):
        data = report["data"]
        match kind_of(report):
            case "household.registered":
                where |= dict.fromkeys((member["person"] for member in data.get("members", ())), "here")
            case "person.left":
                where[data["person"]] = "gone"
            case "person.arrived":
                early += where.get(data["person"]) == "here"
                where[data["person"]] = "here"
            case "person.born":
                where[data["person"]] = "here"
    assert early >= 1


def test_the_reform_gives_old_codes_to_new_communes() -> None:
    books = Books()
    for report in effective(told(sandbox(1))):
        books.apply(report)
    assert "10525-20200101" not in books.units
    assert books.units["10525-20250701"] == "31-20200101"
    assert books.units["10525-20200101-001"] == "10525-20250701"
    assert books.units["10528-20200101-001"] == "10537-20250701"
    assert not [unit for unit in books.units if unit.startswith(("288-", "30-"))]


def members(households: int) -> list[dict[str, Any]]:
    reports = told(list(generate(households, 3, START, 0)))
    return [member for report in reports for member in report["data"].get("members", ())]


def test_households_are_as_large_and_people_as_old_as_they_should_be() -> None:
    people = members(3000)
    assert 3.6 < len(people) / 3000 < 4.0
    by_id = {member["person"]: member for member in people}
    for member in people:
        age = 2025 - int(member["birth"][:4])
        assert 0 <= age <= 105
        if "mother" in member:
            assert 16 <= int(member["birth"][:4]) - int(by_id[member["mother"]]["birth"][:4]) <= 50
        if "spouse" in member:
            assert by_id[member["spouse"]]["spouse"] == member["person"]
            assert age >= 18
    boys = Counter(member["sex"] for member in people if member["birth"] >= "2010")
    assert 1.0 < boys["male"] / boys["female"] < 1.25


def test_personal_numbers_agree_with_sex_and_birth_year_and_are_never_given_twice() -> None:
    numbers = Counter()  # type: Counter[str]
    for member in members(2000):
        pid = member["personal"]["identifiers"][0]["value"]
        year = int(member["birth"][:4])
        assert pid[3] == str((year // 100 - 19) * 2 + (member["sex"] == "female"))
        assert pid[4:6] == f"{year % 100:02d}"
        numbers.update(identifier["value"] for identifier in member["personal"]["identifiers"])
    assert max(numbers.values()) == 1


def test_children_of_the_next_century_have_numbers_too() -> None:
    assert [f"{Registers().one(30, sex, 2100):012d}"[:6] for sex in (0, 1)] == ["030400", "030500"]


@pytest.mark.parametrize(("start", "months"), [(date(2025, 7, 1), 3), (date(2026, 1, 1), 13), (date(2024, 1, 1), 2)])
def test_other_spans_fit_together_as_well(start: date, months: int) -> None:
    books = Books()
    reports = told(list(generate(40, 1, start, months, 1.0)))
    for report in effective(reports):
        books.apply(report)
    assert max(report["time"] for report in reports) < (start.replace(year=start.year + 2)).isoformat()


@pytest.mark.parametrize("households", [1, 2, 3, 7])
def test_the_smallest_places_have_their_people_too(households: int) -> None:
    for seed in SEEDS:
        lines = told(list(generate(households, seed, START, 2, 1.0)))
        assert sum(line["type"] == "vn.socai.household.registered.v1" for line in lines) >= households


@pytest.mark.parametrize("start", [date(2024, 1, 31), date(2024, 12, 31), date(2025, 6, 30)])
def test_nothing_happens_before_the_day_on_which_a_place_begins(start: date) -> None:
    for seed in SEEDS:
        lines = told(list(generate(60, seed, start, 2, 4.0)))
        days = [line["data"]["on"] for line in lines if line["type"].split(".")[2] in {"person", "household"}]
        assert min(days) >= start.isoformat()


def test_a_birth_put_one_day_back_stays_in_the_year_that_the_number_says() -> None:
    for seed in (1, 20):
        lines = told(list(generate(40, seed, date(2024, 12, 15), 1, 1.0)))
        births = {line["id"]: line["data"]["on"] for line in lines if line["type"] == "vn.socai.person.born.v1"}
        corrected = [line["data"] for line in lines if line["type"] == "vn.socai.fact.corrected.v1"]
        back = [
            (births[one["fact"]], one["changes"]["on"])
            for one in corrected
            if one["fact"] in births and "on" in one["changes"]
        ]
        assert all(before[:4] == after[:4] for before, after in back)


def test_a_stock_is_spread_over_many_communes() -> None:
    reports = told(list(generate(4000, 1, START, 0)))
    communes = {r["data"]["area"][:14] for r in reports if kind_of(r) == "household.registered"}
    assert len(communes) == 10
