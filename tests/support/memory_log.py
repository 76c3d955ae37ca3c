"""What does a log do that lives in this process? It passes the suite of the real one (tests/kit/test_log.py)."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from kit.log.records import Entry, Partition, Record


class MemoryLog:
    """Partitions in memory; whoever waits is woken when one grows."""

    def __init__(self) -> None:
        self._records: defaultdict[Partition, list[Record]] = defaultdict(list)
        self._grown = asyncio.Event()

    def writer(self) -> "MemoryWriter":
        return MemoryWriter(self)

    def reader(self) -> "MemoryReader":
        return MemoryReader(self)

    def records(self, partition: Partition) -> list[Record]:
        return self._records[partition]

    def extend(self, partition: Partition, entries: Iterable[Entry]) -> None:
        records = self._records[partition]
        records.extend(
            Record(*partition, offset, key, value, tuple(headers))
            for offset, (key, value, headers) in enumerate(entries, len(records))
        )
        self._grown.set()
        self._grown = asyncio.Event()

    async def wait_growth(self, timeout: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._grown.wait()


class MemoryWriter:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def append(self, topic: str, partition: int, records: Sequence[Entry]) -> None:
        self._log.extend(Partition(topic, partition), records)


class MemoryReader:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._offsets: dict[Partition, int] = {}

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        self._offsets = {}

    async def assign(self, offsets: Mapping[Partition, int]) -> None:
        self._offsets = {Partition(*partition): offset for partition, offset in offsets.items()}

    async def read(self, max_records: int, timeout: float) -> list[Record]:
        if not self._ready():
            await self._log.wait_growth(timeout)
        found: list[Record] = []
        for partition in self._ready():
            offset = self._offsets[partition]
            taken = self._log.records(partition)[offset : offset + max_records - len(found)]
            self._offsets[partition] = offset + len(taken)
            found += taken
        return found

    def _ready(self) -> list[Partition]:
        return [p for p, offset in self._offsets.items() if offset < len(self._log.records(p))]

    async def beginning_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        return {Partition(*partition): 0 for partition in partitions}

    async def end_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        return {Partition(*p): len(self._log.records(Partition(*p))) for p in partitions}
