"""Which rows and checkpoints follow from some records? Pure: nothing is read or written here."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from contracts.topics import topic
from kit.log.records import Checkpoint, Partition, Record, advance
from kit.projections.checkpoint import Slot
from kit.projections.projection import AnyProjection, Row, Table, merge_rows


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


class Gathering:
    """A batch in the making, a run of records at a time, so that whoever gathers can let others work in between."""

    def __init__(self, live: Sequence[Live], checkpoints: Mapping[Slot, Checkpoint]) -> None:
        self._live = live
        self._checkpoints = checkpoints
        self._rows: defaultdict[Table, list[Row]] = defaultdict(list)
        self._moved: dict[Slot, Checkpoint] = {}
        self._facts = 0
        self._recorded_at = 0

    def take(self, run: Sequence[Record]) -> None:
        """Apply records of one partition in their order; what lies below a projection's checkpoint is dropped."""
        partition = run[0].address
        takers = [(one.projection, one.slot(partition)) for one in self._live if partition.topic in one.topics]
        places = [(record, record.position, record.is_watermark) for record in run]
        known: dict[Checkpoint, tuple[Checkpoint, list[Record]]] = {}
        decoded: dict[Any, dict[int, Any]] = {}
        newest: list[Record] = []
        for projection, slot in takers:
            before = self._moved.get(slot) or self._checkpoints[slot]
            if before not in known:
                known[before] = _unseen(before, places)
            self._moved[slot], new = known[before]
            self._apply(projection, new, decoded.setdefault(projection.decode, {}))
            newest = max(newest, new, key=len)
        if newest:
            self._facts += len(newest)
            self._recorded_at = max(self._recorded_at, newest[-1].recorded_at or 0)

    def _apply(self, projection: AnyProjection, records: Sequence[Record], facts: dict[int, Any]) -> None:
        rows, decode, rows_of = self._rows, projection.decode, projection.rows
        record = None
        try:
            for record in records:
                fact = facts.get(record.offset)
                if fact is None:
                    fact = facts[record.offset] = decode(record.value)
                for table, row in rows_of(record, fact):
                    rows[table].append(row)
        except Exception as error:
            assert record is not None
            raise CannotApplyError(projection.name, record) from error

    def batch(self) -> Batch:
        """Give what was gathered, its rows merged."""
        merged = {table: merge_rows(table, found) for table, found in self._rows.items()}
        return Batch(merged, self._moved, self._facts, self._recorded_at)


def runs(records: Sequence[Record]) -> Iterator[list[Record]]:
    """Give records that follow each other in one partition, together."""
    for _, run in groupby(records, attrgetter("topic", "partition")):
        yield list(run)


def _unseen(before: Checkpoint, places: Sequence[tuple[Record, int, bool]]) -> tuple[Checkpoint, list[Record]]:
    """Give the facts that are new to whoever stands at a checkpoint, and where she stands behind them."""
    at, unseen = before, []
    for record, position, watermark in places:
        at, new = advance(at, record.offset, position)
        if new and not watermark:
            unseen.append(record)
    return at, unseen
