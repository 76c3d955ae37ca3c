"""How is a projection built anew beside the one that serves, and when does it take its place?

1. *Fill*: replay from the first record into bare tables, by COPY alone; then superseded versions are dropped and sums
   are grouped by one statement each, and keys and indexes come last.
2. *Catch up* as a projector does, until little is left.
3. *Switch*, one transaction: lock the serving build's checkpoints (its projectors wait), apply exactly as far as they
   stand, compare digests if both builds are of one version, point the views to the new tables, drop the old
   checkpoints. The projectors find theirs gone, are fenced, and go on with the new build.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from kit.batch import Live, collect
from kit.builds import (
    NotBuiltError,
    add_indexes,
    create_build,
    drop_builds,
    owner_connection,
    quote,
    serve,
    serving_builds,
)
from kit.checkpoint import Slot, compare_and_set, load_checkpoints
from kit.database import Connection
from kit.digest import digests
from kit.filling import settle_rows
from kit.log import Checkpoint, LogReader, LogUnavailableError, Partition, Record, complete_up_to
from kit.projection import AnyProjection
from kit.writing import TableWriter, writers

_log = logging.getLogger("socai.rebuild")


class DigestDiffersError(Exception):
    """The new build does not hold what the serving one of the same version holds; nothing was switched."""


class BusyError(Exception):
    """Another rebuild of this projection is running."""


@dataclass(frozen=True, slots=True)
class RebuildSettings:
    """How a rebuild works, in records and seconds."""

    topic_prefix: str = ""
    batch_records: int = 10_000
    read_seconds: float = 10.0
    """The log is taken for away when records that it counts do not come within this time."""
    small_lag: int = 5_000
    """Records left to apply at which the switch is tried."""
    switch_tries: int = 5
    accept_difference: bool = False
    """Switch although the digests differ: the operator has understood why."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of a rebuild: the build that serves now, complete up to `position` after `facts` facts."""

    projection: str
    build: int
    position: int
    facts: int
    compared: bool
    """Whether the digests were compared, that is, both builds are of one version."""


async def rebuild(
    projection: AnyProjection,
    owner_dsn: str,
    reader: Callable[[], LogReader],
    settings: RebuildSettings | None = None,
) -> Rebuilt:
    """Build, prove and switch; projectors and readers go on meanwhile. An attempt that fails changes nothing."""
    settings = settings or RebuildSettings()
    log = reader()
    await log.start()
    try:
        async with owner_connection(owner_dsn) as connection:
            if not await connection.fetchval(
                "select pg_try_advisory_lock(hashtext('rebuild ' || $1))", projection.name
            ):
                raise BusyError(f"another rebuild of {projection.name} is running")
            return await _Rebuild(projection, connection, log, settings).run()
    finally:
        await log.stop()


class _Rebuild:
    def __init__(
        self, projection: AnyProjection, connection: Connection, log: LogReader, settings: RebuildSettings
    ) -> None:
        self._projection = projection
        self._connection = connection
        self._log = log
        self._settings = settings
        self._facts = 0
        self._checkpoints: dict[Slot, Checkpoint] = {}
        self._live: Live
        self._writers: list[TableWriter]

    async def run(self) -> Rebuilt:
        await self._create()
        await self._fill()
        await self._catch_up()
        return await self._switch_patiently()

    async def _create(self) -> None:
        """New bare tables; those of attempts that failed go."""
        projection, connection = self._projection, self._connection
        serving = (await serving_builds(connection)).get(projection.name)
        if serving is None:
            raise NotBuiltError(f"{projection.name} has never been built: run migrate")
        await self._drop_others(serving[1])
        async with connection.transaction():
            build = await create_build(connection, projection, self._settings.topic_prefix)
        self._live = Live.of(projection, build, self._settings.topic_prefix)
        self._writers = list(writers(projection, build).values())
        for writer in self._writers:
            await writer.prepare(connection)
        self._checkpoints = await load_checkpoints(connection, {projection.name: build})

    async def _fill(self) -> None:
        await self._apply_up_to(await self._targets(), copy=True)
        for table in self._projection.tables:
            await settle_rows(self._connection, table, self._projection.version, self._live.build)
        async with self._connection.transaction():
            await self._connection.execute("set local maintenance_work_mem = '256MB'")
            await add_indexes(self._connection, self._projection, self._live.build)
        for writer in self._writers:
            await self._connection.execute(f"vacuum (analyze) {quote(writer.physical)}", timeout=None)

    async def _catch_up(self) -> None:
        while True:
            await self._apply_up_to(await self._targets())
            left = sum(
                target - self._checkpoints[self._live.slot(partition)].offset
                for partition, target in (await self._targets()).items()
            )
            if left <= self._settings.small_lag:
                return

    async def _targets(self, *, lock: bool = False) -> dict[Partition, int]:
        """Offsets to apply up to: those of the serving build if it is of the same version, to be comparable."""
        version, build = (await serving_builds(self._connection))[self._projection.name]
        found = await load_checkpoints(self._connection, {self._projection.name: build}, lock=lock)
        serving = {slot.partition: checkpoint.offset for slot, checkpoint in found.items()}
        if version == self._projection.version:
            return serving
        # Another version may read other topics or be stuck: go to the end, and in no partition back.
        ends = await self._log.end_offsets({slot.partition for slot in self._checkpoints})
        return {partition: max(end, serving.get(partition, 0)) for partition, end in ends.items()}

    async def _apply_up_to(self, targets: Mapping[Partition, int], *, copy: bool = False) -> None:
        """Exactly the records below these offsets."""
        beyond = True
        while unread := self._below(targets):
            if beyond:
                await self._log.assign(unread)
            records = await self._log.read(self._settings.batch_records, self._settings.read_seconds)
            if not records:
                raise LogUnavailableError("the log does not give the records that it counts")
            wanted = [record for record in records if record.offset < targets.get(record.address, 0)]
            beyond = len(wanted) < len(records)
            await self._apply(wanted, copy=copy)

    def _below(self, targets: Mapping[Partition, int]) -> dict[Partition, int]:
        return {
            slot.partition: at.offset
            for slot, at in self._checkpoints.items()
            if at.offset < targets.get(slot.partition, 0)
        }

    async def _apply(self, records: Sequence[Record], *, copy: bool) -> None:
        batch = collect([self._live], self._checkpoints, records)
        async with self._connection.transaction():
            await compare_and_set(self._connection, self._checkpoints, batch.checkpoints, batch.recorded_at)
            for writer in self._writers:
                rows = batch.rows.get(writer.table, ())
                await (writer.copy(self._connection, rows) if copy else writer.write(self._connection, rows))
        self._checkpoints.update(batch.checkpoints)
        self._facts += batch.facts

    async def _switch_patiently(self) -> Rebuilt:
        for _ in range(self._settings.switch_tries - 1):
            at = dict(self._checkpoints)
            try:
                return await self._switch()
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
                # Long reads hold the views, or a projector came the other way: let them finish.
                self._checkpoints = at
                await self._catch_up()
        return await self._switch()

    async def _switch(self) -> Rebuilt:
        projection, connection = self._projection, self._connection
        async with connection.transaction():
            await connection.execute("set local lock_timeout = '5s'")
            version, old = (await serving_builds(connection))[projection.name]
            await self._apply_up_to(await self._targets(lock=True))
            compared = version == projection.version
            if compared:
                await self._compare(old)
            await serve(connection, projection, self._live.build)
            await connection.execute(
                "delete from checkpoint where projection = $1 and build = $2", projection.name, old
            )
        await self._drop_others(self._live.build)
        position = complete_up_to({slot.partition: at.position for slot, at in self._checkpoints.items()})
        return Rebuilt(projection.name, self._live.build, position, self._facts, compared)

    async def _compare(self, old: int) -> None:
        before = await digests(self._connection, self._projection, old)
        after = await digests(self._connection, self._projection, self._live.build)
        different = sorted(table for table in before if before[table] != after[table])
        if not different:
            return
        message = f"{self._projection.name}: build {self._live.build} differs from serving build {old} in {different}"
        if not self._settings.accept_difference:
            raise DigestDiffersError(message)
        _log.warning("Switched although digests differ", extra={"projection": self._projection.name})

    async def _drop_others(self, build: int) -> None:
        try:
            await drop_builds(self._connection, self._projection.name, except_build=build)
        except asyncpg.LockNotAvailableError:
            _log.info("Old tables are still being read; the next rebuild drops them")
