"""How do the ledger's entries reach the tables of a read service in the worst way that is allowed?

As a relay leaves them that was restarted now and then, and as projectors take them that die anywhere and know
nothing of each other: parts of partitions in any order, believed checkpoints that are long past.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from contracts.fact import STREAM_FACTS
from contracts.topics import FACTS, PARTITIONS, REPORTS, encode_watermark, instant_text, partition_of
from deploy.local.databases import Database
from kit.log.records import Checkpoint, Entry, Partition, Record
from kit.projections.batch import Live
from kit.projections.builds import serving_builds
from kit.projections.checkpoint import FencedError, Slot, compare_and_set, load_checkpoints
from kit.projections.projection import AnyProjection
from kit.projections.writing import TableWriter, writers
from services.events.store.ledger import microseconds
from services.events.store.relay import record_of
from tests.laws.telling import Row
from tests.support.applying import collect
from tests.support.memory_log import MemoryLog

PARTS = [Partition(topic, number) for topic in (FACTS, REPORTS) for number in range(PARTITIONS)]


def entry_of(row: Row) -> tuple[Partition, Entry]:
    """The record that the relay makes of a ledger entry, and where it goes."""
    moment = instant_text(microseconds(row.recorded_at)).encode()
    topic = FACTS if row.stream == STREAM_FACTS else REPORTS
    return Partition(topic, partition_of(row.partition_key)), record_of(row._asdict(), moment)


def publish(log: MemoryLog, rows: Sequence[Row], chance: random.Random) -> None:
    """Send entries and a watermark behind them; a restarted relay sends some again."""
    at = 0
    while at < len(rows):
        partition, entry = entry_of(rows[at])
        log.extend(partition, [entry])
        at = max(0, at - chance.randint(0, 6)) if chance.random() < 0.05 else at + 1
    if rows:
        for partition in PARTS:
            log.extend(partition, [encode_watermark(rows[-1].position)])


@dataclass
class Owner:
    """A projector: what it believes of the checkpoints, and its way to the tables."""

    connection: Any
    live: Sequence[Live]
    targets: Sequence[TableWriter]
    believed: dict[Slot, Checkpoint] = field(default_factory=dict)

    async def restart(self) -> None:
        self.believed = await load_checkpoints(self.connection, {one.projection.name: one.build for one in self.live})

    async def apply(self, records: Sequence[Record]) -> None:
        """As kit.projections.projector does; whoever was overtaken starts again from the database."""
        batch = collect(self.live, self.believed, records)
        try:
            async with self.connection.transaction():
                await compare_and_set(self.connection, self.believed, batch.checkpoints, batch.recorded_at)
                for writer in self.targets:
                    await writer.write(self.connection, batch.rows.get(writer.table, ()))
            self.believed.update(batch.checkpoints)
        except FencedError:
            await self.restart()

    def some(self, log: MemoryLog, chance: random.Random) -> Iterator[Record]:
        """Some records behind the checkpoints that are believed in."""
        for number in chance.sample(range(PARTITIONS), chance.randint(4, PARTITIONS)):
            partition = Partition(FACTS, number)
            offset = min(self.believed[one.slot(partition)].offset for one in self.live)
            yield from log.records(partition)[offset : offset + chance.randint(1, 25)]

    def ready(self, log: MemoryLog) -> bool:
        return all(at.offset == len(log.records(slot.partition)) for slot, at in self.believed.items())


@asynccontextmanager
async def owner(database: Database, projections: Sequence[AnyProjection]) -> Any:
    """One owner of all partitions of the builds that serve."""
    connection = await asyncpg.connect(database.writer_dsn)
    try:
        serving = await serving_builds(connection)
        live = [Live.of(projection, serving[projection.name][1], "") for projection in projections]
        targets = [writer for one in live for writer in writers(one.projection, one.build).values()]
        for writer in targets:
            await writer.prepare(connection)
        yield Owner(connection, live, targets)
    finally:
        await connection.close()


async def fill(database: Database, projections: Sequence[AnyProjection], log: MemoryLog, chance: random.Random) -> None:
    """Bring everything that the log holds into the tables: two owners take turns, restarting anywhere."""
    async with owner(database, projections) as one, owner(database, projections) as other:
        await one.restart()
        await other.restart()
        while not one.ready(log):
            actor = chance.choice((one, one, one, other))
            records = list(actor.some(log, chance))
            if records:
                await actor.apply(records)
            if chance.random() < 0.1 or not records:
                await actor.restart()


async def empty(database: Database) -> None:
    """Take everything out of the tables that serve, and set the checkpoints to the beginning."""
    connection = await asyncpg.connect(database.owner_dsn)
    try:
        for (table,) in await connection.fetch("select unnest(tables) from build"):
            await connection.execute(f"truncate {table}")
        await connection.execute("update checkpoint set next_offset = 0, position = 0, recorded_at = 0")
    finally:
        await connection.close()
