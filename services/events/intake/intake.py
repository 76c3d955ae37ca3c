"""How do many concurrent requests become few transactions, and what is each report answered?

Requests wait in a queue; whoever holds the writer lock decides all that came meanwhile, in order, in one
transaction. Line 2 of a batch sees the effect of line 1. What waited for something that was just recorded is
decided again before the transaction ends.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from kit.http.problems import Internal, Unavailable
from kit.process import database, metrics
from kit.process.database import Connection, Connections
from services.events.intake import waiting
from services.events.intake.answer import Answer
from services.events.intake.group import Group
from services.events.intake.prefetch import prefetch
from services.events.intake.turn import Overtaken, Transaction, Turn
from services.events.report.line import Line
from services.events.settings import ApprovalRule
from services.events.state.world import World
from services.events.store import ledger
from services.events.store.month_rows import save_months

# What an intake needs: two groups are under way at once, each writes through one and reads through another.
CONNECTIONS = 4
LARGEST_GROUP = 2_000
# Lines that wait before a group begins while the one before is not durable yet: a few wait for it and go together.
AHEAD = 500
# Seconds after which what a group has not decided yet goes to the end of the queue.
LONGEST_GROUP = 2.0
# Seconds of deciding after which whatever else is ready goes on for one step: what is being written, and others.
BREATH = 0.001
# What is decided is written this many entries at a time, while the next are decided: PostgreSQL and its disk work
# meanwhile, and the writer lock is held for that much less.
WRITTEN_AT_ONCE = 400
_log = logging.getLogger("socai.events.intake")


def connections_for(dsn: str, name: str) -> Connections:
    """Give an intake its connections, under a name that PostgreSQL shows."""
    return Connections(dsn, size=CONNECTIONS, name=name, by_key=True)


async def _decided(group: Group, turn: Turn, lines: Sequence[tuple[Line, str]]) -> list[Answer]:
    """Decide lines in order for as long as there is time, and what waited for them, and write it down."""
    await waiting.expect(group, [line for line, _ in lines])
    answers: dict[int, Answer] = {}
    await waiting.settle(group, answers)
    began = breathed = time.perf_counter()
    for index, (line, trace) in enumerate(lines):
        now = time.perf_counter()
        if now - began > LONGEST_GROUP and index:
            lines = lines[:index]
            break
        if now - breathed > BREATH:
            await asyncio.sleep(0)
            breathed = time.perf_counter()
        if group.unwritten >= WRITTEN_AT_ONCE and not group.transaction.busy:
            group.write()
        await waiting.decide(group, index, line, trace, answers)
    waiting.leave(group, answers)
    if group.entries:
        group.write()
    turn.leave(group.left())
    if group.entries:
        await ledger.tell(await group.transaction.writer())
    await waiting.save(group)
    await save_months(await group.transaction.writer(), group.world)
    return [answers[index] for index in range(len(lines))]


@dataclass(slots=True)
class _Request:
    lines: Sequence[tuple[Line, str]]
    done: asyncio.Future[list[Answer]]
    answers: list[Answer] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Count the lines that are not answered yet."""
        return len(self.lines) - len(self.answers)

    @property
    def left(self) -> Sequence[tuple[Line, str]]:
        """Give the lines that are not answered yet."""
        return self.lines[len(self.answers) :]


class Intake:
    """The queue in front of the ledger: `submit` answers when the reports are durable."""

    def __init__(
        self,
        connections: Connections,
        clock: Callable[[], float] = time.time,
        approval: Sequence[ApprovalRule] = (),
    ) -> None:
        self._connections = connections
        self._approval = approval
        self._clock = clock
        self._queue: list[_Request] = []
        self._changed = asyncio.Event()
        self._number = 0
        self._alone = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to take groups."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Stop; requests that still wait are answered as unavailable."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for request in self._queue:
            if not request.done.done():
                request.done.set_exception(Unavailable())

    async def submit(self, lines: Sequence[tuple[Line, str]]) -> list[Answer]:
        """Have reports decided and made durable; raises Unavailable when the ledger cannot be written."""
        request = _Request(lines, asyncio.get_running_loop().create_future())
        self._queue.append(request)
        self._changed.set()
        return await request.done

    async def _work(self) -> None:
        before = Turn()
        before.end()
        async with asyncio.TaskGroup() as groups:
            while True:
                while not (self._queue and (before.over or self._ahead(before))):
                    self._changed.clear()
                    await self._changed.wait()
                turn = Turn(None if before.over else before, self._changed.set)
                groups.create_task(self._group(self._take(), turn))
                before = turn

    def _ahead(self, before: Turn) -> bool:
        """Say whether to begin before the group before is durable: many lines wait, and nobody else writes."""
        return before.held and self._alone and sum(request.size for request in islice(self._queue, AHEAD)) >= AHEAD

    def _take(self) -> list[_Request]:
        size = taken = 0
        for request in self._queue:
            if taken and size + request.size > LARGEST_GROUP:
                break
            size += request.size
            taken += 1
        group, self._queue = self._queue[:taken], self._queue[taken:]
        return group

    async def _group(self, requests: list[_Request], turn: Turn) -> None:
        try:
            await self._answered(requests, turn)
        except database.Unavailable:
            self._fail(requests)
        finally:
            turn.end()

    async def _answered(self, requests: list[_Request], turn: Turn) -> None:
        answers = deque(await self._decided([line for request in requests for line in request.left], turn))
        for request in requests:
            request.answers += [answers.popleft() for _ in request.left[: len(answers)]]
            if request.left:
                self._queue.append(request)
            elif not request.done.done():
                request.done.set_result(request.answers)

    async def _decided(self, lines: Sequence[tuple[Line, str]], turn: Turn) -> list[Answer]:
        """Decide the first of some lines in one transaction; where that fails, fewer, so that one sinks no other."""
        try:
            return await self._transaction(lines, turn)
        except database.Unavailable:
            raise
        except Overtaken:
            return await self._decided(lines, Turn())
        except Exception:  # noqa: BLE001 - whatever one report brings about, the others are decided
            _log.exception("a group could not be written", extra={"count": len(lines)})
        if len(lines) <= 1:
            return [Answer(line.report.id, problem=Internal()) for line, _ in lines]
        return await self._decided(lines[: len(lines) // 2], Turn())

    async def _transaction(self, lines: Sequence[tuple[Line, str]], turn: Turn) -> list[Answer]:
        acquire = self._connections.acquire
        async with acquire() as reading, acquire() as connection, connection.transaction():
            group = await self._begun(connection, reading, [line for line, _ in lines], turn)
            started = time.perf_counter()
            async with group.transaction.writing:
                answers = await _decided(group, turn, lines)
        turn.durable = True
        self._alone, self._number = turn.number == self._number + 1, turn.number
        if group.waiters.left_over:
            self._queue.append(_Request((), asyncio.get_running_loop().create_future()))
        group.counted.show(group.tail.position, len(group.repeated))
        metrics.BATCH_SECONDS.labels("intake").observe(time.perf_counter() - started)
        return answers

    async def _begun(self, connection: Connection, reading: Connection, lines: Sequence[Line], turn: Turn) -> Group:
        """Begin a group with what its lines mention: behind the lock, or ahead of it while the group before decides."""
        world, asked = World(), set[str]()
        if turn.before is None:
            head = await turn.take(connection)
            await prefetch(connection, world, lines)
        else:
            await prefetch(connection, world, lines)
            if turn.before.head is not None and turn.before.head.waiting:
                asked = await waiting.nobody_waits(connection, waiting.offered(lines, world))
            head, before, needs = await turn.follow(turn.before)
            world.go_on_from(before)
            asked -= needs
        group = Group(Transaction(connection, reading, turn), head, self._clock(), self._approval, world)
        group.waiters.asked = asked
        return group

    @staticmethod
    def _fail(requests: list[_Request]) -> None:
        for request in requests:
            if not request.done.done():
                request.done.set_exception(Unavailable())
