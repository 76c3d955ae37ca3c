"""How is a batch computed while the one before is written, and how does it reach its tables?"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kit.log.records import Checkpoint, Record
from kit.process.database import Connection
from kit.projections.batch import Batch, Gathering, Live, runs
from kit.projections.checkpoint import Slot, compare_and_set
from kit.projections.projection import Table
from kit.projections.writing import TableWriter

# Records that are applied in one go. A writer waits for its turn at each of its statements: five times as many cost it
# twelve milliseconds a batch.
TURN = 64


class Gathered(NamedTuple):
    """A batch, and where its checkpoints stand before it is written."""

    batch: Batch
    before: Mapping[Slot, Checkpoint]


async def gather(live: Sequence[Live], checkpoints: dict[Slot, Checkpoint], records: Sequence[Record]) -> Gathered:
    """Compute a batch behind all that were gathered before, as if those had been written already: `checkpoints` move.

    Others get a turn now and then, so that the batch before is written meanwhile.
    """
    gathering = Gathering(live, checkpoints)
    for run in runs(records):
        for start in range(0, len(run), TURN):
            gathering.take(run[start : start + TURN])
            await asyncio.sleep(0)
    batch = gathering.batch()
    before = {slot: checkpoints[slot] for slot in batch.checkpoints}
    checkpoints.update(batch.checkpoints)
    return Gathered(batch, before)


async def write(
    connection: Connection, writers: Mapping[Table, TableWriter], gathered: Gathered, *, copy: bool = False
) -> None:
    """Write a batch's rows and checkpoints in one transaction, the checkpoints first; `copy` into bare tables.

    The tables come in the order of `writers`, which is one for all who write them.
    """
    batch = gathered.batch
    async with connection.transaction():
        await compare_and_set(connection, gathered.before, batch.checkpoints, batch.recorded_at)
        for table, writer in writers.items():
            if rows := batch.rows.get(table):
                await (writer.copy if copy else writer.write)(connection, rows)
