"""Whose turn is it to write, and what may the next group go on from before this one is durable?

A group is decided while the one before it is still being written: it reads ahead, takes over what the one before has
decided, and takes the writer lock when it first needs the ledger itself. Where the one before failed after all, or
another process had a turn in between, what was decided ahead is thrown away and decided again.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from kit.process.beside import Beside
from kit.process.database import Connection
from services.events.state.world import World
from services.events.store import ledger


class Overtaken(Exception):
    """What this was decided upon did not come about, or is no longer the end of the ledger."""


class Left(NamedTuple):
    """What a group leaves to the next: the ledger's end as it will be, the world that it saw and changed, and what its
    reports wait for.
    """

    head: ledger.Head
    world: World
    needs: set[str]


class Turn:
    """One group's turn; `before` is the turn of a group that is not durable yet, `changed` is called at each step."""

    def __init__(self, before: "Turn | None" = None, changed: Callable[[], None] = lambda: None) -> None:
        self.before = before
        self.number = 0
        self.left: Left | None = None
        self.durable = False
        self.head: ledger.Head | None = None
        self._changed = changed
        self._taking = asyncio.Lock()
        self.decided = asyncio.Event()
        self.ended = asyncio.Event()

    @property
    def over(self) -> bool:
        """Say whether the group is durable, or given up."""
        return self.ended.is_set()

    @property
    def waits(self) -> bool:
        """Say whether the group before is still at it."""
        return self.before is not None and not self.before.over

    async def take(self, connection: Connection) -> ledger.Head:
        """Take the writer lock, once, and give the end of the ledger; raises Overtaken."""
        async with self._taking:
            if self.head is not None:
                return self.head
            if self.before is not None:
                await self.before.ended.wait()
            self.number, head = await ledger.lock(connection)
            if self.before is not None and not (self.before.durable and self.number == self.before.number + 1):
                raise Overtaken
            self.head, self.before = head, None
        self._changed()
        return head

    @property
    def held(self) -> bool:
        """Say whether the lock is held, or was."""
        return self.head is not None

    async def follow(self, before: "Turn") -> Left:
        """Wait until the group before is decided; raises Overtaken where it never is."""
        await before.decided.wait()
        left, before.left = before.left, None
        if left is None:
            raise Overtaken
        return left

    def leave(self, left: Left) -> None:
        """Let the next group go on from here: nothing of this world changes any more."""
        self.left = left
        self.decided.set()

    def end(self) -> None:
        """Note that the group is over, one way or the other."""
        self.before = None
        if not self.durable:
            self.left = None
        self.decided.set()
        self.ended.set()
        self._changed()


class Transaction:
    """What a group works through: a connection that writes, once it is its turn, and one that reads meanwhile."""

    def __init__(self, connection: Connection, reading: Connection, turn: Turn | None = None) -> None:
        self._connection, self._reading, self._turn = connection, reading, turn
        self.writing = Beside()

    async def writer(self) -> Connection:
        """Give the connection that writes, once nothing is being written through it; raises Overtaken."""
        await self.writing.done()
        return await self._locked()

    async def reader(self) -> Connection:
        """Give a connection that shows all but what this group has changed, which its world knows; raises Overtaken."""
        await self._locked()
        return self._reading

    def begin(self, write: Callable[[Connection], Coroutine[Any, Any, None]]) -> None:
        """Write something behind what is being written, while the deciding goes on."""
        self.writing.begin(self._write(write))

    async def _write(self, write: Callable[[Connection], Coroutine[Any, Any, None]]) -> None:
        await write(await self._locked())

    async def _locked(self) -> Connection:
        if self._turn is not None:
            await self._turn.take(self._connection)
        return self._connection

    @property
    def busy(self) -> bool:
        """Say whether something is still to be written of what was decided before, by this group or the last one."""
        return self.writing.busy or (self._turn is not None and self._turn.waits)
