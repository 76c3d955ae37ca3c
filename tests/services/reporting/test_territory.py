"""What do figures say of people whose commune was divided: where do they count, and who is a migrant?

On 1 August 2025 a part of an area (địa bàn) goes from one commune to another; two people live in it and stay there.
"""

import csv
import io
import random

import pytest

from deploy.local.databases import Database
from services.reporting.projections import PROJECTIONS
from tests.services.reporting.asked import get, values
from tests.services.reporting.conftest import asking
from tests.support.applying import apply_shuffled
from tests.support.book import Book, register
from tests.support.facts import household_id, person_id

PROVINCE, GIVES, GETS = "31-20200101", "10507-20250701", "10525-20250701"
CUT, OTHER = f"{GIVES}-001", f"{GETS}-001"
PERIOD = {"from": "2025-08", "to": "2025-08"}


@pytest.fixture
def book() -> Book:
    book = Book()
    places = [
        (PROVINCE, "province", None),
        (GIVES, "commune", PROVINCE),
        (GETS, "commune", PROVINCE),
        (CUT, "area", GIVES),
        (OTHER, "area", GETS),
    ]
    for place, level, parent in places:
        unit = {"code": place.split("-")[0], "level": level, "names": {"vi": place}, "parent": parent}
        book.record("unit.established", "2025-07-01", units={place: unit | {"valid_from": "2025-07-01"}})
    register(book, 1, "2025-07-02", CUT, {1: {"sex": "female", "birth": "1990-05-17"}, 2: {"sex": "male"}})
    register(book, 2, "2025-07-02", CUT, {3: {"sex": "female", "birth": "1939-01"}})
    return book


def divide(book: Book) -> int:
    """Household 1 goes to the other commune, with whoever lives in it."""
    gets = {"predecessors": ({"unit": GIVES, "whole": False},)}
    people = {person_id(number): {"area": OTHER} for number in (1, 2)}
    homes = {household_id(1): {"area": OTHER}}
    return book.record("unit.reorganised", "2025-08-01", persons=people, households=homes, units={GETS: gets}).position


async def test_whoever_stays_while_the_border_moves_is_no_migrant(book: Book, reporting_database: Database) -> None:
    divide(book)
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, random.Random(1))
    async with asking(reporting_database) as client:
        flows = await get(client, "/flows", by="commune", **PERIOD)
        assert values(flows, "flow", "unit") == {("territory_out", GIVES): 2, ("territory_in", GETS): 2}
        whole = await get(client, "/flows", unit=PROVINCE, kind="territory_in,territory_out,moves_in", **PERIOD)
        assert set(values(whole, "flow").values()) == {0}


async def test_the_balance_is_closed_by_the_territory(book: Book, reporting_database: Database) -> None:
    divide(book)
    book.record("person.died", "2025-08-09", persons={person_id(3): {"status": "dead", "area": None}})
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, random.Random(2))
    async with asking(reporting_database) as client:
        body = await get(client, "/balance", by="commune", **PERIOD)
        found = {
            row["unit"]: (row["population_start"], row["territory"], row["deaths"], row["population_end"])
            for row in body["rows"]
        }
        assert found == {GIVES: (3, -2, 1, 0), GETS: (0, 2, 0, 2)}
        assert body["difference"] == 0


async def test_a_voided_division_leaves_no_trace_in_the_figures(book: Book, reporting_database: Database) -> None:
    book.void(divide(book))
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, random.Random(3))
    async with asking(reporting_database) as client:
        assert (await get(client, "/flows", by="commune", **PERIOD))["rows"] == []
        assert (await get(client, "/population", unit=GIVES, month="2025-08"))["total"] == 3


async def test_a_unit_names_those_that_it_came_from_and_whether_wholly(
    book: Book, reporting_database: Database
) -> None:
    divide(book)
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, random.Random(4))
    async with asking(reporting_database) as client:
        rows = {row["unit"]: row for row in (await get(client, "/units"))["rows"]}
        assert rows[GETS]["predecessors"] == [{"unit": GIVES, "whole": False}]
        table = csv.DictReader(io.StringIO((await client.get("/units?format=csv")).text))
        told = {row["unit"]: (row["name_vi"], row["parent"], row["predecessors"]) for row in table}
    assert told[GETS] == (GETS, PROVINCE, GIVES)
    assert told[CUT] == (CUT, GIVES, "")


async def test_whoever_is_still_in_an_area_that_ended_stands_in_no_known_place(
    book: Book, reporting_database: Database
) -> None:
    book.record("unit.reorganised", "2025-08-01", units={CUT: {"valid_to": "2025-08-01"}})
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, random.Random(5))
    async with asking(reporting_database) as client:
        body = await get(client, "/population", month="2025-08", by="commune")
        assert values(body, "unit") == {(None,): 3}
        assert (await get(client, "/population", unit=GIVES, month="2025-08"))["total"] == 0
