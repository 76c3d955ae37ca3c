"""Law 1: redelivery, restart at any record and any interleaving leave every projection equal to a rebuild from zero."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.local.databases import Database
from kit.log.records import Checkpoint, Record
from kit.process.database import Connection
from kit.projections.batch import Live
from kit.projections.builds import serving_builds
from kit.projections.checkpoint import FencedError, Slot, compare_and_set, load_checkpoints
from kit.projections.rebuild import rebuild
from kit.projections.writing import TableWriter, writers
from tests.support.applying import collect
from tests.support.counting import PROJECTIONS, Counted, address, entry, history, naive
from tests.support.memory_log import MemoryLog
from tests.support.projecting import build, contents, digests_of


@pytest.fixture
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_registry", build)


@dataclass
class Applier:
    """One owner of partitions: what it believes of the checkpoints, and its way to the tables."""

    connection: Connection
    live: Sequence[Live]
    targets: Sequence[TableWriter]
    believed: dict[Slot, Checkpoint]

    async def apply(self, records: Sequence[Record]) -> None:
        batch = collect(self.live, self.believed, records)
        async with self.connection.transaction():
            await compare_and_set(self.connection, self.believed, batch.checkpoints)
            for writer in self.targets:
                await writer.write(self.connection, batch.rows.get(writer.table, ()))
        self.believed.update(batch.checkpoints)

    async def restart(self) -> None:
        self.believed = await load_checkpoints(self.connection, {one.projection.name: one.build for one in self.live})


@asynccontextmanager
async def applier(database: Database) -> AsyncIterator[Applier]:
    connection = await asyncpg.connect(database.writer_dsn)
    try:
        serving = await serving_builds(connection)
        live = [Live.of(projection, serving[projection.name][1], "") for projection in PROJECTIONS]
        targets = [writer for one in live for writer in writers(one.projection, one.build).values()]
        for writer in targets:
            await writer.prepare(connection)
        found = Applier(connection, live, targets, {})
        await found.restart()
        yield found
    finally:
        await connection.close()


async def emptied(database: Database) -> None:
    owner = await asyncpg.connect(database.owner_dsn)
    for (table,) in await owner.fetch("select unnest(tables) from build"):
        await owner.execute(f"truncate {table}")
    await owner.execute("update checkpoint set next_offset = 0, position = 0")
    await owner.close()


def redelivered(facts: Sequence[Counted], chance: random.Random) -> MemoryLog:
    """A log as a relay leaves it that was restarted now and then: runs of facts stand in it again."""
    log = MemoryLog()
    position, end = 1, len(facts)
    while position <= end:
        number, record = entry(position, facts[position - 1], recorded_at=1)
        log.extend(address(number), [record])
        position = max(1, position - chance.randint(1, 8)) if chance.random() < 0.05 else position + 1
    return log


async def deliver(database: Database, log: MemoryLog, chance: random.Random) -> None:
    """Two owners take turns on all partitions, each unaware of the other; batches of any size, restarts anywhere."""
    async with applier(database) as one, applier(database) as other:
        while True:
            owner = chance.choice((one, other))
            records: list[Record] = []
            for number in chance.sample(range(16), chance.randint(1, 16)):
                offset = min(owner.believed[live.slot(address(number))].offset for live in owner.live)
                records += log.records(address(number))[offset : offset + chance.randint(1, 9)]
            try:
                if records:
                    await owner.apply(records)
            except FencedError:
                await owner.restart()
            if chance.random() < 0.1:
                await owner.restart()
                if all(at.offset == len(log.records(slot.partition)) for slot, at in owner.believed.items()):
                    return


# The database is emptied by each example itself.
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_any_delivery_ends_as_a_rebuild_from_zero(database: Database, seed: int) -> None:
    await emptied(database)
    chance = random.Random(seed)
    facts = history(seed, chance.randint(1, 250), things=chance.choice((3, 20, 200)))
    log = redelivered(facts, chance)
    await deliver(database, log, chance)
    found = await contents(database)
    assert (found.things, found.cells) == naive(facts)
    assert found.moves == list(range(1, len(facts) + 1))
    before = await digests_of(database)
    assert all(one.compared for one in await rebuild(PROJECTIONS, database.owner_dsn, log.reader))
    assert await digests_of(database) == before
