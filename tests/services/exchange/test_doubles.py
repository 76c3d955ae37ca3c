"""Is somebody still found by her number once her double was struck off the books?"""

from deploy.local.databases import Database
from tests.services.exchange.conftest import apply, asking, bearing
from tests.services.exchange.test_persons import PID, by_number, query, verify
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, OTHER_AREA, person_id


async def test_a_number_that_her_double_bears_too_finds_who_goes_on(exchange_database: Database) -> None:
    book = Book()
    establish(book)
    for n, area in ((1, AREA), (2, OTHER_AREA)):
        given = {"sex": "female", "birth": "1990-05-17", "personal": bearing("Phạm Thị Lĩnh", pid=PID)}
        register(book, n, area=area, members={n: given})
    gone = {"status": "merged", "household": None, "area": None, "merged_into": person_id(2)}
    book.record("person.merged", "2026-01-10", persons={person_id(1): gone})
    await apply(exchange_database, book.facts)
    async with asking(exchange_database, "police") as client:
        response = await query(client, **by_number("pid", PID), fields=["status"])
        claimed = await verify(client, by_number("pid", PID), status="resident")
    [found] = response.json()["results"]
    assert (found["result"], found.get("person")) == ("found", person_id(2))
    assert claimed.json()["result"] == "match"
