"""What becomes of areas and households when a commune is divided (chia tách xã), and of what is told late?

A commune (xã) has areas (địa bàn); a division gives each of them to one of the parts. Where an area is cut, single
households (hộ) are named that belong to another area from then on. Nobody moves by it.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from contracts.calendar import VIET_NAM
from contracts.ids import uuid7
from kit.http.problems import ContradictsRecord
from tests.services.events.telling import AREA, COMMUNE, FAR, OTHER, PROVINCE, SECOND, Teller, ids, report

REFORM = "2025-07-01"
NEW = "10600-20250701"


def founded(unit: str = NEW) -> dict[str, Any]:
    names = {"vi": "Phường Mới"}
    return {"unit": unit, "code": unit[:5], "level": "commune", "names": names, "parent": PROVINCE, "type": "phuong"}


def named(area: str, household: str = ids.home) -> dict[str, str]:
    return {"household": household, "area": area}


async def divide(teller: Teller, *parts: dict[str, Any], unit: str = COMMUNE) -> list[str]:
    """Divide a commune on the day of the reform and give the reasons why that cannot be."""
    answer = await teller.tell("unit.reorganised", on=REFORM, change="split", units=[unit], parts=parts)
    assert answer.fate == ("recorded" if answer.problem is None else "refused")
    return [] if answer.problem is None else [reason.code for reason in answer.problem.reasons]


async def area_of(teller: Teller, entity: str) -> str:
    state = await teller.state(entity)
    return str(state["area"])


@pytest.fixture
async def commune(family: Teller) -> Teller:
    """Two areas of a commune: Lan and An's family in the first, Bình alone in the second."""
    await family.family(ids.second_home, SECOND, binh="male")
    return family


async def test_a_divided_commune_ends_and_each_area_goes_to_the_part_that_takes_it(commune: Teller) -> None:
    assert await divide(commune, {"unit": OTHER, "takes": [AREA]}, {"new": founded(), "rest": True}) == []
    assert (await commune.state(COMMUNE))["valid_to"] == REFORM
    assert [(await commune.state(area))["parent"] for area in (AREA, SECOND)] == [OTHER, NEW]
    for heir in (OTHER, NEW):
        assert (await commune.state(heir))["predecessors"] == [{"unit": COMMUNE, "whole": False}]
    assert (await commune.state(NEW))["type"] == "phuong"


async def test_nobody_who_lives_in_an_area_that_goes_whole_is_touched(commune: Teller) -> None:
    before = await commune.state(ids.lan)
    await divide(commune, {"unit": OTHER, "takes": [AREA]}, {"new": founded(), "rest": True})
    assert await commune.state(ids.lan) == before
    _, fact = (await commune.facts())[-1]
    assert not fact.asserts.persons
    assert not fact.asserts.households


async def test_where_an_area_is_cut_a_named_household_goes_to_an_area_of_the_other_part(commune: Teller) -> None:
    cut = named(FAR) | {"number": "131"}
    assert await divide(commune, {"unit": OTHER, "households": [cut]}, {"new": founded(), "rest": True}) == []
    assert [await area_of(commune, one) for one in (ids.home, ids.lan, ids.an)] == [FAR, FAR, FAR]
    assert (await commune.state(ids.home))["number"] == "131"
    assert await area_of(commune, ids.binh) == SECOND
    _, fact = (await commune.facts())[-1]
    assert {step.kind for step in fact.asserts.persons} == {"unit.reorganised"}


async def test_a_commune_that_only_gives_something_away_goes_on(commune: Teller) -> None:
    assert await divide(commune, {"unit": COMMUNE}, {"unit": OTHER, "takes": [SECOND]}) == []
    assert "valid_to" not in await commune.state(COMMUNE)
    assert [(await commune.state(area))["parent"] for area in (AREA, SECOND)] == [COMMUNE, OTHER]


async def test_a_large_division_is_told_in_several_reports_and_says_once_where_it_went(commune: Teller) -> None:
    first = {"unit": OTHER, "households": [named(FAR)]}
    assert await divide(commune, {"unit": COMMUNE}, first) == []
    last = {"unit": OTHER, "households": [named(FAR, ids.second_home)]}
    assert await divide(commune, last, {"new": founded(), "rest": True}) == []
    assert (await commune.state(COMMUNE))["valid_to"] == REFORM
    assert (await commune.state(OTHER))["predecessors"] == [{"unit": COMMUNE, "whole": False}]


async def test_whole_places_are_divided_in_advance_and_households_on_the_day(commune: Teller) -> None:
    """Whoever stands in an area of another day belongs to no office until then."""
    day = datetime(2025, 7, 1, tzinfo=VIET_NAM).timestamp()
    commune.intake._clock = lambda: day - 30 * 86_400
    cut = {"unit": OTHER, "takes": [SECOND], "households": [named(FAR)]}
    assert await divide(commune, cut, {"new": founded(), "rest": True}) == ["households-in-the-future"]
    whole = {"unit": OTHER, "takes": [SECOND]}
    assert await divide(commune, whole, {"unit": COMMUNE, "rest": True}) == []
    assert await area_of(commune, ids.lan) == AREA
    commune.intake._clock = lambda: day
    assert await divide(commune, {"unit": OTHER, "households": [named(FAR)]}, {"unit": COMMUNE, "rest": True}) == []
    assert await area_of(commune, ids.lan) == FAR


async def test_the_borders_of_areas_inside_a_commune_are_drawn_anew(commune: Teller) -> None:
    part = {"unit": COMMUNE, "households": [named(SECOND)]}
    assert await divide(commune, part) == []
    assert await area_of(commune, ids.lan) == SECOND


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([{"unit": OTHER, "takes": [AREA]}, {"new": founded()}], "not-shared-out"),
        ([{"unit": OTHER, "takes": [FAR]}, {"new": founded(), "rest": True}], "not-right-below"),
        ([{"unit": PROVINCE, "rest": True}, {"new": founded()}], "levels-differ"),
        ([{"unit": OTHER, "households": [named(SECOND)]}, {"new": founded(), "rest": True}], "area-of-another-unit"),
        ([{"unit": OTHER, "rest": True, "households": [named(AREA)]}, {"new": founded()}], "already-there"),
    ],
)
async def test_a_division_that_does_not_add_up_is_refused(
    commune: Teller, parts: list[dict[str, Any]], reason: str
) -> None:
    assert await divide(commune, *parts) == [reason]


async def test_a_household_that_stands_elsewhere_is_not_divided_with_the_commune(commune: Teller) -> None:
    await commune.family(ids.third_home, FAR, chi="female")
    elsewhere = named(AREA, ids.third_home)
    assert await divide(commune, {"unit": COMMUNE, "households": [elsewhere]}, {"unit": OTHER}) == [
        "household-elsewhere"
    ]


async def test_whoever_comes_late_into_a_named_household_goes_along(commune: Teller) -> None:
    await divide(commune, {"unit": OTHER, "households": [named(FAR)]}, {"new": founded(), "rest": True})
    answer = await commune.tell("person.moved", on="2025-06-01", person=ids.binh, household=ids.home)
    assert answer.fate == "recorded"
    assert await area_of(commune, ids.binh) == FAR


async def test_a_late_move_of_a_named_household_contradicts_the_division(commune: Teller) -> None:
    await divide(commune, {"unit": OTHER, "households": [named(FAR)]}, {"new": founded(), "rest": True})
    division, _ = (await commune.facts())[-1]
    answer = await commune.tell("household.moved", on="2025-06-01", household=ids.home, area=FAR)
    assert answer.problem is not None
    assert [(reason.code, tuple(reason.facts)) for reason in answer.problem.reasons] == [
        ("household-elsewhere", (division,))
    ]


async def test_an_area_that_left_the_commune_before_contradicts_the_division_of_its_households(commune: Teller) -> None:
    """The area itself goes nowhere by the division: it stands in the rest."""
    assert await divide(commune, {"unit": COMMUNE, "rest": True}, {"unit": OTHER, "households": [named(FAR)]}) == []
    third = "11300-20190101"
    await commune.tell("unit.established", on="2019-01-01", unit=founded(third))
    answer = await commune.tell("area.reassigned", on="2025-06-01", area=AREA, commune=third)
    assert isinstance(answer.problem, ContradictsRecord), answer
    assert [reason.code for reason in answer.problem.reasons] == ["household-elsewhere"]


async def test_an_area_told_late_below_a_divided_commune_goes_with_the_rest(commune: Teller) -> None:
    await divide(commune, {"unit": OTHER, "takes": [AREA]}, {"new": founded(), "rest": True})
    late = f"{COMMUNE}-003"
    answer = await commune.tell("area.established", on="2024-01-01", area=late, commune=COMMUNE, names={"vi": "Khu 3"})
    assert answer.fate == "recorded"
    assert (await commune.state(late))["parent"] == NEW


async def test_a_voided_division_gives_everything_back(commune: Teller) -> None:
    before = [await commune.state(one) for one in (COMMUNE, OTHER, AREA, SECOND, ids.home, ids.lan)]
    await divide(commune, {"unit": OTHER, "households": [named(FAR)]}, {"new": founded(), "rest": True})
    _, fact = (await commune.facts())[-1]
    answer = await commune.tell("fact.voided", on=None, fact=fact.cause.report)
    assert answer.fate == "recorded"
    assert [await commune.state(one) for one in (COMMUNE, OTHER, AREA, SECOND, ids.home, ids.lan)] == before
    assert await commune.state(NEW) is None


async def test_a_commune_becomes_a_ward_by_another_type(commune: Teller) -> None:
    told: dict[str, Any] = {"change": "level", "units": [COMMUNE], "type": "phuong", "names": {"vi": "Phường Lan"}}
    assert (await commune.tell("unit.reorganised", on="2026-08-04", **told)).fate == "recorded"
    state = await commune.state(COMMUNE)
    assert (state["type"], state["names"], state["level"], state["parent"]) == (
        "phuong", {"vi": "Phường Lan"}, "commune", PROVINCE,
    )  # fmt: skip


async def test_an_island_district_without_communes_becomes_a_commune(commune: Teller) -> None:
    island = "318-20190101"
    unit = {"unit": island, "code": "318", "level": "district", "names": {"vi": "Huyện đảo"}, "parent": PROVINCE}
    await commune.tell("unit.established", on="2019-01-01", unit=unit)
    answer = await commune.tell("unit.reorganised", on=REFORM, change="merge", units=[island], new=founded())
    assert answer.fate == "recorded"
    assert (await commune.state(NEW))["predecessors"] == [{"unit": island, "whole": True}]
    late = {"unit": "11900-20190101", "code": "11900", "level": "commune", "names": {"vi": "Xã"}, "parent": island}
    refused = await commune.tell("unit.established", on="2019-01-01", unit=late)
    assert refused.problem is not None
    assert [reason.code for reason in refused.problem.reasons] == ["levels-differ"]


async def crowd(teller: Teller, households: int) -> list[str]:
    """So many households of four in one area, each with a death in the month after the reform."""
    homes = [uuid7() for _ in range(households)]
    line = {"sex": "male", "birth": "1980-01-01", "personal": {"name": "Nguyễn Văn An"}}
    told: list[tuple[str, dict[str, Any]]] = []
    for home in homes:
        people = [line | {"person": uuid7()} for _ in range(4)]
        sheet = {"on": "2025-01-01", "household": home, "area": AREA, "members": people}
        told += [("household.registered", sheet), ("person.died", {"on": "2025-08-01", "person": people[0]["person"]})]
    answers = await teller.submit(*(report(kind, data) for kind, data in told))
    assert {answer.fate for answer in answers} == {"recorded"}
    return homes


async def test_an_area_is_cut_by_naming_many_households_and_more_are_told_in_parts(teller: Teller) -> None:
    await teller.places()
    homes = await crowd(teller, 300)
    gone = [named(FAR, home) for home in homes]
    assert await divide(teller, {"unit": COMMUNE}, {"unit": OTHER, "households": gone}) == ["too-much-at-once"]
    for start in range(0, len(homes), 60):
        began = time.perf_counter()
        part = {"unit": OTHER, "households": gone[start : start + 60]}
        assert await divide(teller, {"unit": COMMUNE}, part) == []
        assert time.perf_counter() - began < 10
    assert {await area_of(teller, home) for home in homes} == {FAR}


async def test_a_late_report_does_not_read_everybody_whom_the_division_named(
    commune: Teller, rows_read: Callable[[], set[str]]
) -> None:
    """Its past leads to a fact that may name thousands; where that comes before, they are none of its business."""
    others = [uuid7() for _ in range(30)]
    for home in others:
        await commune.family(home, AREA)
    cuts = [named(FAR, home) for home in (ids.home, *others)]
    assert await divide(commune, {"unit": OTHER, "households": cuts}, {"new": founded(), "rest": True}) == []
    assert (await commune.tell("person.died", on="2025-09-01", person=ids.lan)).fate == "recorded"
    read = rows_read()
    assert (await commune.tell("person.died", on="2025-08-01", person=ids.an)).fate == "recorded"
    assert ids.home in read
    assert not read & set(others)


async def test_households_of_a_new_unit_go_to_an_area_that_was_established_for_them(commune: Teller) -> None:
    area = f"{COMMUNE}-009"
    founding = await commune.tell("area.established", on=REFORM, area=area, commune=COMMUNE, names={"vi": "Địa bàn 9"})
    assert founding.fate == "recorded"
    assert (
        await divide(commune, {"new": founded(), "takes": [area], "households": [named(area)]}, {"unit": COMMUNE}) == []
    )
    assert await area_of(commune, ids.home) == area
    assert (await commune.state(area))["parent"] == NEW
