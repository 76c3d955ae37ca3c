"""Up to which position is what we answer complete, and how does a reader wait for its own write?

A process asks at most every few milliseconds, however many reads want to know, and never while none does. A
position that is a little old is still true: it only promises less. (Polled, not notified: a NOTIFY in every commit
of the projector would serialise its replicas, and a listener is one more connection to lose.)
"""

import asyncio
import time
from collections.abc import Sequence

from kit.process.database import Connections
from kit.projections.checkpoint import complete_position
from kit.projections.projection import AnyProjection

_REFRESH_SECONDS = 0.01


class Horizon:
    """For reads from the one server that `database` names; load-balanced replicas would each need their own."""

    def __init__(self, database: Connections, projections: Sequence[AnyProjection]) -> None:
        self._database = database
        self._names = [projection.name for projection in projections]
        self._position = 0
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[int] | None = None

    async def position(self) -> int:
        """For the answer's `Socai-Position`: take it *before* the read, so that the read cannot know less."""
        if time.monotonic() - self._asked_at < _REFRESH_SECONDS:
            return self._position
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        # One reader that gives up must not take the answer from the others.
        return await asyncio.shield(self._asking)

    async def wait_for(self, position: int, timeout: float = 5.0) -> int:
        """The position reached: at least the one asked for, or less when the time is up (`kit.http.positions.Wait`)."""
        until = time.monotonic() + timeout
        while (found := await self.position()) < position and time.monotonic() < until:  # noqa: ASYNC110 - see above
            await asyncio.sleep(_REFRESH_SECONDS)
        return found

    async def _ask(self) -> int:
        asked_at = time.monotonic()
        async with self._database.acquire() as connection:
            self._position = await complete_position(connection, self._names)
        self._asked_at = asked_at
        return self._position
