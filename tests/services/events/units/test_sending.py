"""Do the official units of a province come onto the books through the intake, once, and stand there as they are?"""

from collections import Counter
from typing import Any

import msgspec
import pytest

from contracts.reference.units import REFORM, since_2025, until_2025
from services.events.units.reports import Province, provinces, report_of
from services.events.units.sending import send
from tests.services.events.telling import Teller
from twin.draws import Draws
from twin.places import Units
from twin.scales import scale

HAI_PHONG, CA_MAU = "31", "96"


async def units(teller: Teller) -> dict[str, dict[str, Any]]:
    async with teller.connections.acquire() as connection:
        rows = await connection.fetch("select body from state where body is not null")
    return {state["id"]: state for state in (msgspec.json.decode(row["body"]) for row in rows)}


@pytest.fixture
async def hai_phong(teller: Teller) -> Teller:
    said: list[str] = []
    fates = await send(teller.intake, [HAI_PHONG], said.append)
    assert set(fates) == {"recorded"}
    assert said[0].startswith("1 of 1: 31 Thành phố Hải Phòng: ")
    return teller


async def test_hai_phong_has_its_114_communes_and_hai_duong_is_part_of_it(hai_phong: Teller) -> None:
    states = await units(hai_phong)
    standing = {unit: state for unit, state in states.items() if state.get("valid_to") is None}
    below = [state for state in standing.values() if state.get("parent") == "31-20200101"]
    assert Counter(state["type"] for state in below) == {"phuong": 45, "xa": 67, "dac_khu": 2}
    assert {state["level"] for state in standing.values()} == {"province", "commune"}
    assert {state["code"]: state["names"]["vi"] for state in below} == {
        unit.code: unit.name for unit in since_2025().values() if unit.parent == HAI_PHONG
    }
    assert states["30-20200101"]["valid_to"] == REFORM
    assert states["31-20200101"]["predecessors"] == [{"unit": "30-20200101", "whole": True}]


async def test_everything_of_before_the_reform_has_ended_or_goes_on_unchanged(hai_phong: Teller) -> None:
    states = await units(hai_phong)
    old = [state for state in states.values() if state["valid_from"] == "2020-01-01"]
    assert Counter(state["level"] for state in old) == {"province": 2, "district": 27, "commune": 374}
    assert all(state.get("valid_to") == REFORM for state in old if state["level"] == "district")
    heirs = {one["unit"] for state in states.values() for one in state.get("predecessors", ())}
    ended = {state["id"] for state in old if state.get("valid_to") and state["level"] == "commune"}
    assert ended <= heirs


async def test_a_divided_commune_says_that_only_a_part_of_it_went_there(hai_phong: Teller) -> None:
    states = await units(hai_phong)
    assert states["10528-20200101"]["valid_to"] == REFORM
    for heir in ("10532-20250701", "10537-20250701"):
        assert {"unit": "10528-20200101", "whole": False} in states[heir]["predecessors"]


async def test_an_island_district_has_become_a_special_zone(hai_phong: Teller) -> None:
    states = await units(hai_phong)
    assert states["11948-20250701"]["predecessors"] == [{"unit": "318-20200101", "whole": True}]
    assert states["318-20200101"]["valid_to"] == REFORM


async def test_the_same_units_told_again_change_nothing(hai_phong: Teller) -> None:
    before, facts = await units(hai_phong), len(await hai_phong.facts())
    assert set(await send(hai_phong.intake, [HAI_PHONG], lambda _: None)) == {"known"}
    assert (await units(hai_phong), len(await hai_phong.facts())) == (before, facts)


async def test_old_units_are_founded_on_the_day_that_was_chosen(teller: Teller) -> None:
    await send(teller.intake, [CA_MAU], lambda _: None, known_since="2019-01-01")
    states = await units(teller)
    assert {state["valid_from"] for state in states.values()} == {"2019-01-01", REFORM}


def test_all_provinces_together_tell_every_unit_once() -> None:
    told = [Province(code) for code in provinces()]
    assert len(told) == 34
    assert Counter(unit.code for one in told for unit in (*one.districts, *one.communes)) == dict.fromkeys(
        (code for code, unit in until_2025().items() if unit.level != "province"), 1
    )
    reports = [report_of(kind, payload) for one in told for kind, payload in one.told()]
    assert len({report.id for report in reports}) == len(reports)
    assert [report.id for report in reports[:50]] == [
        report_of(kind, payload).id for kind, payload in list(Province(provinces()[0]).told())[:50]
    ]


async def test_the_units_of_the_sandbox_are_those_of_the_import_and_the_others_come_beside_them(teller: Teller) -> None:
    sandbox = Units.around(scale(40).areas(Draws()))
    for kind, _, data in (*sandbox.established(), *sandbox.reform([])):
        assert (await teller.tell(kind, **data)).fate == "recorded"
    said: list[str] = []
    fates = await send(teller.intake, [HAI_PHONG], said.append)
    assert (set(fates), len(said)) == ({"recorded", "known"}, 2), "nothing is refused, and nothing said of it"
    standing = [state for state in (await units(teller)).values() if state.get("valid_to") is None]
    assert {(state["level"], state.get("parent")) for state in standing} == {
        ("province", None),
        ("commune", "31-20200101"),
    }
    assert len(standing) == 1 + 114


async def test_a_unit_that_the_books_call_otherwise_is_refused_by_name_and_the_others_come(teller: Teller) -> None:
    sandbox = Units.around(scale(40).areas(Draws()))
    for kind, _, data in sandbox.established():
        await teller.tell(kind, **otherwise(data))
    said: list[str] = []
    fates = await send(teller.intake, [HAI_PHONG, CA_MAU], said.append)
    assert fates["refused"]
    assert [line.partition(":")[0] for line in said[:2]] == ["1 of 2", "2 of 2"]
    named = [line for line in said if line.startswith("  31-20200101 (unit.established): already-known: ")]
    assert (len(named), " / " in named[0]) == (1, True)
    reasons = [line for line in said[3:] if line.rstrip().rpartition(" ")[2].isdigit()]
    assert len(said) == 3 + fates["refused"] + len(reasons)


def otherwise(data: dict[str, Any]) -> dict[str, Any]:
    """Give a unit another name than the official one."""
    told = data["unit"] if isinstance(data.get("unit"), dict) else None
    return data if told is None else data | {"unit": told | {"names": {"vi": "Tên khác"}}}
