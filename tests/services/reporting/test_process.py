"""Do figures follow a real log from nothing to an answer?"""

import asyncio
from collections.abc import Callable

from deploy.local.databases import Database
from kit.builds import ensure
from kit.kafka import KafkaWriter
from kit.projecting import Projecting
from services.reporting.projections import PROJECTIONS
from services.reporting.settings import ReportingSettings
from tests.services.reporting.conftest import asking
from tests.support.book import Book, establish, register
from tests.support.facts import COMMUNE, publish
from tests.support.topics import Topics


async def test_a_fact_on_the_log_is_a_figure_soon_after(fresh_database: Callable[..., Database], kafka: Topics) -> None:
    database = fresh_database("socai_reporting")
    await ensure(PROJECTIONS, database.owner_dsn, topic_prefix=kafka.prefix)
    settings = ReportingSettings(
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
    working = asyncio.create_task(Projecting("reporting", PROJECTIONS, settings).run())
    try:
        register(book, 1, "2025-08-01")
        await publish(writer, book.facts, topic_prefix=kafka.prefix)
        async with asking(database, patience=30, areas=(COMMUNE,)) as client:
            question = {"unit": COMMUNE, "month": "2025-08", "not_before": str(book.position)}
            answer = await client.get("/population", params=question)
    finally:
        working.cancel()
        await asyncio.wait({working})
        await writer.stop()
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == 1
