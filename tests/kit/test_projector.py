"""Does a projector end with the same tables whatever happens on the way?"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import asyncpg
import pytest

from deploy.local.databases import Database
from kit.builds import ensure
from kit.database import Connections
from kit.horizon import Horizon
from kit.log import LogReader, MemoryLog
from kit.projection import AnyProjection
from kit.projector import Projector, ProjectorSettings
from tests.support.counting import PROJECTIONS, eventually, history, naive, publish

SETTINGS = ProjectorSettings(poll_seconds=0.05, refresh_seconds=0.05, backoff_seconds=0.01)


def build(database: Database) -> None:
    asyncio.run(ensure(PROJECTIONS, database.owner_dsn))


@pytest.fixture
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_registry", build)


@asynccontextmanager
async def running(
    database: Database,
    reader: Callable[[], LogReader],
    projections: Sequence[AnyProjection] = PROJECTIONS,
    settings: ProjectorSettings = SETTINGS,
) -> AsyncIterator[Projector]:
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


async def wait_for(database: Database, position: int) -> None:
    reader = Connections(database.reader_dsn, size=1)
    try:
        assert await Horizon(reader, PROJECTIONS).wait_for(position, 30) >= position
    finally:
        await reader.close()


async def contents(database: Database) -> tuple[dict[str, tuple[int, str | None]], dict[str, int], list[int]]:
    connection = await asyncpg.connect(database.reader_dsn)
    try:
        things = await connection.fetch("select id, version, cell from thing")
        cells = await connection.fetch("select name, n from cell where n <> 0")
        moves = await connection.fetch("select position from move order by position")
    finally:
        await connection.close()
    return {t: (v, c) for t, v, c in things}, {row[0]: row[1] for row in cells}, [position for (position,) in moves]


async def test_facts_become_rows_that_a_naive_count_confirms(database: Database) -> None:
    log = MemoryLog()
    facts = history(1, 500)
    last = await publish(log.writer(), facts)
    async with running(database, log.reader) as projector:
        await wait_for(database, last)
        await eventually(lambda: projector.progress.position == last)
    things, cells = naive(facts)
    assert await contents(database) == (things, cells, list(range(1, last + 1)))
