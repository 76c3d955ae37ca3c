"""Do as many children come into the world as published, in their season, of mothers of the ages that are published?"""

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

import msgspec
import numpy as np
import pytest

from twin import Totals, generate
from twin.life import schedules

pytestmark = pytest.mark.xdist_group("births")  # whose years are lived once
HOUSEHOLDS, SEEDS = 80_000, (1, 2, 3)
KINH = "01"
MIDDLE, GROUPS = "2025-07-01", ((15, 20), (20, 25), (25, 30), (30, 35), (35, 40))


class Person(msgspec.Struct):
    person: str
    sex: str
    birth: str
    spouse: str | None = None
    ethnicity: str = ""


class Data(msgspec.Struct):
    on: str = ""
    person: str = ""
    spouse: str = ""
    mother: str = ""
    sex: str = ""
    place: str = ""
    ethnicity: str = ""
    members: tuple[Person, ...] = ()


class Report(msgspec.Struct):
    data: Data


@dataclass
class Lived:
    """A year of three hundred thousand people: `women` by their age in the middle of it, the others on the day."""

    totals: Totals = field(default_factory=Totals)
    women: Counter[int] = field(default_factory=Counter)
    births: Counter[int] = field(default_factory=Counter)
    of_wives: Counter[int] = field(default_factory=Counter)
    sexes: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    minorities: Counter[bool] = field(default_factory=Counter)
    brides: Counter[int] = field(default_factory=Counter)

    def total_fertility(self) -> float:
        return sum(self.births[of] / self.women[of] for of in range(15, 50))

    def flow(self, name: str) -> list[int]:
        return [month[name] for month in self.totals.by_month]

    def per_thousand(self, name: str) -> float:
        return 1000 * sum(self.flow(name)) / self.totals.persons


def age(birth: str, day: str) -> int:
    return int(day[:4]) - int(birth[:4]) - (day[5:] < birth[5:])


@cache
def year(seed: int) -> Lived:
    lived, born, decode = Lived(), dict[str, str](), msgspec.json.Decoder(Report).decode
    wives, minority = set[str](), dict[str, str]()
    for line in generate(HOUSEHOLDS, seed, months=12, totals=lived.totals):
        if b"household.registered" in line:
            women = [one for one in decode(line).data.members if one.sex == "female"]
            born |= {one.person: one.birth for one in women}
            wives |= {one.person for one in women if one.spouse}
            minority |= {one.person: one.ethnicity for one in women if one.ethnicity != KINH}
        elif b"person.married" in line:
            data = decode(line).data
            wives.add(data.spouse)
            lived.brides[age(born.get(data.spouse, "1900"), data.on)] += 1
        elif b"person.born" in line:
            data = decode(line).data
            lived.sexes[data.sex] += 1
            lived.places[data.place] += 1
            if data.mother in minority:
                lived.minorities[data.ethnicity == minority[data.mother]] += 1
            if data.mother in born:
                of = age(born[data.mother], data.on)
                lived.births[of] += 1
                lived.of_wives[of] += data.mother in wives
    lived.women.update(age(birth, MIDDLE) for birth in born.values())
    return lived


@pytest.mark.parametrize("seed", SEEDS)
def test_women_have_as_many_children_as_in_the_province(seed: int) -> None:
    assert 2.1 < year(seed).total_fertility() < 2.4, "Hải Dương had 2.1 to 2.4 in 2021 to 2024"


@pytest.mark.parametrize("seed", SEEDS)
def test_births_and_deaths_are_as_frequent_as_in_the_two_provinces(seed: int) -> None:
    assert 11 < year(seed).per_thousand("births") < 15
    assert 5 < year(seed).per_thousand("deaths") < 9
    assert 5.5 < year(seed).per_thousand("marriages") < 8


def together(what: str, first: int, last: int) -> int:
    return sum(getattr(year(seed), what)[of] for seed in SEEDS for of in range(first, last))


def test_mothers_are_of_the_ages_that_the_schedule_says() -> None:
    for first, last in GROUPS:
        wanted = sum(together("women", of, of + 1) * schedules.BIRTHS[of] / 1_000_000 for of in range(first, last))
        found = together("births", first, last)
        assert abs(found / wanted - 1) < 0.1, f"from {first} to below {last} years"


def test_only_the_young_have_children_without_a_husband_on_the_books() -> None:
    assert together("of_wives", 15, 18) < 0.3 * together("births", 15, 18)
    assert together("of_wives", 20, 50) > 0.95 * together("births", 20, 50)


def test_some_brides_are_under_age() -> None:
    free = [1 - together("brides", of, of + 1) / together("women", of, of + 1) for of in (15, 16, 17)]
    assert 0.06 < 1 - math.prod(free) < 0.12, "9.1 % marry before they are 18, by the census of 2019"


def test_children_are_born_in_their_season() -> None:
    months = np.sum([year(seed).flow("births") for seed in SEEDS], axis=0)
    assert sum(schedules.BIRTH_SEASON[6:]) / sum(schedules.BIRTH_SEASON[:6]) > 1.1
    assert 1.05 < months[6:].sum() / months[:6].sum() < 1.17


def test_boys_are_more_frequent_than_girls() -> None:
    sexes = sum((year(seed).sexes for seed in SEEDS), Counter[str]())
    assert 1.08 < sexes["male"] / sexes["female"] < 1.14


def test_most_children_are_born_in_hospitals_which_the_form_calls_elsewhere() -> None:
    places = sum((year(seed).places for seed in SEEDS), Counter[str]())
    assert 0.85 < places["elsewhere"] / places.total() < 0.97
    assert 0.02 < places["home"] / places.total() < 0.04


def test_children_are_of_the_people_of_their_parents() -> None:
    told = sum((year(seed).minorities for seed in SEEDS), Counter[bool]())
    assert told[True] > 0.9 * told.total() > 0, "few have a mother who married into another people"
