"""Is a log that goes away while it is walked told from one that lacks something?"""

from collections.abc import Iterable, Sequence

import pytest

from contracts.topics import FACTS, encode_watermark
from kit.log.records import LogUnavailableError, Partition, Record
from services.events.store.replay import BrokenChainError, in_order
from tests.support.memory_log import MemoryLog, MemoryReader


class Silent(MemoryReader):
    """Says where a log ends and gives nothing of it; where it is `away` it says nothing more either."""

    def __init__(self, log: MemoryLog, *, away: bool) -> None:
        super().__init__(log)
        self._away = away
        self._asked = 0

    async def read(self, max_records: int, timeout: float) -> list[Record]:
        return []

    async def end_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        self._asked += 1
        if self._away and self._asked > 1:
            raise LogUnavailableError
        return await super().end_offsets(partitions)


async def walked(*, away: bool) -> Sequence[Record]:
    log = MemoryLog()
    log.extend(Partition(FACTS, 0), [encode_watermark(1)])
    return [record async for record in in_order(Silent(log, away=away), "")]


async def test_a_log_that_went_away_has_lost_nothing() -> None:
    with pytest.raises(LogUnavailableError):
        await walked(away=True)


async def test_a_log_that_answers_and_does_not_give_what_it_holds_is_broken() -> None:
    with pytest.raises(BrokenChainError, match="does not give"):
        await walked(away=False)
