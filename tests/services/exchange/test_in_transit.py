"""Does who is in transit still belong to the area that she left when something else is told of her?"""

from typing import Any

from contracts.person import Transit
from deploy.local.databases import Database
from tests.services.exchange.conftest import apply, asking, bearing
from tests.services.exchange.test_persons import PID, by_number, query
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, COMMUNE, OTHER_AREA, household_id, person_id

AWAY: dict[str, Any] = {
    "status": "in_transit",
    "household": None,
    "area": None,
    "transit": Transit(AREA, "2026-01-02"),
}


async def test_who_left_is_seen_from_where_she_left_whatever_is_told_of_her_later(exchange_database: Database) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female", "personal": bearing("Phạm Thị Lĩnh", pid=PID)}})
    book.record("person.left", "2026-01-02", persons={person_id(1): AWAY})
    book.record("person.changed", "2026-01-03", persons={person_id(1): {"education": "university"}})
    await apply(exchange_database, book.facts)
    async with asking(exchange_database, "police", areas=(COMMUNE,)) as client:
        response = await query(client, **by_number("pid", PID), fields=["status"])
    assert response.status_code == 200, response.text
    assert response.json()["results"][0]["fields"] == {"status": AWAY["status"]}


async def test_where_she_left_it_is_told_that_she_arrived_elsewhere(exchange_database: Database) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female", "personal": bearing("Phạm Thị Lĩnh", pid=PID)}})
    register(book, 2, area=OTHER_AREA, members={2: {"sex": "male"}})
    book.record("person.left", "2026-01-02", persons={person_id(1): AWAY})
    home = {"status": "resident", "household": household_id(2), "area": OTHER_AREA, "transit": None}
    book.record("person.arrived", "2026-01-04", persons={person_id(1): home})
    await apply(exchange_database, book.facts)
    async with asking(exchange_database, "police", areas=(COMMUNE,)) as client:
        events = (await client.get("/feed")).json()
    told = [(event["data"]["kind"], event["data"]["side"], event["data"]["state"]) for event in events]
    assert told[-1] == ("person.arrived", "left", None)
