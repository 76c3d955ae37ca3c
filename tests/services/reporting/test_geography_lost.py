"""Does a balance count nobody outside of the areas of the token, in whichever geography its start is asked for?

Until 1 August 2025 an area (địa bàn) belongs to one commune, since then to its neighbour.
"""

import random
from typing import Any

import pytest

from deploy.local.databases import Database
from services.reporting.projections import PROJECTIONS
from tests.services.reporting.asked import get
from tests.services.reporting.conftest import asking
from tests.support.applying import apply_shuffled
from tests.support.book import Book, register

PROVINCE, GIVES, GETS = "31-20200101", "10507-20250701", "10525-20250701"
KEPT, GIVEN = f"{GIVES}-001", f"{GIVES}-002"


@pytest.fixture
async def database(reporting_database: Database) -> Database:
    book = Book()
    places: list[tuple[str, str, str | None]] = [
        (PROVINCE, "province", None),
        (GIVES, "commune", PROVINCE),
        (GETS, "commune", PROVINCE),
        (KEPT, "area", GIVES),
        (GIVEN, "area", GIVES),
    ]
    for place, level, parent in places:
        unit: dict[str, Any] = {"code": place.split("-")[0], "level": level, "names": {"vi": place}, "parent": parent}
        book.record("unit.established", "2025-07-01", units={place: unit | {"valid_from": "2025-07-01"}})
    register(book, 1, "2025-07-02", KEPT, {1: {"sex": "female"}})
    register(book, 2, "2025-07-02", GIVEN, {2: {"sex": "female"}, 3: {"sex": "male"}})
    book.record("area.reassigned", "2025-08-01", units={GIVEN: {"parent": GETS}})
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, random.Random(1))
    return reporting_database


async def test_a_balance_starts_with_nobody_outside_of_the_areas_of_the_token(database: Database) -> None:
    asked = {"unit": GIVES, "from": "2025-08", "to": "2025-08"}
    async with asking(database) as client:
        [row] = (await get(client, "/balance", **asked, geography_from="2025-07-31"))["rows"]
        assert (row["population_start"], row["territory"]) == (3, -2)
    async with asking(database, areas=(GIVES,)) as client:
        assert (await client.get("/population", params={"unit": GIVES, "month": "2025-07"})).status_code == 403
        assert (await client.get("/balance", params=asked)).status_code == 200
        response = await client.get("/balance", params=asked | {"geography_from": "2025-07-31"})
    assert response.status_code == 403
