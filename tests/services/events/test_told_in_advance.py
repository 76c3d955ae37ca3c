"""Whose business is an area of which a reorganisation is told before its day: of whom it is until then?"""

from datetime import datetime

import msgspec
import pytest

from contracts.calendar import VIET_NAM
from contracts.ids import uuid7
from services.events.queries.below import areas_below, places_below
from tests.services.events.telling import ANYBODY, AREA, COMMUNE, FAR, OTHER, PROVINCE, SECOND, Teller, ids, report
from tests.services.events.test_api import asking
from tests.services.events.test_office import COLLABORATOR, decision, died, told

DAY = "2025-07-01"
MERGED = "10600-20250701"
NOW = 1_750_000_000.0  # 2025-06-15
LATER = NOW + 30 * 86_400
VISITOR = msgspec.structs.replace(COLLABORATOR, areas=(COMMUNE,))
OFFICER = msgspec.structs.replace(ANYBODY, client_id="officer", areas=(COMMUNE,))
SUCCESSOR = msgspec.structs.replace(ANYBODY, client_id="successor", areas=(MERGED,))


@pytest.fixture
async def announced(teller: Teller) -> Teller:
    """A commune of which it is told in June that it goes into another one in July."""
    teller.intake._clock = lambda: NOW
    teller.office_sees_first("person.died")
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    new = {"unit": MERGED, "code": "10600", "level": "commune", "names": {"vi": "M"}, "parent": PROVINCE}
    merger = {"on": DAY, "change": "merge", "units": [COMMUNE], "new": new}
    assert (await told(teller, report("unit.reorganised", merger), ANYBODY)).fate == "recorded"
    return teller


def born() -> dict[str, str]:
    return {"on": "2025-06-01", "person": uuid7(), "household": ids.home, "sex": "male"}


async def test_until_the_day_it_is_the_former_commune_s(announced: Teller) -> None:
    assert (await told(announced, report("person.born", born()), VISITOR)).fate == "recorded"
    by_the_next = msgspec.structs.replace(VISITOR, areas=(MERGED,))
    assert (await told(announced, report("person.born", born()), by_the_next)).fate == "handed_over"
    death = died(on="2025-06-10")
    assert (await told(announced, death, VISITOR)).fate == "waiting"
    approval = decision("reports.approved", on="2025-06-15", reports=[death.id])
    assert (await told(announced, approval, SUCCESSOR)).problem is not None
    assert (await told(announced, msgspec.structs.replace(approval, id=uuid7()), OFFICER)).fate == "recorded"


async def test_from_the_day_on_it_is_the_next_one_s(announced: Teller) -> None:
    announced.intake._clock = lambda: LATER
    by_the_next = msgspec.structs.replace(VISITOR, areas=(MERGED,))
    assert (await told(announced, report("person.born", born()), by_the_next)).fate == "recorded"
    assert (await told(announced, report("person.born", born()), VISITOR)).fate == "handed_over"


async def test_an_area_of_the_unit_that_is_to_come_may_be_told_of_by_its_own_office(announced: Teller) -> None:
    area = {"on": DAY, "area": f"{MERGED}-001", "commune": MERGED, "names": {"vi": "Tổ 1"}}
    assert (await told(announced, report("area.established", area), SUCCESSOR)).fate == "recorded"


async def test_what_lies_below_a_unit_is_what_lies_there_today(announced: Teller) -> None:
    async with announced.connections.acquire() as connection:
        assert await areas_below(connection, COMMUNE, "2025-06-30") == [AREA, SECOND]
        assert await areas_below(connection, MERGED, "2025-06-30") == []
        assert await areas_below(connection, COMMUNE, DAY) == []
        assert await areas_below(connection, MERGED, DAY) == [AREA, SECOND]
        for day in ("2025-06-30", DAY):
            assert set(await areas_below(connection, PROVINCE, day)) == {AREA, SECOND, FAR}
            assert MERGED in set(await places_below(connection, [PROVINCE], day) or ())
        assert await places_below(connection, ["VN", COMMUNE], DAY) is None


async def test_a_month_is_closed_for_the_commune_of_today(announced: Teller) -> None:
    closed = decision("month.closed", on="2025-06-15", commune=COMMUNE, month="2025-05")
    assert (await told(announced, closed, OFFICER)).fate == "recorded"
    late = report("person.born", born() | {"on": "2025-05-20"})
    assert (await told(announced, late, VISITOR)).fate == "waiting"
    async with asking(announced.database, client="officer", areas=(COMMUNE,), clock=lambda: NOW) as http:
        queue = await http.get("/events/v1/queue", params={"unit": COMMUNE})
        assert [one["id"] for one in queue.json()["reports"]] == [late.id]


@pytest.mark.parametrize(("before", "fate"), [(1, None), (0, "recorded")], ids=["the evening before", "the day"])
async def test_the_books_of_a_commune_that_ends_are_the_next_one_s_from_its_last_midnight_on(
    announced: Teller, before: int, fate: str | None
) -> None:
    midnight = datetime(2025, 7, 1, tzinfo=VIET_NAM).timestamp()
    announced.intake._clock = lambda: midnight - before
    closed = decision("month.closed", on="2025-06-30", commune=COMMUNE, month="2025-05")
    assert (await told(announced, closed, SUCCESSOR)).fate == fate


async def test_what_is_to_come_and_goes_on_later_is_first_its_first_office_s(teller: Teller) -> None:
    await teller.places()
    area = f"{COMMUNE}-009"
    founding = {"on": DAY, "area": area, "commune": COMMUNE, "names": {"vi": "Tổ 9"}}
    assert (await told(teller, report("area.established", founding), ANYBODY)).fate == "recorded"
    onward = {"on": "2026-07-01", "area": area, "commune": OTHER}
    assert (await told(teller, report("area.reassigned", onward), ANYBODY)).fate == "recorded"
    async with teller.connections.acquire() as connection:
        for day, has, lacks in (
            ("2025-06-15", COMMUNE, OTHER),
            (DAY, COMMUNE, OTHER),
            ("2026-07-01", OTHER, COMMUNE),
        ):
            assert area in await areas_below(connection, has, day)
            assert area not in await areas_below(connection, lacks, day)
