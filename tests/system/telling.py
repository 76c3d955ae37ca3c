"""What do the tests of the whole product tell it, and how do they hear what it knows?"""

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx

from contracts.event import TYPE_PREFIX
from contracts.ids import uuid7
from tests.support.system import System, eventually

PROVINCE, COMMUNE = "31-20250701", "11383-20250701"
# Stands in every name that is told, so that it can be looked for where no name may be.
CANARY = "Zzyzx"
REPORTS = "/events/v1/reports"
JSON, NDJSON = "application/cloudevents+json", "application/x-ndjson"
_areas = itertools.count(1)


class Told(NamedTuple):
    """A report that was recorded."""

    id: str
    position: int


def report(kind: str, **data: Any) -> dict[str, Any]:
    envelope = {"specversion": "1.0", "id": uuid7(), "source": "/tests/system"}
    return envelope | {"type": f"{TYPE_PREFIX}{kind}.v1", "data": data}


def named(name: str) -> dict[str, Any]:
    return {"name": f"{name} {CANARY}"}


def places() -> list[dict[str, Any]]:
    province = {"level": "province", "names": {"vi": "Hải Phòng"}, "unit": PROVINCE, "code": PROVINCE[:2]}
    commune = {"level": "commune", "names": {"vi": "An Biên"}, "unit": COMMUNE, "code": COMMUNE[:5]}
    return [
        report("unit.established", on="2025-07-01", unit=province),
        report("unit.established", on="2025-07-01", unit=commune | {"parent": PROVINCE}),
    ]


def new_area() -> tuple[str, dict[str, Any]]:
    """An area that nobody else uses, and the report that establishes it."""
    area = f"{COMMUNE}-{next(_areas):03d}"
    return area, report("area.established", on="2025-07-01", area=area, commune=COMMUNE, names={"vi": area})


async def tell(system: System, told: Mapping[str, Any], **headers: str) -> Told:
    """Send one report through the door; it must be recorded."""
    answer = await system.send("officer", "POST", REPORTS, json=told, headers={"Content-Type": JSON, **headers})
    assert answer.status_code == 201, answer.text
    return Told(told["id"], answer.json()["position"])


class Family(NamedTuple):
    """A household in an area of its own: its mother, and the birth of her child."""

    area: str
    household: str
    mother: str
    child: str
    birth: Told


async def bear(system: System, **headers: str) -> Family:
    """A mother in a household, and a child born to her, all told through the door."""
    area, established = new_area()
    household, mother, child = uuid7(), uuid7(), uuid7()
    member = {"person": mother, "sex": "female", "birth": "1995-04-01", "personal": named("Nguyễn Thị Lan")}
    sheet = report(
        "household.registered", on="2025-08-01", household=household, area=area, head=mother, members=[member]
    )
    born = report(
        "person.born",
        on="2025-09-10",
        person=child,
        household=household,
        mother=mother,
        sex="male",
        personal=named("Nguyễn Huy"),
    )
    await tell(system, established)
    await tell(system, sheet)
    return Family(area, household, mother, child, await tell(system, born, **headers))


async def correct(system: System, told: Told, **changes: Any) -> Told:
    return await tell(system, report("fact.corrected", fact=told.id, changes=changes))


async def ask(system: System, client: str, method: str, path: str, position: int = 0, **options: Any) -> httpx.Response:
    """An answer that knows at least what is recorded up to a position."""
    address = f"{path}{'&' if '?' in path else '?'}not_before={position}"

    async def answered() -> httpx.Response | None:
        answer = await system.send(client, method, address, **options)
        return None if answer.status_code in {412, 503} else answer

    answer: httpx.Response = await eventually(answered, f"{path} at {position}")
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["socai-position"]) >= position
    return answer
