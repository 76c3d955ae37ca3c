"""How far has each projection come in each partition, and who may say so?

A checkpoint is compared and set as the first statement of the transaction that writes its rows. Whoever finds it
moved has been replaced: another owner of the partition, or a rebuild that switched to another build.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from kit.log.records import Checkpoint, Partition
from kit.process.database import Connection


class FencedError(Exception):
    """Somebody else has moved these checkpoints: nothing was written, start again from the database."""


class Slot(NamedTuple):
    """One projection's build in one partition."""

    projection: str
    build: int
    partition: Partition


_LOAD = """
select projection, build, topic, partition, next_offset, position
from checkpoint join unnest($1::text[], $2::int[]) as wanted (projection, build) using (projection, build)
"""

_COMPARE_AND_SET = """
update checkpoint c set next_offset = n.next_offset, position = n.position,
  recorded_at = greatest(c.recorded_at, $8)
from unnest($1::text[], $2::int[], $3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[])
  as n (projection, build, topic, partition, expected, next_offset, position)
where c.projection = n.projection and c.build = n.build and c.topic = n.topic and c.partition = n.partition
  and c.next_offset = n.expected
"""

_NEWEST = """
select max(recorded_at) from checkpoint
join unnest($1::text[], $2::int[]) as wanted (projection, build) using (projection, build)
"""

_COMPLETE = """
select case when count(distinct s.projection) = cardinality($1::text[]) then min(c.position) end
from serving s join checkpoint c using (projection, build) where s.projection = any($1::text[])
"""


async def load_checkpoints(
    connection: Connection, builds: Mapping[str, int], *, lock: bool = False
) -> dict[Slot, Checkpoint]:
    """Of all partitions of these builds; `lock` keeps every projector from moving them until the commit."""
    rows = await connection.fetch(
        _LOAD + ("order by 1, 2, 3, 4 for update of checkpoint" if lock else ""),
        list(builds),
        list(builds.values()),
    )
    return {
        Slot(projection, build, Partition(topic, partition)): Checkpoint(offset, position)
        for projection, build, topic, partition, offset, position in rows
    }


async def compare_and_set(
    connection: Connection,
    before: Mapping[Slot, Checkpoint],
    after: Mapping[Slot, Checkpoint],
    recorded_at: int = 0,
) -> None:
    """Move the checkpoints in `after` from where `before` says they stand; raises FencedError if one is not.

    `recorded_at` of the newest fact behind them (microseconds since 1970) stays beside them for whoever asks how old
    an answer is.
    """
    # In one order for everybody, against deadlocks.
    moves = sorted((slot, before[slot], checkpoint) for slot, checkpoint in after.items())
    status = await connection.execute(
        _COMPARE_AND_SET,
        [slot.projection for slot, _, _ in moves],
        [slot.build for slot, _, _ in moves],
        [slot.partition.topic for slot, _, _ in moves],
        [slot.partition.number for slot, _, _ in moves],
        [old.offset for _, old, _ in moves],
        [new.offset for _, _, new in moves],
        [new.position for _, _, new in moves],
        recorded_at,
    )
    if status != f"UPDATE {len(moves)}":
        raise FencedError(f"{status} instead of {len(moves)} checkpoints")


async def create_checkpoints(
    connection: Connection, projection: str, build: int, partitions: Iterable[Partition]
) -> None:
    """At the beginning of every partition, for a build that is new."""
    await connection.executemany(
        "insert into checkpoint (projection, build, topic, partition, next_offset, position)"
        " values ($1, $2, $3, $4, 0, 0)",
        [(projection, build, partition.topic, partition.number) for partition in partitions],
    )


async def complete_position(connection: Connection, projections: Collection[str]) -> int:
    """Everything up to this position is in the serving tables of all these projections, in all partitions."""
    return await connection.fetchval(_COMPLETE, list(projections)) or 0


async def newest_recorded_at(connection: Connection, builds: Mapping[str, int]) -> int:
    """When the newest fact that any of these builds has applied was recorded (microseconds since 1970); 0: none yet."""
    return await connection.fetchval(_NEWEST, list(builds), list(builds.values())) or 0
