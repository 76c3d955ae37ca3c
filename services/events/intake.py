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

from contracts.calendar import today
from kit import database, metrics
from kit.database import Connections
from kit.problems import Internal, Unavailable
from services.events import ledger, waiting
from services.events.answer import Answer
from services.events.group import Group
from services.events.line import Line
from services.events.month_rows import save_months
from services.events.prefetch import prefetch
from services.events.settings import ApprovalRule

LARGEST_GROUP = 2_000
# Seconds after which what a group has not decided yet goes to the end of the queue.
LONGEST_GROUP = 2.0
# Seconds of deciding after which the process answers others for a tenth of that time.
BREATH = 0.05
# What is decided is written this many entries at a time, while the next are decided: PostgreSQL and its disk work
# meanwhile, and the writer lock is held for that much less. One look at the connection in so many reports.
WRITTEN_AT_ONCE, TURNS = 400, 16
_log = logging.getLogger("socai.events.intake")


async def _decided(group: Group, lines: Sequence[tuple[Line, str]]) -> list[Answer]:
    """Decide lines in order for as long as there is time, and what waited for them, and write it down."""
    await prefetch(await group.connection(), group.world, [line for line, _ in lines])
    await waiting.expect(group, [line for line, _ in lines])
    answers: dict[int, Answer] = {}
    await waiting.settle(group, answers)
    began = breathed = time.perf_counter()
    for index, (line, trace) in enumerate(lines):
        if time.perf_counter() - began > LONGEST_GROUP and index:
            lines = lines[:index]
            break
        if time.perf_counter() - breathed > BREATH:
            await asyncio.sleep((time.perf_counter() - breathed) / 10)
            breathed = time.perf_counter()
        if group.unwritten >= WRITTEN_AT_ONCE:
            await group.write()
        if group.writing.busy and index % TURNS == 0:
            await asyncio.sleep(0)
        await waiting.decide(group, index, line, trace, answers)
    waiting.leave(group, answers)
    if group.entries:
        await group.write()
        await ledger.tell(await group.connection())
    await waiting.save(group)
    await save_months(await group.connection(), group.world)
    return [answers[index] for index in range(len(lines))]


@dataclass(slots=True)
class _Request:
    lines: Sequence[tuple[Line, str]]
    done: asyncio.Future[list[Answer]]
    answers: list[Answer] = field(default_factory=list)

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
        self._arrived = asyncio.Event()
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
        self._arrived.set()
        return await request.done

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._queue:
                group = self._take()
                try:
                    await self._group(group)
                except database.Unavailable:
                    self._fail(group)

    def _take(self) -> list[_Request]:
        size = taken = 0
        for request in self._queue:
            if taken and size + len(request.left) > LARGEST_GROUP:
                break
            size += len(request.left)
            taken += 1
        group, self._queue = self._queue[:taken], self._queue[taken:]
        return group

    async def _group(self, requests: list[_Request]) -> None:
        answers = deque(await self._decided([line for request in requests for line in request.left]))
        for request in requests:
            request.answers += [answers.popleft() for _ in request.left[: len(answers)]]
            if request.left:
                self._queue.append(request)
            elif not request.done.done():
                request.done.set_result(request.answers)

    async def _decided(self, lines: Sequence[tuple[Line, str]]) -> list[Answer]:
        """Decide the first of some lines in one transaction; where that fails, fewer, so that one sinks no other."""
        try:
            return await self._transaction(lines)
        except database.Unavailable:
            raise
        except Exception:  # noqa: BLE001 - whatever one report brings about, the others are decided
            _log.exception("a group could not be written", extra={"count": len(lines)})
        if len(lines) <= 1:
            return [Answer(line.report.id, problem=Internal()) for line, _ in lines]
        return await self._decided(lines[: len(lines) // 2])

    async def _transaction(self, lines: Sequence[tuple[Line, str]]) -> list[Answer]:
        started = time.perf_counter()
        async with self._connections.acquire() as connection, connection.transaction():
            head = await ledger.lock(connection)
            now = self._clock()
            recorded_at = max(int(now * 1_000_000), head.recorded_at)
            group = Group(connection, head, recorded_at, today(now), self._approval)
            async with group.writing:
                answers = await _decided(group, lines)
        if group.left_over:
            self._queue.append(_Request((), asyncio.get_running_loop().create_future()))
        group.counted.show(group.tail.position, len(group.repeated))
        metrics.BATCH_SECONDS.labels("intake").observe(time.perf_counter() - started)
        return answers

    @staticmethod
    def _fail(requests: list[_Request]) -> None:
        for request in requests:
            if not request.done.done():
                request.done.set_exception(Unavailable())
