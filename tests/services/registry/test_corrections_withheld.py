"""Does a history without the scope keep silent about corrections of what is withheld?"""

from typing import Any

import pytest

from contracts.care import Care, Pregnancy
from deploy.local.databases import Database
from tests.services.registry.conftest import asking, project
from tests.services.registry.test_sensitive import UNINITIATED, UNTRUSTED
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, household_id, person_id

WOMAN, CHILD, HOME = person_id(1), person_id(3), household_id(1)
CHANGES: list[dict[str, Any]] = [{"on": "2026-01-21"}, {}]


async def kinds(database: Database, scopes: tuple[Any, ...], person: str) -> list[str]:
    async with asking(database, scopes=scopes) as client:
        response = await client.post("/history/query", json={"person": person})
    assert response.status_code == 200, response.text
    return [entry["kind"] for entry in response.json()["history"]]


@pytest.mark.parametrize("change", CHANGES, ids=["its date", "what no state holds"])
async def test_a_corrected_birth_is_not_in_the_history_of_a_mother_whose_pregnancy_it_closed(
    registry_database: Database, change: dict[str, Any]
) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female"}})
    pregnant, delivered = Pregnancy("2025-09-01"), Pregnancy("2025-09-01", ended="2026-01-20", outcome="birth")
    book.record("person.pregnancy_reported", "2025-09-01", persons={WOMAN: {"care": Care(pregnancy=pregnant)}})
    child = {"sex": "female", "birth": "2026-01-20", "household": HOME, "area": AREA, "mother": WOMAN}
    told: dict[str, Any] = {CHILD: child, WOMAN: {"care": Care(pregnancy=delivered)}}
    born = book.record("person.born", "2026-01-20", persons=told).position
    book.correct(born, **change)
    await project(registry_database, book.facts)
    assert await kinds(registry_database, UNINITIATED, WOMAN) == ["household.registered"]
    assert await kinds(registry_database, UNINITIATED, CHILD) == ["person.born", "fact.corrected"]


@pytest.mark.parametrize("change", CHANGES, ids=["its date", "what no state holds"])
async def test_a_corrected_report_of_a_disability_alone_is_not_there(
    registry_database: Database, change: dict[str, Any]
) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female"}})
    told = book.record("person.changed", "2025-09-01", persons={WOMAN: {"disability": "sight"}}).position
    book.correct(told, **change)
    await project(registry_database, book.facts)
    assert await kinds(registry_database, UNTRUSTED, WOMAN) == ["household.registered"]
