"""Which units (đơn vị hành chính) and areas (địa bàn) can be none, and what ends with what lies above it?

A province (tỉnh) has districts (huyện), where it has any, and these have communes (xã); an area lies below a commune.
"""

from typing import Any

import pytest

from tests.services.events.telling import AREA, COMMUNE, FAR, OTHER, PROVINCE, Teller, refused_for

DISTRICT, BELOW = "300-20190101", "10700-20190101"
DAY = "2025-07-01"
NAMES = {"vi": "Khu 9"}


def unit(named: str, level: str, parent: str | None) -> dict[str, Any]:
    told = {"unit": named, "code": named[:-9], "level": level, "names": {"vi": named}, "parent": parent}
    return {name: value for name, value in told.items() if value is not None}


@pytest.fixture
async def province(teller: Teller) -> Teller:
    """Two communes right below their province, and one of a district."""
    await teller.places()
    for one in (unit(DISTRICT, "district", PROVINCE), unit(BELOW, "commune", DISTRICT)):
        assert (await teller.tell("unit.established", on="2019-01-01", unit=one)).fate == "recorded"
    return teller


@pytest.mark.parametrize(
    ("kind", "told", "reason"),
    [
        ("unit.established", {"unit": unit("10800-20250630", "commune", PROVINCE)}, "id-says-another-day"),
        ("unit.established", {"unit": unit("10800-20250701", "commune", COMMUNE)}, "parent-of-wrong-level"),
        ("unit.established", {"unit": unit("400-20250701", "district", DISTRICT)}, "parent-of-wrong-level"),
        ("unit.established", {"unit": unit("31-20250701", "province", PROVINCE)}, "parent-of-wrong-level"),
        ("area.established", {"area": f"{OTHER}-009", "commune": COMMUNE, "names": NAMES}, "id-says-another-commune"),
        ("area.established", {"area": f"{COMMUNE}-009", "commune": DISTRICT, "names": NAMES}, "not-a-commune"),
        ("area.established", {"area": AREA, "commune": COMMUNE, "names": NAMES}, "already-known"),
        ("area.reassigned", {"area": AREA, "commune": DISTRICT}, "not-a-commune"),
        ("area.reassigned", {"area": AREA, "commune": COMMUNE}, "already-there"),
        (
            "unit.reorganised",
            {"change": "level", "units": [PROVINCE], "level": "district", "parent": PROVINCE},
            "parent-of-wrong-level",
        ),
        ("unit.reorganised", {"change": "level", "units": [BELOW], "parent": OTHER}, "parent-of-wrong-level"),
        ("unit.reorganised", {"change": "level", "units": [COMMUNE], "level": "district"}, "below-of-wrong-level"),
        ("unit.reorganised", {"change": "abolish", "units": [PROVINCE]}, "nothing-above"),
        ("unit.reorganised", {"change": "abolish", "units": [DISTRICT, PROVINCE]}, "nothing-above"),
        ("unit.reorganised", {"change": "abolish", "units": [COMMUNE]}, "below-of-wrong-level"),
        ("unit.reorganised", {"change": "merge", "units": [DISTRICT], "into": COMMUNE}, "levels-differ"),
        ("unit.reorganised", {"change": "merge", "units": [COMMUNE], "into": DISTRICT}, "levels-differ"),
    ],
)
async def test_what_no_unit_and_no_area_can_be_is_refused(
    province: Teller, kind: str, told: dict[str, Any], reason: str
) -> None:
    assert refused_for(await province.tell(kind, on=DAY, **told)) == [reason]


async def test_what_lay_below_a_district_lies_below_its_province_once_that_level_is_abolished(province: Teller) -> None:
    abolished = await province.tell("unit.reorganised", on=DAY, change="abolish", units=[DISTRICT])
    assert abolished.fate == "recorded"
    ended, below = [await province.state(one) for one in (DISTRICT, BELOW)]
    assert (ended["valid_to"], below["parent"]) == (DAY, PROVINCE)


async def test_what_is_abolished_with_all_that_lies_below_it_leaves_nothing_behind(province: Teller) -> None:
    """The one that lies lower falls to whatever lies above both."""
    abolished = await province.tell("unit.reorganised", on=DAY, change="abolish", units=[BELOW, DISTRICT])
    assert abolished.fate == "recorded"
    states = [await province.state(one) for one in (BELOW, DISTRICT)]
    assert [(state["valid_to"], state["parent"]) for state in states] == [(DAY, DISTRICT), (DAY, PROVINCE)]


async def test_a_commune_that_takes_up_another_goes_on_and_names_it_as_its_predecessor(province: Teller) -> None:
    merged = await province.tell("unit.reorganised", on=DAY, change="merge", units=[COMMUNE, OTHER], into=OTHER)
    assert merged.fate == "recorded"
    gone, stays, area = [await province.state(one) for one in (COMMUNE, OTHER, AREA)]
    assert (gone["valid_to"], stays.get("valid_to"), area["parent"]) == (DAY, None, OTHER)
    assert stays["predecessors"] == [{"unit": COMMUNE, "whole": True}]
    assert (await province.state(FAR))["parent"] == OTHER


async def test_a_commune_that_goes_below_another_parent_keeps_its_names_and_its_type(province: Teller) -> None:
    told: dict[str, Any] = {"change": "level", "units": [BELOW], "type": "phuong"}
    assert (await province.tell("unit.reorganised", on="2025-06-01", **told)).fate == "recorded"
    told = {"change": "level", "units": [BELOW], "parent": PROVINCE}
    assert (await province.tell("unit.reorganised", on=DAY, **told)).fate == "recorded"
    state = await province.state(BELOW)
    assert [state[name] for name in ("parent", "level", "type", "names")] == [
        PROVINCE, "commune", "phuong", {"vi": BELOW},
    ]  # fmt: skip


async def test_who_visits_an_area_is_told_anew_for_the_same_day_and_kept_of_others(province: Teller) -> None:
    for on, collaborator in (("2025-01-01", "ctv-1"), (DAY, "ctv-2"), (DAY, "ctv-3")):
        answer = await province.tell("area.assigned", on=on, area=AREA, collaborator=collaborator)
        assert answer.fate == "recorded"
    assigned = (await province.state(AREA))["assigned"]
    assert [(one["since"], one["collaborator"]) for one in assigned] == [("2025-01-01", "ctv-1"), (DAY, "ctv-3")]
