"""Does a unit told late, or a merger taken back, fit where a whole reform was told since?"""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.ids import uuid7
from tests.services.events.telling import COMMUNE, OTHER, PROVINCE, Teller, report

# A province of today has up to 168 communes, and the reform of 1 July 2025 made most of them on one day.
MERGERS = 160


def commune(number: int, day: str = "2019-01-01") -> dict[str, Any]:
    unit = f"{number:05d}-{day.replace('-', '')}"
    return {"unit": unit, "code": unit[:5], "level": "commune", "names": {"vi": f"Xã {number}"}, "parent": PROVINCE}


@pytest.fixture
async def reformed(teller: Teller) -> tuple[Teller, str]:
    """Give a province in which every commune got a new one for a successor, and the report of the first merger."""
    await teller.places()
    former = [commune(20_000 + number) for number in range(MERGERS)]
    await teller.submit(*[report("unit.established", {"on": "2019-01-01", "unit": one}) for one in former])
    first = uuid7()
    for number, one in enumerate(former):
        new = commune(21_000 + number, "2025-07-01")
        told = {"on": "2025-07-01", "change": "merge", "units": [one["unit"]], "new": new}
        merger = report("unit.reorganised", told, id=uuid7() if number else first)
        await teller.submit(merger)
    return teller, first


async def test_a_unit_told_late_is_recorded(reformed: tuple[Teller, str]) -> None:
    teller, _ = reformed
    late = await teller.tell("unit.established", on="2024-01-01", unit=commune(22_000, "2024-01-01"))
    assert late.fate == "recorded", late


async def test_one_merger_of_a_reform_is_taken_back(reformed: tuple[Teller, str]) -> None:
    teller, first = reformed
    voided = await teller.tell("fact.voided", on=None, fact=first)
    assert voided.fate == "recorded", voided
    assert (await teller.state(commune(20_000)["unit"])).get("valid_to") is None


async def test_what_two_offices_tell_of_a_unit_is_one_event(teller: Teller) -> None:
    await teller.places()
    area = f"{COMMUNE}-009"
    old = commune(20_000)
    merger = {"on": "2020-01-01", "change": "merge", "units": [COMMUNE], "into": old["unit"]}
    renamed = {"on": "2021-01-01", "change": "rename", "units": [old["unit"]], "names": {"vi": "Xã A"}}
    told: list[tuple[str, dict[str, Any]]] = [
        ("unit.established", {"on": "2019-01-01", "unit": old}),
        ("area.established", {"on": "2019-01-01", "area": area, "commune": COMMUNE, "names": {"vi": "Địa bàn 9"}}),
        ("unit.reorganised", merger),
        ("unit.reorganised", renamed),
        ("area.reassigned", {"on": "2022-01-01", "area": area, "commune": OTHER}),
        ("area.assigned", {"on": "2022-02-01", "area": area, "collaborator": "ctv-1"}),
    ]
    for kind, data in told:
        first = await teller.tell(kind, **data)
        assert first.fate == "recorded", (kind, first)
        again = await teller.tell(kind, **data)
        assert (again.fate, again.position) == ("duplicate", first.position), (kind, again)
    other_name = old | {"names": {"vi": "Xã B"}}
    assert (await teller.tell("unit.established", on="2019-01-01", unit=other_name)).fate == "refused"


async def test_a_unit_told_late_looks_at_no_household(teller: Teller, rows_read: Callable[[], set[str]]) -> None:
    await teller.places()
    homes = [uuid7() for _ in range(30)]
    for home in homes:
        await teller.family(home)
    merger = {"on": "2025-07-01", "change": "merge", "units": [COMMUNE], "new": commune(21_000, "2025-07-01")}
    await teller.submit(report("unit.reorganised", merger))
    read = rows_read()
    late = await teller.tell("unit.established", on="2024-01-01", unit=commune(22_000, "2024-01-01"))
    assert late.fate == "recorded"
    assert not read & set(homes)
