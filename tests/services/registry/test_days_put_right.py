"""Does the history of a household tell the day on which somebody came once that day was put right?"""

from deploy.local.databases import Database
from tests.services.registry.conftest import asking, project
from tests.support.book import Book, establish, register
from tests.support.facts import household_id, person_id


async def test_a_corrected_day_of_a_coming_stands_in_the_history_of_the_household(registry_database: Database) -> None:
    book = Book()
    establish(book)
    register(book, 1)
    register(book, 2)
    moved = book.record("person.moved", "2025-09-10", persons={person_id(2): {"household": household_id(1)}}).position
    dated = book.correct(moved, "2025-09-20").position
    back = book.void(dated).position
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        response = await client.post("/history/query", json={"household": household_id(1)})
    entries = [entry for entry in response.json()["history"] if entry.get("person") == person_id(2)]
    assert [entry["position"] for entry in entries] == [moved, dated, back]
    assert entries[1]["changes"] == [{"field": "on", "before": "2025-09-10", "after": "2025-09-20"}]
    assert [entry["on"] for entry in entries] == ["2025-09-10", "2025-09-20", "2025-09-10"]
