"""How is a projection built anew beside the one that serves, and when does it take its place?

1. *Fill*: replay from the first record into bare tables, by COPY alone, once for all projections that are built
   together; then superseded versions are dropped and sums are grouped by one statement each, and keys and indexes come
   last.
2. *Catch up* as a projector does, until little is left.
3. *Switch*, one transaction: lock the serving build's checkpoints (its projectors wait), apply exactly as far as they
   stand, compare digests if both builds are of one version and one log, point the views to the new tables, drop the old
   checkpoints. The projectors find theirs gone, are fenced, and go on with the new build.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import asyncpg

from kit.log.records import Checkpoint, LogReader, LogUnavailableError, Partition, complete_up_to
from kit.process.beside import Beside
from kit.process.database import Connection
from kit.process.progress import Progress, Say, silent
from kit.projections.applying import gather, write
from kit.projections.batch import Live
from kit.projections.builds import (
    NotBuiltError,
    add_indexes,
    create_build,
    drop_builds,
    owner_connection,
    quote,
    serve,
    serving_builds,
)
from kit.projections.checkpoint import Slot, load_checkpoints
from kit.projections.digest import digests
from kit.projections.filling import settle_rows
from kit.projections.projection import AnyProjection, Table
from kit.projections.writing import TableWriter, writers

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
    """Whether the digests were compared, that is, both builds are of one version and were read from one log."""


async def rebuild(
    projections: Sequence[AnyProjection],
    owner_dsn: str,
    reader: Callable[[], LogReader],
    settings: RebuildSettings | None = None,
    say: Say = silent,
) -> list[Rebuilt]:
    """Build, prove and switch; projectors and readers go on meanwhile. An attempt that fails changes nothing.

    The log is read once for all of them; then each is proven and switched by itself, in their order. `say` is told
    every few seconds how far that is.
    """
    settings = settings or RebuildSettings()
    log = reader()
    await log.start()
    try:
        async with owner_connection(owner_dsn) as connection:
            for projection in projections:
                if not await connection.fetchval(
                    "select pg_try_advisory_lock(hashtext('rebuild ' || $1))", projection.name
                ):
                    raise BusyError(f"another rebuild of {projection.name} is running")
            replay = Replay(connection, log, settings, say)
            builds = [Rebuild(projection, replay) for projection in projections]
            await fill(builds, replay)
            return [await one.run() for one in builds]
    finally:
        await log.stop()


async def fill(builds: Sequence["Rebuild"], replay: "Replay") -> None:
    """Fill the bare tables of new builds in one pass over the log."""
    for one in builds:
        await one.create()
    # No further than any of those that serve has come: how far exactly is settled when each is switched.
    targets: dict[Partition, int] = {}
    for one in builds:
        for partition, target in (await one.targets()).items():
            targets[partition] = min(target, targets.get(partition, target))
    await replay.up_to([one.live for one in builds], targets, copy=True)


class Replay:
    """Applies the log's records to new builds, as far as it is told; `facts` counts them by projection."""

    def __init__(self, connection: Connection, log: LogReader, settings: RebuildSettings, say: Say) -> None:
        self.connection = connection
        self.log = log
        self.settings = settings
        self.say = say
        self.checkpoints: dict[Slot, Checkpoint] = {}
        self.writers: dict[Table, TableWriter] = {}
        self.facts: Counter[str] = Counter()

    async def up_to(self, live: Sequence[Live], targets: Mapping[Partition, int], *, copy: bool = False) -> None:
        """Apply exactly the records below these offsets; a batch is written while the next is computed."""
        beyond = True
        whole = sum(targets[partition] - at for partition, at in self._below(live, targets).items())
        reading = _Reading(whole, self.say)
        async with Beside() as writing:
            while unread := self._below(live, targets):
                if beyond:
                    await self.log.assign(unread)
                records = await self.log.read(self.settings.batch_records, self.settings.read_seconds)
                if not records:
                    raise LogUnavailableError("the log does not give the records that it counts")
                wanted = [record for record in records if record.offset < targets.get(record.address, 0)]
                beyond = len(wanted) < len(records)
                gathered = await gather(live, self.checkpoints, wanted)
                self.facts.update({one.projection.name: gathered.batch.facts for one in live})
                await writing.done()
                writing.begin(write(self.connection, self.writers, gathered, copy=copy))
                reading.went_on(len(wanted))

    def _below(self, live: Sequence[Live], targets: Mapping[Partition, int]) -> dict[Partition, int]:
        builds = {(one.projection.name, one.build) for one in live}
        unread: dict[Partition, int] = {}
        for slot, at in self.checkpoints.items():
            if (slot.projection, slot.build) in builds and at.offset < targets.get(slot.partition, 0):
                unread[slot.partition] = min(at.offset, unread.get(slot.partition, at.offset))
        return unread


class _Reading:
    """Says every few seconds how much of the log is read."""

    def __init__(self, wanted: int, say: Say) -> None:
        self._read, self._wanted, self._began = 0, wanted, time.monotonic()
        self._progress = Progress(say)

    def went_on(self, records: int) -> None:
        self._read += records
        self._progress.may_say(self._how_far)

    def _how_far(self) -> str:
        rate = self._read / (time.monotonic() - self._began)
        return f"{self._read:,} of {self._wanted:,} records read, {rate:,.0f}/s"


class Rebuild:
    """One projection's way from bare tables to the switch."""

    def __init__(self, projection: AnyProjection, replay: Replay) -> None:
        self._projection = projection
        self._replay = replay
        self._connection = replay.connection
        self.live: Live

    async def run(self) -> Rebuilt:
        """Finish what was filled: indexes, what came meanwhile, proof and switch."""
        self._replay.say(f"{self._projection.name}: read; now its sums, keys and indexes")
        await self._settle()
        await self._catch_up()
        return await self._switch_patiently()

    async def create(self) -> None:
        """Make bare tables; those of attempts that failed go."""
        projection, connection, replay = self._projection, self._connection, self._replay
        serving = (await serving_builds(connection)).get(projection.name)
        if serving is None:
            raise NotBuiltError(f"{projection.name} has never been built: run migrate")
        await self._drop_others(serving[1])
        async with connection.transaction():
            build = await create_build(connection, projection, replay.settings.topic_prefix)
        self.live = Live.of(projection, build, replay.settings.topic_prefix)
        made = writers(projection, build)
        for writer in made.values():
            await writer.prepare(connection)
        replay.writers.update(made)
        replay.checkpoints.update(await load_checkpoints(connection, {projection.name: build}))

    async def _settle(self) -> None:
        for table in self._projection.tables:
            await settle_rows(self._connection, table, self._projection.version, self.live.build)
        async with self._connection.transaction():
            await self._connection.execute("set local maintenance_work_mem = '256MB'")
            await add_indexes(self._connection, self._projection, self.live.build)
        for table in self._projection.tables:
            physical = self._replay.writers[table].physical
            await self._connection.execute(f"vacuum (analyze) {quote(physical)}", timeout=None)

    @property
    def _checkpoints(self) -> dict[Slot, Checkpoint]:
        own = (self._projection.name, self.live.build)
        return {slot: at for slot, at in self._replay.checkpoints.items() if (slot.projection, slot.build) == own}

    async def _catch_up(self) -> None:
        while True:
            await self._replay.up_to([self.live], await self.targets())
            left = sum(
                target - self._replay.checkpoints[self.live.slot(partition)].offset
                for partition, target in (await self.targets()).items()
            )
            if left <= self._replay.settings.small_lag:
                return

    async def targets(self, *, lock: bool = False) -> dict[Partition, int]:
        """Offsets to apply up to: the log's ends, but those of a serving build of one version, to be comparable."""
        version, build = (await serving_builds(self._connection))[self._projection.name]
        serving = await self._serving(build, lock=lock)
        ends = await self._ends()
        if version == self._projection.version:
            return {partition: min(at.offset, ends[partition]) for partition, at in serving.items()}
        # Another version may read other topics or be stuck.
        return ends

    async def _ends(self) -> dict[Partition, int]:
        return await self._replay.log.end_offsets({slot.partition for slot in self._checkpoints})

    async def _serving(self, build: int, *, lock: bool = False) -> dict[Partition, Checkpoint]:
        found = await load_checkpoints(self._connection, {self._projection.name: build}, lock=lock)
        return {slot.partition: at for slot, at in found.items()}

    async def _switch_patiently(self) -> Rebuilt:
        for _ in range(self._replay.settings.switch_tries - 1):
            at = self._checkpoints
            try:
                return await self._switch()
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
                # Long reads hold the views, or a projector came the other way: let them finish.
                self._replay.checkpoints.update(at)
                await self._catch_up()
        return await self._switch()

    async def _switch(self) -> Rebuilt:
        projection, connection = self._projection, self._connection
        async with connection.transaction():
            await connection.execute("set local lock_timeout = '5s'")
            version, old = (await serving_builds(connection))[projection.name]
            await self._replay.up_to([self.live], await self.targets(lock=True))
            serving, own = await self._serving(old), {slot.partition: at for slot, at in self._checkpoints.items()}
            compared = version == projection.version and own == serving
            if compared:
                await self._compare(old)
            elif version == projection.version:
                _log.warning("The log is another one than was read before: nothing to compare with")
                await self._replay.up_to([self.live], await self._ends())
            self._require_as_far(serving)
            await serve(connection, projection, self.live.build)
            await connection.execute(
                "delete from checkpoint where projection = $1 and build = $2", projection.name, old
            )
        await self._drop_others(self.live.build)
        position = complete_up_to({slot.partition: at.position for slot, at in self._checkpoints.items()})
        return Rebuilt(projection.name, self.live.build, position, self._replay.facts[projection.name], compared)

    def _require_as_far(self, serving: Mapping[Partition, Checkpoint]) -> None:
        own = {slot.partition: at.position for slot, at in self._checkpoints.items() if slot.partition in serving}
        if complete_up_to(own) < complete_up_to({partition: serving[partition].position for partition in own}):
            raise LogUnavailableError("the log does not hold yet all that is served")

    async def _compare(self, old: int) -> None:
        self._replay.say(f"{self._projection.name}: compared with what serves")
        before = await digests(self._connection, self._projection, old)
        after = await digests(self._connection, self._projection, self.live.build)
        different = sorted(table for table in before if before[table] != after[table])
        if not different:
            return
        message = f"{self._projection.name}: build {self.live.build} differs from serving build {old} in {different}"
        if not self._replay.settings.accept_difference:
            raise DigestDiffersError(message)
        _log.warning("Switched although digests differ", extra={"projection": self._projection.name})

    async def _drop_others(self, build: int) -> None:
        try:
            await drop_builds(self._connection, self._projection.name, except_build=build)
        except asyncpg.LockNotAvailableError:
            _log.info("Old tables are still being read; the next rebuild drops them")
