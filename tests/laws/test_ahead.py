"""Is what a group decides while the one before is still being written the same as what it decides in turn?

A history is told batch by batch, then once more all batches at once, each a group: what is decided ahead takes over
what the group before has not written yet. Every table must come out the same, the hash chain with it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from kit.process.database import Connections
from services.events.intake import intake, waiting
from services.events.intake.answer import Answer
from services.events.intake.group import Group
from services.events.intake.intake import Intake
from services.events.intake.turn import Left, Turn
from tests.laws.histories import founding
from tests.laws.ledgers import LIVES, History, Ledgers, examples, patience, written
from tests.laws.senders import APPROVAL
from tests.laws.telling import TABLES, Teller

pytestmark = patience()
NORMALLY, PARTS = 100, 2
# Seconds that a group takes to become durable, so that the next one is decided meanwhile.
SLOW = 0.005

Seen = dict[str, list[Any]]


class _InTurn:
    """A history told batch by batch: what was told and answered at which moments, and what stands in the end."""

    def __init__(self) -> None:
        self.history: History = [founding()]
        self.moments: list[float] = []
        self.seen: Seen = {}

    async def tell(self, teller: Teller, seed: int) -> None:
        answers = [await self._told(teller)]
        author = LIVES.author(seed, teller.oracle)
        while len(author.told) < LIVES.shortest:
            self.history.append(author.batch())
            answers.append(await self._told(teller))
        for batch in author.last():
            self.history.append(batch)
            answers.append(await self._told(teller))
        self.seen = await _seen(teller, answers)

    async def _told(self, teller: Teller) -> list[Answer]:
        answers = await teller.tell(self.history[-1])
        # A teller's clock goes on by a second behind each submission.
        self.moments.append(teller.now - 1)
        return answers


class _AtOnce(Teller):
    """Tells at those moments."""

    def __init__(self, connections: Connections, now: float, moments: Sequence[float]) -> None:
        self.moments = iter(moments)
        super().__init__(connections, now)

    def new_intake(self, connections: Any = None) -> Intake:
        return Intake(connections or self.connections, clock=self.moments.__next__, approval=APPROVAL)


async def _seen(teller: Teller, answers: list[list[Answer]]) -> Seen:
    found: Seen = {"answers": [[answer.document("en") for answer in some] for some in answers]}
    async with teller.connections.acquire() as connection:
        for table in TABLES.split(", "):
            rows = await connection.fetch(f"select * from {table}")  # noqa: S608 - names of ours
            found[table] = sorted(map(tuple, rows), key=repr)
    return found


@pytest.mark.parametrize("part", range(PARTS))
async def test_what_is_decided_ahead_is_what_is_decided_in_turn(
    ledgers: Ledgers, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead: list[Left] = []
    follow, save = Turn.follow, waiting.save

    async def followed(turn: Turn, before: Turn) -> Left:
        ahead.append(await follow(turn, before))
        return ahead[-1]

    async def saved(group: Group) -> None:
        await asyncio.sleep(SLOW)
        await save(group)

    monkeypatch.setattr(Turn, "follow", followed)
    monkeypatch.setattr(waiting, "save", saved)
    for name, few in {"LARGEST_GROUP": 1, "AHEAD": 1, "WRITTEN_AT_ONCE": 2, "BREATH": 0.0}.items():
        monkeypatch.setattr(intake, name, few)
    groups = 0
    for seed in examples(NORMALLY, part, PARTS):
        in_turn = _InTurn()
        async with ledgers.teller() as teller:
            await in_turn.tell(teller, seed)
        groups += len(in_turn.history)
        async with ledgers.teller(replace(LIVES, teller=partial(_AtOnce, moments=in_turn.moments))) as teller:
            answers = await asyncio.gather(*(teller.submit(batch) for batch in in_turn.history))
            at_once = await _seen(teller, answers)
        for what, seen in in_turn.seen.items():
            assert at_once[what] == seen, f"seed {seed}, {what}\n{written(in_turn.history)}"
    assert len(ahead) > groups * 3 / 4
