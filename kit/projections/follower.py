"""How does one session of a projector apply records, and which partitions are its own?"""

import time
from collections.abc import Mapping, Sequence

from kit.log.records import Checkpoint, LogReader, LogUnavailableError, Partition, Record, partitions_of
from kit.process.database import Connection
from kit.projections.applying import Gathered, gather, write
from kit.projections.batch import Live
from kit.projections.builds import NotBuiltError, serving_builds
from kit.projections.checkpoint import (
    FencedError,
    Slot,
    complete_position,
    load_checkpoints,
    newest_recorded_at,
)
from kit.projections.ownership import Share
from kit.projections.progress import Progress
from kit.projections.projection import AnyProjection, Table
from kit.projections.writing import TableWriter, writers

_READ_SECONDS = 10.0

Serving = Mapping[str, tuple[int, int]]
"""Version and build that serve, by projection."""


class AnotherLogError(Exception):
    """The log is not the one that was read up to here: offsets mean other records, some of which were never applied."""


class Follower:
    """One connection with its locks, one reader, and the checkpoints behind all that this session has gathered."""

    def __init__(
        self, connection: Connection, reader: LogReader, live: Sequence[Live], share: Share, serving: Serving
    ) -> None:
        self.connection = connection
        self.reader = reader
        self._live = live
        self._share = share
        self._serving = serving
        self._checkpoints: dict[Slot, Checkpoint] = {}
        self._recorded_at = 0
        # One fixed order of tables, the same in every process.
        self._writers: dict[Table, TableWriter] = {
            table: writer for one in live for table, writer in writers(one.projection, one.build).items()
        }

    async def prepare(self) -> None:
        await self._share.join()
        for writer in self._writers.values():
            await writer.prepare(self.connection)

    async def gather(self, records: Sequence[Record]) -> Gathered:
        """Compute a batch behind all that were gathered before, as if those had been written already."""
        return await gather(self._live, self._checkpoints, records)

    async def write(self, gathered: Gathered) -> None:
        """Write a batch in a transaction of its own."""
        await write(self.connection, self._writers, gathered)
        self._recorded_at = max(self._recorded_at, gathered.batch.recorded_at)

    async def refresh(self, projections: Sequence[str], progress: Progress) -> None:
        """Now and then: partitions to take or give, builds that were switched, and what to report."""
        if await serving_builds(self.connection) != self._serving:
            raise FencedError("another build serves")
        if await self._share.settle():
            await self._assign()
        progress.partitions = len(self._share.held)
        progress.position = await complete_position(self.connection, projections)
        for name in projections:
            progress.positions[name] = await complete_position(self.connection, [name])
        ends = await self.reader.end_offsets(self._share.held) if self._share.held else {}
        progress.lag_facts = sum(max(0, end - self._offset(partition)) for partition, end in ends.items())
        now = time.time()
        if not progress.lag_facts:
            progress.current_at = now
        # What is outstanding came after the newest fact applied, and after nothing was.
        since = max(self._recorded_at / 1e6, progress.current_at) or progress.started_at
        progress.lag_seconds = max(0.0, now - since)

    async def _assign(self) -> None:
        """Begin in each partition where the projection that is furthest behind has come to."""
        builds = {one.projection.name: one.build for one in self._live}
        found = await load_checkpoints(self.connection, builds)
        self._recorded_at = await newest_recorded_at(self.connection, builds)
        missing = [one.projection.name for one in self._live if not one.topics <= _topics(one, found)]
        if missing:
            raise NotBuiltError(f"no checkpoints in these topics for {missing}: was the topic prefix changed?")
        self._checkpoints = {slot: at for slot, at in found.items() if slot.partition in self._share.held}
        await self._require_same_log()
        await self.reader.assign({partition: self._offset(partition) for partition in self._share.held})

    async def _require_same_log(self) -> None:
        """Positions rise along a partition: where the last record read is none above ours, nothing is passed over."""
        last = {partition: offset - 1 for partition in self._share.held if (offset := self._offset(partition))}
        ends = await self.reader.end_offsets(last) if last else {}
        if any(ends[partition] <= offset for partition, offset in last.items()):
            raise AnotherLogError
        while last:
            await self.reader.assign(last)
            records = await self.reader.read(len(last), _READ_SECONDS)
            if not records:
                raise LogUnavailableError("the log does not give the record that was read last")
            for record in records:
                if last.get(record.address) == record.offset:
                    del last[record.address]
                    if record.position > self._position(record.address):
                        raise AnotherLogError

    def _position(self, partition: Partition) -> int:
        """The highest position that is applied, by whoever is furthest behind."""
        offset = self._offset(partition)
        ours = (at for slot, at in self._checkpoints.items() if slot.partition == partition and at.offset == offset)
        return min(at.position for at in ours)

    def _offset(self, partition: Partition) -> int:
        slots = [one.slot(partition) for one in self._live if partition.topic in one.topics]
        return min(self._checkpoints[slot].offset for slot in slots)


def follow(
    connection: Connection,
    reader: LogReader,
    projections: Sequence[AnyProjection],
    serving: Serving,
    *,
    topic_prefix: str,
    group: str,
) -> Follower:
    """A session for those projections whose version serves; another replica or a rebuild cares for the rest."""
    live = [
        Live.of(projection, serving[projection.name][1], topic_prefix)
        for projection in projections
        if projection.name in serving and serving[projection.name][0] == projection.version
    ]
    if not live:
        raise NotBuiltError("no projection of this version serves yet: run migrate, then rebuild")
    topics = sorted({topic for one in live for topic in one.projection.topics})
    share = Share(connection, group, partitions_of(topics, topic_prefix))
    return Follower(connection, reader, live, share, serving)


def _topics(one: Live, found: Mapping[Slot, Checkpoint]) -> set[str]:
    return {slot.partition.topic for slot in found if slot.projection == one.projection.name}
