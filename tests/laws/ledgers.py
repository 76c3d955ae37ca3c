"""How is one history after the other told to a real ledger, and what is the smallest one that breaks a law?"""

import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import msgspec
import pytest

from contracts.event import TYPE_PREFIX, Report
from deploy.local.databases import Database
from kit.process.database import Connections
from tests.laws.histories import HOMES, PEOPLE, Author, founding
from tests.laws.ledger_laws import (
    Timelines,
    check_chain,
    check_counters,
    check_following,
    check_halves,
    check_outcomes,
    check_second_ids,
    check_sheets,
    check_state_table,
    check_timelines,
)
from tests.laws.office_oracle import OfficeOracle
from tests.laws.senders import comes_at, day_of, sender_of
from tests.laws.telling import START, TABLES, Broken, Teller

History = list[list[Report]]
Law = Callable[[Teller], Awaitable[None]]
MOST_TRIALS = 200


@dataclass(frozen=True)
class Story:
    """Who makes a history up, who tells it beginning at which moment, and how many reports it has."""

    author: Callable[[int, OfficeOracle], Author] = Author
    teller: Callable[[Connections, float], Teller] = Teller
    begins: float = START
    shortest: int = 25
    longest: int = 60


LIVES = Story()


EXAMPLES = "SOCAI_LAW_EXAMPLES"


def examples(normally: int, part: int = 0, parts: int = 1) -> range:
    """Seeds of the histories to try: as many as fit into a normal run, or SOCAI_LAW_EXAMPLES of them.

    The parts of a law run beside one another where there are several workers.
    """
    return range(part, int(os.environ.get(EXAMPLES, str(normally))), parts)


def patience() -> pytest.MarkDecorator:
    """As long as that may take."""
    return pytest.mark.timeout(300 + 20 * int(os.environ.get(EXAMPLES, "0")))


class Ledgers:
    """One database, emptied before each history."""

    def __init__(self, database: Database, connections: Connections) -> None:
        self.database = database
        self.connections = connections

    @asynccontextmanager
    async def teller(self, story: Story = LIVES) -> AsyncIterator[Teller]:
        owner = await asyncpg.connect(self.database.owner_dsn)
        await owner.execute(f"truncate {TABLES}")
        await owner.close()
        teller = story.teller(self.connections, story.begins)
        await teller.intake.start()
        try:
            yield teller
        finally:
            await teller.intake.stop()

    async def check(self, teller: Teller) -> Timelines:
        """The laws of the write side alone."""
        check_chain(teller.rows)
        timelines = check_timelines(teller.rows, teller.oracle)
        async with self.connections.acquire() as connection:
            await check_state_table(connection, timelines)
            await check_second_ids(connection, teller.oracle)
            await check_outcomes(connection, teller.oracle)
            await check_halves(connection, teller)
            end = len(teller.rows)
            await check_following(connection, teller.oracle, end, random.Random(end))
        await check_counters(self.connections, teller)
        await check_sheets(self.connections, teller.oracle, random.Random(end))
        return timelines

    async def random(self, seed: int, law: Law, story: Story = LIVES, *, shrink: bool = True) -> None:
        """Tell one random history; where a law breaks, say with which, or with the smallest one that does."""
        history: History = [founding()]
        try:
            await self._random(seed, history, law, story)
        except Broken as broken:
            if not shrink:
                raise AssertionError(f"seed {seed}: {broken}\n{written(history)}") from broken
            smallest = await self._smallest(history, broken.law, law, story)
            shown = await self.broken_by(smallest, law, story) or broken
            raise AssertionError(f"seed {seed}: {shown}\n{written(smallest)}") from broken

    async def _random(self, seed: int, history: History, law: Law, story: Story) -> None:
        async with self.teller(story) as teller:
            await teller.tell(history[0])
            author = story.author(seed, teller.oracle)
            length = author.chance.randint(story.shortest, story.longest)
            while len(author.told) < length:
                history.append(author.batch())
                await teller.tell(history[-1])
            for batch in author.last():
                history.append(batch)
                await teller.tell(batch)
            await law(teller)

    async def broken_by(self, history: History, law: Law, story: Story = LIVES) -> Broken | None:
        """Tell a history that is given; say which law it breaks."""
        async with self.teller(story) as teller:
            try:
                for batch in history:
                    await teller.tell(batch)
                await law(teller)
            except Broken as broken:
                return broken
        return None

    async def _smallest(self, history: History, law_broken: str, law: Law, story: Story) -> History:
        trials = 0

        async def breaks(one: History) -> bool:
            nonlocal trials
            trials += 1
            if trials > MOST_TRIALS:
                return False
            found = await self.broken_by(one, law, story)
            return found is not None and found.law == law_broken

        flat = [[report] for batch in history for report in batch]
        best = flat if await breaks(flat) else history
        size = len(best) // 2
        while size:
            best = await _without(best, size, breaks)
            size //= 2
        for number in range(len(best)):
            batch = best[number]
            for report in batch if len(batch) > 1 else ():
                shorter = [[one for one in other if one is not report] for other in best]
                if shorter[number] and await breaks(shorter):
                    best = shorter
        return best


async def _without(history: History, size: int, breaks: Callable[[History], Awaitable[bool]]) -> History:
    """Leave out whatever pieces of a size are not needed to break the law."""
    start = 0
    while start < len(history):
        shorter = history[:start] + history[start + size :]
        if shorter and await breaks(shorter):
            history = shorter
        else:
            start += size
    return history


def written(history: Sequence[Sequence[Report]]) -> str:
    """A history as one reads it: a line a report, batches apart."""
    lines = []
    for batch in history:
        for report in batch:
            device = f" {report.device}:{report.devicesequence}" if report.device else ""
            sent = f"{day_of(comes_at(report))} {sender_of(report).client_id}{device} " if report.correlationid else ""
            kind = report.type.removeprefix(TYPE_PREFIX)
            lines.append(f"{report.id[-6:]} {sent}{kind} {msgspec.json.encode(report.data).decode()}")
        lines.append("")
    text = "\n".join(lines)
    for letter, pool in (("P", PEOPLE), ("H", HOMES)):
        for number, entity in enumerate(pool):
            text = text.replace(entity, f"{letter}{number}")
    return text
