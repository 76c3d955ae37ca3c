"""Does the registry follow a real log from nothing to an answer?"""

import asyncio
from collections.abc import Callable
from typing import Any

from deploy.local.databases import Database
from kit.builds import ensure
from kit.kafka import KafkaWriter
from kit.projecting import Projecting
from services.registry.projections import PROJECTIONS
from services.registry.settings import RegistrySettings
from tests.services.registry.conftest import asking
from tests.support.book import Book, establish, register
from tests.support.facts import household_id, person_id, publish
from tests.support.topics import Topics


async def test_a_fact_on_the_log_is_an_answer_soon_after(
    fresh_database: Callable[..., Database], kafka: Topics
) -> None:
    database = fresh_database("socai_registry")
    await ensure(PROJECTIONS, database.owner_dsn, topic_prefix=kafka.prefix)
    settings = RegistrySettings(
        kafka=kafka.bootstrap,
        topic_prefix=kafka.prefix,
        writer_dsn=database.writer_dsn,
        reader_dsn=database.reader_dsn,
        owner_dsn=database.owner_dsn,
    )
    book = Book()
    establish(book)
    writer = KafkaWriter(kafka.bootstrap)
    await writer.start()
    working = asyncio.create_task(Projecting("registry", PROJECTIONS, settings).run())
    try:
        register(book, 1)
        await publish(writer, book.facts, topic_prefix=kafka.prefix)
        async with asking(database, patience=30) as client:
            question: dict[str, Any] = {"household": household_id(1)}
            answer = await client.post(f"/households/query?not_before={book.position}", json=question)
    finally:
        working.cancel()
        await asyncio.wait({working})
        await writer.stop()
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["households"][0]["members"]] == [person_id(1)]
