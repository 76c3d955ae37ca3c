"""Which rows and checkpoints follow from some records? Pure: nothing is read or written here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from contracts.topics import topic
from kit.checkpoint import Slot
from kit.log import Checkpoint, Partition, Record, advance
from kit.projection import AnyProjection, Row, Table, merge_rows


class CannotApplyError(Exception):
    """A projection cannot turn a record into rows; `record` names it for the journal, without its content."""

    def __init__(self, projection: str, record: Record) -> None:
        super().__init__(f"{projection} cannot apply position {record.position}")
        self.record = {
            "projection": projection,
            "position": record.position,
            "kind": record.type,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
        }


@dataclass(frozen=True, slots=True)
class Live:
    """A projection with the build that it fills; `topics` by their full names."""

    projection: AnyProjection
    build: int
    topics: frozenset[str]

    @classmethod
    def of(cls, projection: AnyProjection, build: int, topic_prefix: str) -> "Live":
        return cls(projection, build, frozenset(topic(topic_prefix, name) for name in projection.topics))

    def slot(self, partition: Partition) -> Slot:
        return Slot(self.projection.name, self.build, partition)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction of a projector writes."""

    rows: Mapping[Table, list[Row]]
    """Merged; at most one row a key."""
    checkpoints: Mapping[Slot, Checkpoint]
    """Those that move, at their new place."""
    facts: int
    """Records that at least one projection had not yet applied."""
    recorded_at: int
    """When the newest of them was recorded (microseconds since 1970); 0 when there is none."""


def collect(live: Sequence[Live], checkpoints: Mapping[Slot, Checkpoint], records: Sequence[Record]) -> Batch:
    """Apply records in their order; what lies below a projection's checkpoint is dropped (redelivery)."""
    rows: defaultdict[Table, list[Row]] = defaultdict(list)
    moved: dict[Slot, Checkpoint] = {}
    facts = recorded_at = 0
    for (topic_, number), run in groupby(records, attrgetter("topic", "partition")):
        takers = [(one.projection, one.slot(Partition(topic_, number))) for one in live if topic_ in one.topics]
        last = None
        for record in run:
            if _take(record, takers, checkpoints, moved, rows):
                facts, last = facts + 1, record
        if last is not None:
            recorded_at = max(recorded_at, last.recorded_at or 0)
    return Batch({table: merge_rows(table, found) for table, found in rows.items()}, moved, facts, recorded_at)


def _take(
    record: Record,
    takers: Sequence[tuple[AnyProjection, Slot]],
    checkpoints: Mapping[Slot, Checkpoint],
    moved: dict[Slot, Checkpoint],
    rows: Mapping[Table, list[Row]],
) -> bool:
    position, watermark = record.position, record.is_watermark
    decoded: dict[Any, Any] = {}
    taken = False
    for projection, slot in takers:
        before = moved.get(slot) or checkpoints[slot]
        moved[slot], new = advance(before, record.offset, position)
        if watermark or not new:
            continue
        taken = True
        try:
            if projection.decode not in decoded:
                decoded[projection.decode] = projection.decode(record.value)
            for table, row in projection.rows(record, decoded[projection.decode]):
                rows[table].append(row)
        except Exception as error:
            raise CannotApplyError(projection.name, record) from error
    return taken
