"""What does the log hold, in the ledger's order, and is its chain whole?"""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from contracts.fact import GENESIS, STREAM_FACTS, STREAM_REPORTS, chain_hash
from contracts.topics import FACTS, REPORTS, TOPICS
from kit.log.kafka import KafkaReader
from kit.log.kafka_tls import kafka_security
from kit.log.records import LogReader, Partition, Record, find_tails, partitions_of
from services.events.settings import EventsSettings

AT_ONCE = 10_000
PATIENCE = 10.0


class BrokenChainError(Exception):
    """A position is missing, is there twice, or does not follow from the one before it."""


class MissingPositionError(BrokenChainError):
    """A position is missing in the log, which goes on behind it."""

    def __init__(self, position: int, following: int) -> None:
        super().__init__(f"position {position} is missing in the log, which goes on with {following}")
        self.position = position


@dataclass(slots=True)
class Chain:
    """The hash chain as far as it has been walked; `follow` checks the next link."""

    position: int = 0
    hash: bytes = GENESIS
    recorded_at: int = 0

    def follow(self, position: int, recorded_at: int, stream: str, body: bytes, claimed: bytes) -> None:
        """Check one entry against the chain; raises BrokenChainError with the position."""
        if position != self.position + 1:
            raise BrokenChainError(f"position {position} follows {self.position}")
        if recorded_at < self.recorded_at:
            raise BrokenChainError(f"position {position} was recorded before the one ahead of it")
        expected = chain_hash(self.hash, position, recorded_at, stream, hashlib.sha256(body).digest())
        if expected != claimed:
            raise BrokenChainError(f"position {position} does not follow from {self.position}: its hash differs")
        self.position, self.hash, self.recorded_at = position, claimed, recorded_at

    def follow_record(self, record: Record) -> None:
        """Check one record of the log against the chain, as `follow` does."""
        claimed = bytes.fromhex(record.hash or "")
        self.follow(record.position, record.recorded_at or 0, stream_of(record), record.value, claimed)


def stream_of(record: Record) -> str:
    """Tell the stream from the topic."""
    return STREAM_REPORTS if record.topic.endswith(REPORTS) else STREAM_FACTS


@asynccontextmanager
async def reading(settings: EventsSettings) -> AsyncIterator[KafkaReader]:
    """Open the log that the settings name for as long as the block lasts."""
    reader = KafkaReader(settings.kafka, security=kafka_security(settings))
    await reader.start()
    try:
        yield reader
    finally:
        await reader.stop()


async def ends_of(reader: LogReader, prefix: str) -> dict[Partition, int]:
    """Say where the log ends now."""
    return await reader.end_offsets(partitions_of(TOPICS, prefix))


async def vouched_by(reader: LogReader, prefix: str) -> int:
    """Say up to which position all is in the log by now: the partitions of one publication grow side by side, so of
    what comes behind some may be there.
    """
    tails = await find_tails(reader, partitions_of((FACTS,), prefix))
    return max(tail.watermark for tail in tails.values())


async def in_order(
    reader: LogReader, prefix: str, ends: Mapping[Partition, int] | None = None
) -> AsyncIterator[Record]:
    """Yield everything that the log holds now, or held when it ended there, by ascending position; what was sent twice
    comes once. Raises MissingPositionError.
    """
    due = 1
    async for record in ascending(reader, prefix, ends):
        if record.position != due:
            raise MissingPositionError(due, record.position)
        yield record
        due += 1


async def ascending(
    reader: LogReader, prefix: str, ends: Mapping[Partition, int] | None = None
) -> AsyncIterator[Record]:
    """Do so, whatever is missing.

    Partitions are read side by side; the relay wrote them in order, so little has to be held back, and a position is
    missing when every partition has come as far.
    """
    ends = await ends_of(reader, prefix) if ends is None else ends
    await reader.assign(dict.fromkeys(ends, 0))
    left = {partition: end for partition, end in ends.items() if end}
    come = dict.fromkeys(left, 0)
    held: dict[int, Record] = {}
    due = 1
    while left:
        records = await reader.read(AT_ONCE, PATIENCE)
        if not records:
            # One who went away meanwhile does not answer this either, and has broken nothing.
            await reader.end_offsets(left)
            raise BrokenChainError("the log does not give what it says it holds")
        for record in records:
            end = left.get(record.address)
            if end is None:
                continue
            come[record.address] = max(come[record.address], record.position)
            if record.offset + 1 >= end:
                del left[record.address]
            if not record.is_watermark and record.position >= due:
                held[record.position] = record
        all_come = min((come[partition] for partition in left), default=max(held, default=0))
        while held and (due in held or due <= all_come):
            if due in held:
                yield held.pop(due)
            due += 1
