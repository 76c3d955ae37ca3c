"""Does every report keep one fate when collaborators, telephones and offices talk across each other?

Groups of reports at random, most of them about a few people who may not be there yet; also decided ahead of the group
before, by two processes on one ledger, and where a group has room for two of those that waited.
"""

import asyncio
import random
from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.fact import STREAM_FACTS, decode_report_entry
from contracts.ids import uuid7
from kit.auth.access import Access
from services.events.deciding.needs import READY, SEQUENCE, turn_in
from services.events.intake import intake as intakes
from services.events.intake import pulling
from services.events.intake.intake import Intake
from services.events.queries.devices import counters
from services.events.report.parse import check
from services.events.state.world import WAITING
from tests.services.events.telling import AREA, COMMUNE, Teller, ids, report
from tests.services.events.test_office import COLLABORATOR, OFFICER, decision

ROUNDS, GROUPS, LARGEST = 10, 4, 12
PEOPLE, HOMES = [f"p{n}" for n in range(6)], [f"h{n}" for n in range(3)]
DEVICES = ("one", "other")
WAYS = ("plain", "ahead", "two", "approval")
Sent = tuple[Report, Access]


class Talk:
    """What is told by whom, and told again."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.sent: list[Sent] = []
        self.numbers = dict.fromkeys(DEVICES, 0)

    def group(self, waits: list[str]) -> list[Sent]:
        """Some reports; offices mostly decide about what waits."""
        made = [self._one(waits) for _ in range(self.chance.randint(3, LARGEST))]
        return [one for one in made if one is not None]

    def _one(self, waits: list[str]) -> Sent | None:
        if self.sent and self.chance.random() < 0.06:
            return self.chance.choice(self.sent)
        told = self._told() if self.chance.random() < 0.5 else self._amends(waits)
        if told is not None:
            self.sent.append(told)
        return told

    def _told(self) -> Sent:
        person, home = (getattr(ids, self.chance.choice(names)) for names in (PEOPLE, HOMES))
        on = {"on": f"2025-04-{self.chance.randint(1, 20):02}"}
        kind, data = self.chance.choice(
            [
                ("person.died", on | {"person": person}),
                ("person.arrived", on | {"person": person, "household": home, "sex": "female"}),
                ("person.left", on | {"person": person, "destination": "inside_country", "place": COMMUNE}),
                ("person.moved", on | {"person": person, "household": home}),
                ("person.born", on | {"person": person, "household": home, "sex": "female"}),
                ("household.registered", {"on": "2025-01-01", "household": home, "area": AREA}),
            ]
        )
        one = report(kind, data)
        if self.chance.random() < 0.5:
            device = self.chance.choice(DEVICES)
            # Now and then a telephone loses a number.
            self.numbers[device] += 2 if self.chance.random() < 0.15 else 1
            one = msgspec.structs.replace(one, device=device, devicesequence=self.numbers[device])
        return one, COLLABORATOR

    def _amends(self, waits: list[str]) -> Sent | None:
        lately = [one.id for one, _ in self.sent[-25:]]
        some = waits if waits and self.chance.random() < 0.8 else lately
        if not some:
            return None
        one, more = self.chance.choice(some), sorted(set(self.chance.choices(some, k=2)))
        return (
            self.chance.choice(
                [
                    report("fact.voided", {"fact": self.chance.choice(lately or some)}),
                    decision("reports.returned", reports=[one], reason="Nhầm"),
                    decision("reports.returned", reports=more, reason="Nhầm"),
                    decision("reports.approved", reports=[one]),
                    decision("report.amended", report=one, correction=uuid7(), changes={"on": "2025-04-09"}),
                    decision("report.advanced", report=one),
                ]
            ),
            OFFICER,
        )


async def waiting_now(teller: Teller) -> list[str]:
    """What waits and not for its turn, once nothing is about to be decided any more."""
    async with asyncio.timeout(20), teller.connections.acquire() as connection:
        while await connection.fetchval("select count(*) from waiting where need = $1", READY):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        found = await connection.fetch(
            "select report from waiting where not starts_with(need, $1) order by report", SEQUENCE
        )
    return [row["report"] for row in found]


async def hold(teller: Teller) -> None:
    """Every report has one fate, and it is the one that the ledger tells last."""
    async with teller.connections.acquire() as connection:
        waits = {row["report"]: row for row in await connection.fetch("select * from waiting")}
        outcomes = {row["report"]: row for row in await connection.fetch("select * from outcome")}
        entries = await connection.fetch("select stream, report, body from ledger order by position")
        halves = {row["key"] for row in await connection.fetch("select key from half where side = 'arrival'")}
    last: dict[str, str] = {}
    for entry in entries:
        assert last.get(entry["report"], "waiting") in WAITING, "what has ended goes on"
        is_fact = entry["stream"] == STREAM_FACTS
        last[entry["report"]] = "recorded" if is_fact else decode_report_entry(entry["body"]).fate
    fates = {one: "recorded" if row["fate"] == "voided" else row["fate"] for one, row in outcomes.items()}
    assert {one: fates[one] for one in last} == last
    assert {one for one, fate in fates.items() if fate in WAITING} == set(waits)
    assert all(row["decided"] is None or row["approved"] for row in waits.values()), "what was returned waits"
    assert halves <= waits.keys()
    ended = {(row["sender"], row["device"], row["sequence"]) for one, row in outcomes.items() if one not in waits}
    turns = [turn_in(row["need"]) for row in waits.values() if row["need"].startswith(SEQUENCE)]
    assert not ended & {(*device.split("/"), number) for device, number in turns}, "a turn that was given is waited for"
    for device in DEVICES:
        counted = await counters(teller.connections, COLLABORATOR.client_id, device)
        assert counted["sent"] == sum(counted["counts"].values())


@pytest.mark.parametrize("room", [2, 1_000])
@pytest.mark.parametrize("way", WAYS)
async def test_every_report_keeps_one_fate(
    family: Teller, another: Intake, monkeypatch: pytest.MonkeyPatch, way: str, room: int
) -> None:
    monkeypatch.setattr(pulling, "MOST_AT_ONCE", room)
    if way in {"ahead", "approval"}:
        monkeypatch.setattr(intakes, "AHEAD", 1)
    if way == "approval":
        kinds = frozenset({"person.died", "person.arrived"})
        family.office_sees_first(*kinds)
    talk = Talk(WAYS.index(way) * 10 + room)
    for _ in range(ROUNDS):
        waits = await waiting_now(family)
        told: list[Any] = []
        for number in range(GROUPS):
            lines = [(check(*one), "") for one in talk.group(waits)]
            intake = another if way == "two" and number % 2 else family.intake
            told.append(asyncio.create_task(intake.submit(lines)))
            await asyncio.sleep(talk.chance.choice((0, 0.002, 0.01)))
        answers = [answer for group in await asyncio.gather(*told) for answer in group]
        assert all(type(answer.problem).__name__ != "Internal" for answer in answers)
        await waiting_now(family)
        await hold(family)
    async with family.connections.acquire() as connection:
        fates = {row["fate"] for row in await connection.fetch("select distinct fate from outcome")}
    assert {"recorded", "returned", "refused", "waiting"} <= fates
