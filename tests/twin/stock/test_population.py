"""Are the people of the first day exact in number, coherent in kin, and of the ages that the tables say?"""

import hashlib
import time
from collections import Counter
from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from tests.twin.stock.people import DAY, made, sizes, years_between
from twin import names
from twin.places import HAI_PHONG, HOUSEHOLDS_OF_AREA, SPREAD, province_of
from twin.scales import REGISTERED, scale
from twin.stock import fit
from twin.stock.attributes import MARRIED
from twin.stock.columns import Stock
from twin.stock.population import years_of
from twin.stock.shapes import ALL, MALE
from twin.stock.sizes import of as sizes_of

pytestmark = pytest.mark.xdist_group("province")  # whose rows are made once

PLACES: tuple[tuple[str | int, int], ...] = (
    (1, 1),
    (40, 2),
    (40, 3),
    (333, 1),
    ("area", 1),
    ("area", 2),
    ("commune", 1),
    ("commune", 5),
    ("hai-duong", 1),
)
# Ministry of Culture, 2014, in percent of families.
FAMILIES = {
    "couple_and_children": 55.3,
    "three_generations": 20.7,
    "couple": 8.4,
    "mother_and_children": 6.8,
    "father_and_children": 3.0,
    "alone": 3.1,
    "other": 2.5,
}


@pytest.fixture(params=PLACES, ids=str)
def people(request: pytest.FixtureRequest) -> Stock:
    return made(*request.param)


def test_households_and_persons_and_their_sizes_are_exact(people: Stock) -> None:
    names_of = {households: place for place, (households, _) in REGISTERED.items()}
    of = scale(names_of.get(len(people.shape), len(people.shape)))
    assert (len(people.shape), len(people.birth)) == (of.households, of.persons)
    assert sum(area.households for area in people.areas) == of.households
    found = np.bincount(sizes(people), minlength=9)[1:]
    assert found.tolist() == sizes_of(of.households, of.persons).tolist()


def test_no_household_is_of_children_only_and_its_head_stands_first(people: Stock) -> None:
    age = years_between(people.birth, DAY.toordinal())
    assert np.maximum.reduceat(age, people.first[:-1]).min() >= 18
    assert np.flatnonzero(people.relation == 0).tolist() == people.first[:-1].tolist()


def test_mothers_are_of_an_age_to_be_and_women_of_the_same_household(people: Stock) -> None:
    child = np.flatnonzero(people.mother >= 0)
    mother = people.mother[child]
    assert (people.sex[mother] != MALE).all()
    assert (people.household[mother] == people.household[child]).all()
    older = years_between(people.birth[mother], people.birth[child])
    assert older.min(initial=15) >= 15
    assert older.max(initial=49) <= 49


def test_couples_are_a_man_and_a_woman_of_age_each_married_to_the_other(people: Stock) -> None:
    one = np.flatnonzero(people.spouse >= 0)
    other = people.spouse[one]
    assert (people.spouse[other] == one).all()
    assert (people.sex[one] + people.sex[other] == 1).all()
    assert (people.household[one] == people.household[other]).all()
    assert (people.marital[one] == MARRIED).all()
    assert (people.marital[people.spouse < 0] != MARRIED).all()
    wives = one[people.sex[one] == 1]
    gaps = (people.birth[wives] - people.birth[people.spouse[wives]]) / 365.25
    assert years_between(people.birth[one], DAY.toordinal()).min(initial=18) >= 18
    assert (np.abs(gaps) < 30).all()
    if len(gaps) > 1000:
        assert 2.4 < np.mean(gaps) < 4.0


def test_children_bear_the_name_of_their_fathers_line_and_nobody_at_home_is_called_the_same(people: Stock) -> None:
    child = np.flatnonzero((people.mother >= 0) & (people.spouse[people.mother] >= 0))
    father = people.spouse[people.mother[child]]
    assert (people.surname[child] == people.surname[father]).all()
    called = people.household.astype(np.int64) * 1000 + people.given
    assert len(np.unique(called)) == len(called)


def test_personal_numbers_agree_with_sex_and_birth_year_and_are_never_given_twice(people: Stock) -> None:
    years = years_of(people.birth)
    kinds = people.personal_number // 1_000_000 % 1000
    assert (kinds // 100 == (years // 100 - 19) * 2 + people.sex).all()
    assert (kinds % 100 == years % 100).all()
    assert set(np.unique(people.personal_number // 1_000_000_000).tolist()) <= {30, 31}
    assert len(np.unique(people.personal_number)) == len(people.personal_number)
    assert len(np.unique(people.card)) == len(people.card)


def test_the_old_have_the_middle_names_of_their_time_more_often_than_the_young() -> None:
    people = made("commune")
    years = years_of(people.birth)
    women = people.sex == 1
    old, young = women & (years < 1970), women & (years > 2010)
    shares = [np.mean(people.middle[some] == 1) for some in (old, young)]
    assert names.middles()[1].decode() == "Thị"
    assert shares[0] > 0.7
    assert shares[1] < 0.15


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_province_has_the_ages_sexes_and_families_of_the_tables_and_is_there_at_once(seed: int) -> None:
    began = time.process_time()
    people = made("hai-duong", seed)
    assert time.process_time() - began < 15, "seconds of one core"
    lived = (DAY.toordinal() - people.birth).astype(np.int32)
    found = np.bincount(fit.cells(lived, people.sex, DAY), minlength=34)
    assert np.max(np.abs(found / fit.target(len(people.birth)) - 1)) < 0.005
    families = Counter(ALL[shape].family for shape in people.shape.tolist())
    for family, share in FAMILIES.items():
        assert abs(100 * families[family] / len(people.shape) - share) < 5, family
    assert 1.08 < found[0] / found[1] < 1.14, "boys for a girl below five"
    sizes_of_areas = [area.households for area in people.areas]
    assert min(sizes_of_areas) >= HOUSEHOLDS_OF_AREA - SPREAD
    assert max(sizes_of_areas) <= HOUSEHOLDS_OF_AREA + SPREAD
    assert len({area.commune for area in people.areas}) == 207


def test_hardly_any_households_of_three_and_more_share_all_birth_dates() -> None:
    of = made(20_000)
    large = np.flatnonzero(sizes(of) >= 3)
    births = Counter(of.birth[of.first[home] : of.first[home + 1]].tobytes() for home in large.tolist())
    assert sum(number for number in births.values() if number > 1) < len(large) // 200


def test_hai_phong_is_exact_as_well() -> None:
    people = made("hai-phong")
    assert (len(people.shape), len(people.birth)) == REGISTERED["hai-phong"] == (555_000, 2_130_000)
    assert {province_of(area.commune[:5]) for area in people.areas} == {HAI_PHONG}


def test_a_small_place_is_as_near_to_the_tables_as_whole_people_can_be() -> None:
    people = made("area")
    lived = (DAY.toordinal() - people.birth).astype(np.int32)
    found = np.bincount(fit.cells(lived, people.sex, DAY), minlength=34)
    assert np.abs(found - fit.target(len(people.birth))).max() <= 8
    assert abs(int((people.sex == 1).sum()) - int(fit.target(len(people.birth))[1::2].sum())) < 30


def test_everybody_is_born_before_the_first_day_and_nobody_is_older_than_the_tables() -> None:
    people = made("hai-duong")
    assert people.birth.max() < DAY.toordinal()
    assert date.fromordinal(int(people.birth.min())).year >= 1923


def test_the_rows_of_a_province_are_the_same_on_every_machine() -> None:
    digest = hashlib.sha256()
    for column in fields(Stock)[1:]:
        digest.update(np.ascontiguousarray(getattr(made("hai-duong"), column.name)).astype("<i8").tobytes())
    assert digest.hexdigest()[:16] == "6356bd05a3c61ba9"
