"""How does one piece of work go on while its owner prepares the next, and never longer than the owner?

async with Beside() as writing:
    for batch in batches:
        rows = prepare(batch)
        await writing.done()
        writing.begin(write(rows))
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Self


class Beside:
    """Pieces of work, one after another; whoever needs what they use waits for `done`, which raises what one raised."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Start the next piece once the one before is done; where that fails it is never begun."""
        self._task = asyncio.create_task(work if self._task is None else _behind(self._task, work))

    async def done(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            await task

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """The work ends before the block does; it is broken off only where its owner is."""
        task, self._task = self._task, None
        if task is None:
            return
        if kind is not None and issubclass(kind, asyncio.CancelledError):
            task.cancel()
        await asyncio.wait({task})
        if kind is None:
            task.result()
        elif not task.cancelled():
            # Looked at, so that nobody is told of an error that nobody looked at: the owner's own is what counts.
            task.exception()


async def _behind(before: asyncio.Task[None], work: Coroutine[Any, Any, None]) -> None:
    try:
        await before
    except BaseException:
        work.close()
        raise
    await work
