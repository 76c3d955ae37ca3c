"""When is there something new, for many who wait and with one question at a time to the database?"""

import asyncio
import time
from typing import Protocol


class Known(Protocol):
    """Of `kit.projections.horizon.Horizon`: up to which position everything is there."""

    async def position(self) -> int: ...


class News:
    """Wakes those who wait for a higher position; one task asks, and only while anybody waits."""

    def __init__(self, horizon: Known, *, interval: float = 0.02) -> None:
        self._horizon = horizon
        self._interval = interval
        self._waiting: dict[asyncio.Future[None], int] = {}
        self._asking: asyncio.Task[None] | None = None

    async def beyond(self, position: int, seconds: float) -> int:
        """Give the complete position as soon as it is higher than `position`, or as it is when time is up."""
        until = time.monotonic() + seconds
        while (complete := await self._horizon.position()) <= position:
            left = until - time.monotonic()
            if left <= 0:
                break
            await self._growth(position, left)
        return complete

    async def _growth(self, position: int, seconds: float) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[waiting] = position
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._watch())
        try:
            await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return
        finally:
            self._waiting.pop(waiting, None)

    async def _watch(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._interval)
            try:
                found = await self._horizon.position()
            except Exception as error:  # noqa: BLE001 - each of those who wait is told of it
                for waiting in self._waiting:
                    if not waiting.done():
                        waiting.set_exception(error)
                return
            for waiting, known in self._waiting.items():
                if known < found and not waiting.done():
                    waiting.set_result(None)
