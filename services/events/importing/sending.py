"""How do reports that were checked go through the ordinary intake, and what does a rehearsal say that sends nothing?"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from kit.http.problems import Unavailable
from kit.process.database import Connections
from services.events.importing.drafts import Places
from services.events.importing.prepared import Prepared
from services.events.importing.verdicts import Fault, Verdict, codes_of
from services.events.intake import waiting
from services.events.intake.answer import Answer
from services.events.intake.group import Group
from services.events.intake.intake import Intake
from services.events.intake.prefetch import prefetch
from services.events.intake.turn import Transaction
from services.events.report.line import Line
from services.events.settings import ApprovalRule
from services.events.store import ledger

AT_ONCE = 1_000
# While one batch becomes durable a second is decided, and a third is made ready whenever those wait for the database.
UNDER_WAY = 3
TURNS = 25
PATIENCE = 120.0
# What becomes of a report that would follow one which was refused: the other's verdict speaks for the rows.
NOT_SENT = "held-back"
Submit = Callable[[Sequence[Line]], Awaitable[list[Answer]]]


def submitter(intake: Intake, stopping: asyncio.Event) -> Submit:
    """Submit lines, again and again while the ledger is away for a moment: repeating is safe. Not once it is to stop:
    whoever ended the servers too would else wait for them.
    """

    async def submit(lines: Sequence[Line]) -> list[Answer]:
        until, wait = time.monotonic() + PATIENCE, 0.5
        while True:
            try:
                return await intake.submit([(line, "") for line in lines])
            except Unavailable:
                if time.monotonic() + wait > until or stopping.is_set():
                    raise
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), wait)
            wait = min(2 * wait, 10.0)

    return submit


def rehearser(readers: Connections, approval: Sequence[ApprovalRule]) -> Submit:
    """Decide lines as the intake would, in a transaction that only reads: nothing is kept and nobody waits."""

    async def submit(lines: Sequence[Line]) -> list[Answer]:
        async with readers.snapshot() as connection:
            head = await ledger.head(connection)
            group = Group(Transaction(connection, connection), head, time.time(), approval)
            await prefetch(connection, group.world, lines)
            await waiting.expect(group, lines)
            answers: dict[int, Answer] = {}
            for index, line in enumerate(lines):
                await waiting.decide(group, index, line, "", answers)
            waiting.leave(group, answers)
            return [answers[index] for index in range(len(lines))]

    return submit


class Sender:
    """Sends what was prepared, some batches under way at a time; `take` gets verdicts in order, batch by batch.

    What follows another report is sent when that one is taken, and by a `rehearsed` run not at all: it rests on what
    was not recorded.
    """

    def __init__(
        self, submit: Submit, take: Callable[[list[Prepared], list[Answer]], None], *, rehearsed: bool = False
    ) -> None:
        self._submit, self._take, self._rehearsed = submit, take, rehearsed
        self._batch: list[Prepared] = []
        self._under_way: deque[tuple[list[Prepared], asyncio.Task[list[Answer]]]] = deque()

    async def add(self, one: Prepared) -> None:
        """Take one more; waits while enough is under way. What follows a report goes with it."""
        if len(self._batch) >= AT_ONCE and not one.follows:
            await self._send()
        self._batch.append(one)
        if len(self._batch) % TURNS == 0:
            await asyncio.sleep(0)

    async def finish(self) -> None:
        """Send what is left and wait for all answers."""
        if self._batch:
            await self._send()
        while self._under_way:
            await self._settle()

    async def _send(self) -> None:
        batch, self._batch = self._batch, []
        self._under_way.append((batch, asyncio.create_task(self._submitted(batch))))
        await asyncio.sleep(0)
        while len(self._under_way) >= UNDER_WAY:
            await self._settle()

    async def _submitted(self, batch: Sequence[Prepared]) -> list[Answer]:
        first = iter(await self._submit([one.line for one in batch if not one.follows]))
        taken, answers = True, list[Answer | None]()
        for one in batch:
            if not one.follows:
                answer = next(first)
                taken = answer.problem is None
                answers.append(answer)
            elif not taken or self._rehearsed:
                answers.append(Answer(one.line.report.id, "recorded" if taken else NOT_SENT))
            else:
                answers.append(None)
        following = [one.line for one, answer in zip(batch, answers, strict=True) if answer is None]
        rest = iter(await self._submit(following) if following else ())
        return [next(rest) if answer is None else answer for answer in answers]

    async def _settle(self) -> None:
        batch, task = self._under_way.popleft()
        try:
            answers = await task
        except BaseException:
            for _, other in self._under_way:
                other.cancel()
            raise
        self._take(batch, answers)


def fate_of(answer: Answer) -> str:
    """Name what became of a report; what was told before and waits since is not on the books, and waits still."""
    fate = answer.fate or "refused"
    known = answer.duplicate and answer.problem is None and fate == "recorded"
    return "duplicate" if known else fate


def verdicts_of(one: Prepared, answer: Answer, places: Places, *, rehearsed: bool = False) -> list[Verdict]:
    """Say of each row what became of its report; what the record refuses stands at the report's first row, in the cell
    that likely tells it, and there also why it was handed over. `places`: where the fields of its table stand.
    """
    fate = fate_of(answer)
    if rehearsed and fate == "recorded":
        fate = "ready"
    if one.follows and fate in ("recorded", "ready", "duplicate", NOT_SENT):
        return []
    faults: dict[int, list[Fault]] = {}
    if answer.problem is not None:
        fate = "refused"
        faults[one.rows[0]] = [places.contradicted(one.rows[0], code) for code in codes_of(answer.problem)]
    told = [*one.warnings, *(Fault(one.rows[0], code) for code in (*answer.notes, *answer.reasons))]
    notes: dict[int, list[Fault]] = {}
    for note in told:
        notes.setdefault(note.row, []).append(note)
    return [Verdict(one.table, row, fate, tuple(faults.get(row, ())), tuple(notes.get(row, ()))) for row in one.rows]
