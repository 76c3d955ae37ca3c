"""How does a test run a projector on a database of its own, and what does it find there?"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar

import asyncpg

from deploy.local.databases import Database
from kit.log.kafka import KafkaWriter
from kit.log.records import LogReader
from kit.process.database import Connections
from kit.projections.builds import ensure, serving_builds
from kit.projections.digest import digests
from kit.projections.horizon import Horizon
from kit.projections.projecting import Projecting
from kit.projections.projection import AnyProjection
from kit.projections.projector import Projector, ProjectorSettings
from kit.projections.reading import ReadSettings
from tests.support.book import Book
from tests.support.counting import PROJECTIONS
from tests.support.facts import publish
from tests.support.topics import Topics

Chosen = TypeVar("Chosen", bound=ReadSettings)

QUICK = ProjectorSettings(poll_seconds=0.05, refresh_seconds=0.05, backoff_seconds=0.01, backoff_limit_seconds=0.1)


class Contents(NamedTuple):
    """What the counting projections hold: version and cell of each thing, things in each cell, positions moved."""

    things: dict[str, tuple[int, str | None]]
    cells: dict[str, int]
    moves: list[int]


def build(database: Database) -> None:
    asyncio.run(ensure(PROJECTIONS, database.owner_dsn))


@asynccontextmanager
async def running(
    database: Database,
    reader: Callable[[], LogReader],
    projections: Sequence[AnyProjection] = PROJECTIONS,
    settings: ProjectorSettings = QUICK,
) -> AsyncIterator[Projector]:
    """A projector at work; told to stop and waited for at the end."""
    connections = Connections(database.writer_dsn, size=1)
    projector = Projector(projections, connections, reader, settings)
    stopping = asyncio.Event()
    task = asyncio.create_task(projector.run(stopping))
    try:
        yield projector
    finally:
        stopping.set()
        await task
        await connections.close()


@asynccontextmanager
async def following(service: str, projections: Sequence[AnyProjection], settings: ReadSettings) -> AsyncIterator[None]:
    """The work of a projector's process on a real log, for as long as the block lasts."""
    await ensure(projections, settings.owner_dsn, topic_prefix=settings.topic_prefix)
    working = asyncio.create_task(Projecting(service, projections, settings).run())
    try:
        yield
    finally:
        working.cancel()
        await asyncio.wait({working})


def settings_of(chosen: type[Chosen], database: Database, kafka: Topics) -> Chosen:
    """The settings of a projector's process."""
    return chosen(
        kafka=kafka.bootstrap,
        topic_prefix=kafka.prefix,
        writer_dsn=database.writer_dsn,
        reader_dsn=database.reader_dsn,
        owner_dsn=database.owner_dsn,
    )


async def tell(book: Book, kafka: Topics) -> None:
    """Publish everything that a book has."""
    writer = KafkaWriter(kafka.bootstrap)
    await writer.start()
    try:
        await publish(writer, book.facts, topic_prefix=kafka.prefix)
    finally:
        await writer.stop()


async def reached(
    database: Database, position: int, projections: Sequence[AnyProjection] = PROJECTIONS, seconds: float = 30
) -> bool:
    reader = Connections(database.reader_dsn, size=1)
    try:
        return await Horizon(reader, projections).wait_for(position, seconds) >= position
    finally:
        await reader.close()


async def contents(database: Database) -> Contents:
    connection = await asyncpg.connect(database.reader_dsn)
    try:
        things = await connection.fetch("select id, version, cell from thing")
        cells = await connection.fetch("select name, n from cell where n <> 0")
        moves = await connection.fetch("select position from move order by position")
    finally:
        await connection.close()
    return Contents({t: (v, c) for t, v, c in things}, {row[0]: row[1] for row in cells}, [row[0] for row in moves])


async def digests_of(database: Database, projections: Sequence[AnyProjection] = PROJECTIONS) -> dict[str, str]:
    """Of the serving tables, by name."""
    connection = await asyncpg.connect(database.owner_dsn)
    try:
        serving = await serving_builds(connection)
        found: dict[str, str] = {}
        for projection in projections:
            found |= await digests(connection, projection, serving[projection.name][1])
    finally:
        await connection.close()
    return found
