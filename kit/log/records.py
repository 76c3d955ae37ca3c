"""What does a log promise, and what do its readers conclude from positions and watermarks?

Three rules make readers of many partitions right although the relay, its successors and the readers
themselves may die or linger at any moment (tests/laws/test_watermark_model.py removes them one by one):

1. completeness: an answer is complete up to the *lowest*, over all partitions, of the highest position
   applied there (`complete_up_to`);
2. redelivery: a reader drops what is not above its own checkpoint *of that partition* (`advance`), and
   compares and sets that checkpoint in the transaction of its rows (`kit.projections.checkpoint`);
3. relay start: sending resumes behind the *highest* watermark of any partition, and skips in each
   partition what *that* partition already holds (`resume_points`).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import msgspec

from contracts.topics import (
    HASH,
    ID,
    PARTITIONS,
    RECORDED_TIME,
    SEQUENCE,
    TRACEPARENT,
    TYPE,
    WATERMARK_TYPE,
    Headers,
    decode_watermark,
    instant_microseconds,
    topic,
)

_WATERMARK = WATERMARK_TYPE.encode()

Entry = tuple[bytes | None, bytes, Headers]
"""Key, value and headers of a record to be appended."""


class Partition(NamedTuple):
    """Address of one ordered sequence of records; `topic` is the full name, prefix included."""

    topic: str
    number: int


def partitions_of(topics: Iterable[str], prefix: str) -> list[Partition]:
    """Name all partitions of some topics; `prefix` stands before the topics' names."""
    return [Partition(topic(prefix, name), number) for name in topics for number in range(PARTITIONS)]


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record as it was read: its address, key, value and headers; what the headers say is read when asked for."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]

    def header(self, name: str) -> bytes | None:
        for header, value in self.headers:
            if header == name:
                return value
        return None

    def _text(self, name: str) -> str | None:
        value = self.header(name)
        return None if value is None else value.decode()

    @property
    def address(self) -> Partition:
        return Partition(self.topic, self.partition)

    @property
    def position(self) -> int:
        """Ledger position of the fact, or up to which a watermark vouches."""
        # Written out: everybody asks for it, of every record, and it stands first.
        for header, value in self.headers:
            if header == SEQUENCE:
                return int(value)
        return decode_watermark(self.value)

    @property
    def is_watermark(self) -> bool:
        # It goes to a partition and not by a key; most records are done with that.
        return self.key is None and self.header(TYPE) == _WATERMARK

    @property
    def type(self) -> str | None:
        return self._text(TYPE)

    @property
    def id(self) -> str | None:
        return self._text(ID)

    @property
    def traceparent(self) -> str | None:
        return self._text(TRACEPARENT)

    @property
    def hash(self) -> str | None:
        """The fact's hash in the ledger's chain, in hex."""
        return self._text(HASH)

    @property
    def recorded_at(self) -> int | None:
        """Microseconds since 1970, UTC; a watermark has none."""
        value = self.header(RECORDED_TIME)
        return None if value is None else _microseconds(value)


@lru_cache(maxsize=256)
def _microseconds(value: bytes) -> int:
    """Read an instant; all facts of one transaction of the ledger share theirs."""
    return instant_microseconds(value.decode())


class LogUnavailableError(Exception):
    """The log cannot be reached or did not confirm in time; what was in flight may be there or not."""


class LogWriter(Protocol):
    """Appends to partitions; raises LogUnavailableError."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    async def append(self, topic: str, partition: int, records: Sequence[Entry]) -> None:
        """Add in this order; durable when it returns. After an error the writer takes nothing more:
        what was in flight is unknown, so its owner must start again from what the log holds.
        """


class LogReader(Protocol):
    """Reads the partitions that it was assigned; raises LogUnavailableError."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    async def assign(self, offsets: Mapping[Partition, int]) -> None:
        """Read exactly these partitions from now on, each from its offset."""

    async def read(self, max_records: int, timeout: float) -> list[Record]:
        """At least one record as soon as there is one, else none after `timeout` seconds.
        Within a partition records come in order and without holes; after an error, only once it is assigned anew.
        Others get a turn while many are unpacked.
        """

    async def beginning_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]: ...

    async def end_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Offset that the next record of each partition will get."""


class Checkpoint(NamedTuple):
    """How far a reader has come in one partition: next offset to read, highest position applied."""

    offset: int
    position: int


ORIGIN = Checkpoint(0, 0)


def advance(checkpoint: Checkpoint, offset: int, position: int) -> tuple[Checkpoint, bool]:
    """The checkpoint after a record, and whether the record is new to this reader (rule 2)."""
    if position <= checkpoint.position:
        return Checkpoint(max(offset + 1, checkpoint.offset), checkpoint.position), False
    return Checkpoint(offset + 1, position), True


def complete_up_to(applied: Mapping[Partition, int]) -> int:
    """Every fact up to this position has been applied (rule 1); `applied` names *all* partitions."""
    return min(applied.values(), default=0)


class Tail(NamedTuple):
    """What a partition's end says: highest watermark, and highest fact position behind or near it; 0 for none."""

    watermark: int
    position: int


class Resume(NamedTuple):
    """Publish from `start` on; in each partition skip positions up to `skip_up_to`."""

    start: int
    skip_up_to: dict[Partition, int]


def resume_points(tails: Mapping[Partition, Tail]) -> Resume:
    """Where a relay goes on (rule 3).

    A watermark is written only after every record up to it was confirmed, so the highest one found
    anywhere vouches for all partitions. Behind it each partition holds its own unbroken run.
    """
    highest = max((tail.watermark for tail in tails.values()), default=0)
    return Resume(highest + 1, {partition: tail.position for partition, tail in tails.items()})


async def find_tail(reader: LogReader, partition: Partition, *, marked: bool = True, step: int = 1_000) -> Tail:
    """Read backwards from the end, in doubling steps, until a watermark was seen: it vouches for all before it. Where
    nobody writes any (not `marked`), until a fact was.
    """
    end = (await reader.end_offsets([partition]))[partition]
    beginning = (await reader.beginning_offsets([partition]))[partition]
    watermark = position = 0
    upper = end
    while upper > beginning and not (watermark if marked else position):
        lower = max(beginning, upper - step)
        await reader.assign({partition: lower})
        offset = lower
        while offset < upper:
            records = await reader.read(upper - offset, 10.0)
            if not records:
                raise LogUnavailableError(f"{partition} says it ends at {end} but does not give {offset}")
            for record in records:
                offset = record.offset + 1
                if record.is_watermark:
                    watermark = max(watermark, record.position)
                else:
                    position = max(position, record.position)
        upper, step = lower, step * 2
    return Tail(watermark, position)


async def find_tails(
    reader: LogReader, partitions: Iterable[Partition], *, marked: bool = True
) -> dict[Partition, Tail]:
    return {partition: await find_tail(reader, partition, marked=marked) for partition in partitions}
