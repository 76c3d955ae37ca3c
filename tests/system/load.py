"""How do several senders bring whole households in bulk, sending again what was not answered?

What they tell is all true and goes in, in whatever order it comes; so who must stand on the books in the end is known
without asking anybody.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from contracts.ids import uuid7
from tests.support.system import System
from tests.system.telling import NDJSON, REPORTS, named, report

BATCH = 25
PATIENCE = 120.0
PAUSE = 0.1
SERVER_ERROR, OK = 500, 200

Report = dict[str, Any]


@dataclass
class Load:
    """`members` says who must stand in which household; `answers` what each report was answered, by its id."""

    system: System
    areas: list[str]
    members: dict[str, set[str]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    voided: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    again: int = 0
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def people(self) -> int:
        return sum(map(len, self.members.values()))

    def tell(self, households: int) -> list[list[Report]]:
        """What each sender, one an area, tells next: households, and what happens in them at once."""
        ids = [[uuid7() for _ in range(households)] for _ in self.areas]
        self.members |= {household: set() for own in ids for household in own}
        return [
            [
                told
                for n, household in enumerate(own)
                # Who moves goes to another sender's household, which may not be on the books yet.
                for told in self._live(n, self.areas[sender], household, ids[(sender + 1) % len(ids)][n])
            ]
            for sender, own in enumerate(ids)
        ]

    def _live(self, n: int, area: str, household: str, other: str) -> list[Report]:
        mother, father, old, child = (uuid7() for _ in range(4))
        members = [
            {"person": mother, "sex": "female", "birth": "1995-04-01", "personal": named("Phạm Thị Hoa")},
            {"person": father, "sex": "male", "birth": "1993"},
            {"person": old, "sex": "male", "birth": "1941-02"},
        ]
        born = report("person.born", on="2025-09-10", person=child, household=household, mother=mother, sex="male")
        told = [
            report("household.registered", on="2025-08-01", household=household, area=area, members=members),
            born,
        ]
        here = self.members[household]
        here |= {mother, father, old, child}
        if n % 2:
            told.append(report("person.died", on="2025-10-01", person=old))
            here.discard(old)
        if n % 3 == 0:
            told.append(report("person.moved", on="2025-11-01", person=father, household=other))
            here.discard(father)
            self.members[other].add(father)
        if n % 4 == 0:
            told.append(report("fact.corrected", fact=born["id"], changes={"sex": "female"}))
        elif n % 4 == 1:
            told.append(report("fact.voided", fact=born["id"]))
            self.voided.add(born["id"])
            here.discard(child)
        return told

    def begin(self, households: int) -> "list[asyncio.Task[None]]":
        """Let every sender send its next share."""
        self._answered.clear()
        return [asyncio.create_task(self.send(share)) for share in self.tell(households)]

    async def some_answered(self) -> None:
        """Returns while most of what was begun is still under way."""
        await self._answered.wait()

    async def send(self, reports: list[Report]) -> None:
        """Batch after batch, each until every line of it has its answer."""
        for start in range(0, len(reports), BATCH):
            left = {told["id"]: told for told in reports[start : start + BATCH]}
            deadline = time.monotonic() + PATIENCE
            while left:
                for answer in await self._post(list(left.values())):
                    if answer.get("problem", {}).get("status", OK) < SERVER_ERROR:
                        self._keep(answer)
                        del left[answer["id"]]
                if left:
                    assert time.monotonic() < deadline, f"not answered: {len(left)} reports; {self.statuses}"
                    self.again += len(left)
                    await asyncio.sleep(PAUSE)
            self._answered.set()

    async def _post(self, reports: list[Report]) -> list[dict[str, Any]]:
        body = b"\n".join(map(msgspec.json.encode, reports))
        try:
            answer = await self.system.send(
                "officer", "POST", REPORTS, content=body, headers={"Content-Type": NDJSON}, timeout=20
            )
        except httpx.TransportError:
            self.statuses[0] += 1
            return []
        self.statuses[answer.status_code] += 1
        if answer.status_code >= SERVER_ERROR:
            return []
        assert answer.status_code == OK, answer.text
        return [msgspec.json.decode(line) for line in answer.content.splitlines()]

    def _keep(self, answer: dict[str, Any]) -> None:
        told_before = {"voided"} if answer.get("duplicate") else set()
        assert answer["fate"] in {"recorded", "waiting"} | told_before, answer
        self.answers[answer["id"]] = answer
