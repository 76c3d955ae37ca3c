"""Which of the partitions does this process follow, when several replicas share them?

Session advisory locks in the projection's own database, held on the very connection that writes the rows:

- whoever dies loses its connection and with it its locks at once, where a Kafka consumer group waits for a session
  timeout (the default is 45 s); a machine that is gone without a farewell, within half a minute;
- one system decides who owns a partition and how far it has come, and the same code runs on any log;
- a zombie (locks lost, still writing) is stopped by the checkpoint, not by the lock: the locks only divide work, so
  no rebalance protocol has to be trusted.

Each replica takes a fair share and gives back what is above it, between two batches.
"""

from collections.abc import Sequence
from zlib import crc32

from kit.log.records import Partition
from kit.process.database import Connection

# Number 0 of a group is held shared by every member; partitions are numbered from 1.
_MEMBER = 0

_HELD = """
select objid::bigint as number, count(*) as holders from pg_locks
where locktype = 'advisory' and granted and objsubid = 2 and classid = $1::bigint::oid
  and database = (select oid from pg_database where datname = current_database())
group by objid
"""


class Share:
    """The partitions that this session holds of a group's."""

    def __init__(self, connection: Connection, group: str, partitions: Sequence[Partition]) -> None:
        self._connection = connection
        self._group = crc32(group.encode()) & 0x7FFFFFFF
        self._numbers = {partition: n for n, partition in enumerate(sorted(partitions), 1)}
        self.held: frozenset[Partition] = frozenset()

    async def join(self) -> None:
        await self._connection.execute("select pg_advisory_lock_shared($1, $2)", self._group, _MEMBER)

    async def settle(self) -> bool:
        """Give back what is too much, take what is free and due; whether anything changed."""
        locks = {row["number"]: row["holders"] for row in await self._connection.fetch(_HELD, self._group)}
        due = -(-len(self._numbers) // max(1, locks.get(_MEMBER, 1)))
        held = sorted(self.held)
        for partition in held[due:]:
            await self._connection.fetchval("select pg_advisory_unlock($1, $2)", self._group, self._numbers[partition])
        kept = held[:due]
        for partition, number in self._numbers.items():
            if len(kept) < due and number not in locks and await self._try(number):
                kept.append(partition)
        changed = self.held != frozenset(kept)
        self.held = frozenset(kept)
        return changed

    async def _try(self, number: int) -> bool:
        return bool(await self._connection.fetchval("select pg_try_advisory_lock($1, $2)", self._group, number))
