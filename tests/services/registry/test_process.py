"""Does the registry follow a real log from nothing to an answer?"""

from collections.abc import Callable
from typing import Any

from deploy.local.databases import Database
from services.registry.projections import PROJECTIONS
from services.registry.settings import RegistrySettings
from tests.services.registry.conftest import asking
from tests.support.book import Book, establish, register
from tests.support.facts import household_id, person_id
from tests.support.projecting import following, settings_of, tell
from tests.support.topics import Topics


async def test_a_fact_on_the_log_is_an_answer_soon_after(
    fresh_database: Callable[..., Database], kafka: Topics
) -> None:
    database = fresh_database("socai_registry")
    book = Book()
    establish(book)
    async with following("registry", PROJECTIONS, settings_of(RegistrySettings, database, kafka)):
        register(book, 1)
        await tell(book, kafka)
        async with asking(database, patience=30) as client:
            question: dict[str, Any] = {"household": household_id(1)}
            answer = await client.post(f"/households/query?not_before={book.position}", json=question)
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["households"][0]["members"]] == [person_id(1)]
