"""How do facts reach a service's tables in a test in the worst order? (As a running projector: see `projecting`.)"""

import random
from collections.abc import Iterable, Mapping, Sequence

import asyncpg

from contracts.topics import FACTS
from deploy.local.databases import Database
from kit.log.records import Checkpoint, Record
from kit.projections.batch import Batch, Gathering, Live, runs
from kit.projections.builds import serving_builds
from kit.projections.checkpoint import Slot, compare_and_set, load_checkpoints
from kit.projections.projection import AnyProjection
from kit.projections.writing import writers
from tests.support.facts import Recorded, dealt


def collect(live: Sequence[Live], checkpoints: Mapping[Slot, Checkpoint], records: Sequence[Record]) -> Batch:
    """Apply records in their order, all at once."""
    gathering = Gathering(live, checkpoints)
    for run in runs(records):
        gathering.take(run)
    return gathering.batch()


async def apply_shuffled(
    database: Database, projections: Sequence[AnyProjection], facts: Iterable[Recorded], chance: random.Random
) -> None:
    """Apply facts in batches of random size, from partitions in random order: each keeps its own order only."""
    left = {
        number: [
            Record(FACTS, number, n, key, value, tuple(headers)) for n, (key, value, headers) in enumerate(entries)
        ]
        for number, entries in dealt(facts).items()
    }
    connection = await asyncpg.connect(database.writer_dsn)
    try:
        serving = await serving_builds(connection)
        live = [Live.of(projection, serving[projection.name][1], "") for projection in projections]
        checkpoints = await load_checkpoints(connection, {one.projection.name: one.build for one in live})
        targets = {table: writer for one in live for table, writer in writers(one.projection, one.build).items()}
        for writer in targets.values():
            await writer.prepare(connection)
        while left:
            batch: list[Record] = []
            for number in chance.sample(sorted(left), chance.randint(1, len(left))):
                taken = chance.randint(1, 12)
                batch += left[number][:taken]
                left[number] = left[number][taken:]
            left = {number: records for number, records in left.items() if records}
            found = collect(live, checkpoints, batch)
            async with connection.transaction():
                await compare_and_set(connection, checkpoints, found.checkpoints, found.recorded_at)
                for table, writer in targets.items():
                    await writer.write(connection, found.rows.get(table, ()))
            checkpoints.update(found.checkpoints)
    finally:
        await connection.close()
