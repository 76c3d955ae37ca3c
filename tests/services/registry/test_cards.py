"""Is the bearer of a health insurance card (thẻ BHYT) found by both of its prints: 15 characters and 10 digits?"""

import msgspec
import pytest

from deploy.local.databases import Database
from tests.services.registry.conftest import asking, project
from tests.services.registry.test_candidates import ask, people
from tests.support.book import Book, establish, register
from tests.support.facts import person_id

OLD, NEW = "DN4010120860538", "0120860538"


@pytest.mark.parametrize(("held", "asked"), [(OLD, NEW), (NEW, OLD)], ids=["new print asked", "old print asked"])
async def test_both_prints_of_a_health_card_find_its_bearer(registry_database: Database, held: str, asked: str) -> None:
    book = Book()
    establish(book)
    card = {"name": "Nguyễn Thị Lan", "identifiers": [{"type": "bhyt", "value": held}]}
    register(book, 1, members={1: {"sex": "female", "personal": msgspec.Raw(msgspec.json.encode(card))}})
    await project(registry_database, book.facts)
    number = {"type": "bhyt", "value": asked}
    assert people(await ask(registry_database, identifiers=[number])) == [person_id(1)]
    async with asking(registry_database) as client:
        found = (await client.post("/search", json={"identifier": number})).json()
        assert [one["id"] for one in found["persons"]] == [person_id(1)]
        assert found["former"] == []
        assert (await client.post("/persons/query", json={"identifier": number})).status_code == 200
