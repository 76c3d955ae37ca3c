"""Is anything lost or doubled when parts and processes die in the middle of the work, and do all then go on?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Any

import asyncpg
import httpx
import pytest

from tests.support.system import MEMBERS, System, eventually, opened
from tests.system.load import Load
from tests.system.measuring import metrics, total
from tests.system.own_parts import KAFKA, POSTGRES, OwnParts, strike
from tests.system.telling import CANARY, COMMUNE, JSON, REPORTS, ask, bear, new_area, places, report, tell

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("failures"), pytest.mark.timeout(600)]

CLIENTS = ("officer", "health", "statistics", "operator")
SENDERS, HOUSEHOLDS = 4, 24
READS = ("registry", "reporting", "exchange")
PROJECTORS = tuple(f"{name}-projector" for name in READS)
HOUSEHOLD = "/registry/v1/households/query"
FEED = "/exchange/v1/feed"


@pytest.fixture(scope="module")
async def fragile(parts: OwnParts, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """A system of whose parts and processes each may be killed."""
    folder = tmp_path_factory.mktemp("fragile")
    async with opened(folder, parts.bootstrap, parts.databases()) as system:
        for established in places():
            await tell(system, established)
        yield system


async def post(system: System, told: dict[str, Any]) -> httpx.Response:
    return await system.send("officer", "POST", REPORTS, json=told, headers={"Content-Type": JSON})


async def test_while_kafka_is_away_reports_are_recorded_and_reads_go_on_and_then_it_catches_up(
    fragile: System, parts: OwnParts
) -> None:
    family = await bear(fragile)
    whom = {"household": family.household}
    before = await ask(fragile, "officer", "POST", HOUSEHOLD, family.birth.position, json=whom)
    parts.kill(KAFKA)
    death = await tell(fragile, report("person.died", on="2025-10-01", person=family.child))
    old = await fragile.send("officer", "POST", HOUSEHOLD, json=whom)
    assert old.json()["households"] == before.json()["households"], "what was known is still answered"
    assert int(old.headers["socai-position"]) < death.position, "and the answer says how old it is"
    for name in PROJECTORS:
        await eventually(partial(says_not_ready, fragile, name), f"{name} says that it is not ready")
    relay = await metrics(fragile, "events-relay")
    assert total(relay, "socai_relay_lag_facts") == 1
    assert total(relay, "socai_relay_lag_seconds") > 0
    status = await fragile.send("operator", "GET", "/registry/v1/status")
    assert {one["position"] for one in status.json()["projections"]} == {int(old.headers["socai-position"])}
    await parts.start(KAFKA)
    after = await ask(fragile, "officer", "POST", HOUSEHOLD, death.position, json=whom)
    assert [one["id"] for one in after.json()["households"][0]["members"]] == [family.mother]


async def test_while_postgresql_is_away_everybody_is_asked_to_come_again_and_then_all_goes_on(
    fragile: System, parts: OwnParts
) -> None:
    family = await bear(fragile)
    await fragile.callers.renew(*CLIENTS)
    death = report("person.died", on="2025-10-02", person=family.child)
    whom = {"household": family.household}
    parts.kill(POSTGRES)
    for refused in (await post(fragile, death), await fragile.send("officer", "POST", HOUSEHOLD, json=whom)):
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
        assert int(refused.headers["retry-after"]) >= 1
    for name in ("events-api", "registry-api"):
        assert await says_not_ready(fragile, name)
    await parts.start(POSTGRES)

    async def recorded() -> httpx.Response | None:
        answer = await post(fragile, death)
        return None if answer.status_code == 503 else answer

    answer: httpx.Response = await eventually(recorded, "reports are taken again")
    assert answer.status_code == 201, answer.text
    told = await ask(fragile, "officer", "POST", HOUSEHOLD, answer.json()["position"], json=whom)
    assert [one["id"] for one in told.json()["households"][0]["members"]] == [family.mother]
    await asyncio.gather(*(fragile.ready(name) for name in MEMBERS))


async def says_not_ready(system: System, name: str) -> bool:
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.get(f"{system.address(name)}/readyz")).status_code == 503


class Partner:
    """Follows the health feed all the time, asking again where nobody answers; `positions` may only rise."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._path = FEED
        self.events: list[str] = []
        self.positions = [0]
        self.statuses: set[int] = set()

    async def run(self) -> None:
        while True:
            await self.step()

    async def step(self) -> int:
        """Take a page; how many events it had."""
        try:
            answer = await self._system.send("health", "GET", self._path, timeout=20)
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            return 0
        self.statuses.add(answer.status_code)
        if answer.status_code != 200:
            await asyncio.sleep(0.1)
            return 0
        self.positions.append(int(answer.headers["socai-position"]))
        self._path = answer.headers["link"].partition(self._system.callers.base)[2].partition(">")[0] + "&timeout=500"
        self.events += [event["id"] for event in answer.json()]
        return len(answer.json())


async def test_whatever_is_killed_in_the_middle_of_a_load_nothing_is_lost_or_doubled(
    fragile: System, parts: OwnParts
) -> None:
    areas = [new_area() for _ in range(SENDERS)]
    for _, established in areas:
        await tell(fragile, established)
    load, partner = Load(fragile, [area for area, _ in areas]), Partner(fragile)
    following = asyncio.create_task(partner.run())
    for victim in (*MEMBERS, POSTGRES, KAFKA):
        await fragile.callers.renew(*CLIENTS)
        sending = load.begin(HOUSEHOLDS)
        await load.some_answered()
        assert not all(task.done() for task in sending), "it dies in the middle of the load"
        await strike(fragile, parts, victim)
        await asyncio.gather(*sending)
    head = await settled(fragile)
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    await every_report_has_one_fate(fragile, load)
    await every_service_counts_the_same(fragile, load, head)
    await the_feed_was_followed_without_gap_or_repetition(fragile, partner, head)
    assert "both are the same" in await fragile.run("services.events", "verify")
    await asyncio.gather(*(fragile.run(f"services.{name}", "rebuild") for name in READS))
    await every_service_counts_the_same(fragile, load, head)
    assert (load.statuses.keys() | partner.statuses) <= {0, 200, 503, 504}
    assert load.again, "something was under way when the write side died"
    assert [name for name in MEMBERS if CANARY in fragile.log(name)] == []


async def settled(system: System) -> int:
    """The head of the ledger, once nothing waits and every service is complete up to it."""

    async def nothing_waits() -> int | None:
        answer = await system.send("operator", "GET", "/events/v1/status")
        return answer.json()["position"] if answer.status_code == 200 and not answer.json()["waiting"] else None

    head: int = await eventually(nothing_waits, "a ledger in which nothing waits")
    for name in READS:
        await ask(system, "operator", "GET", f"/{name}/v1/status", head)
    return head


async def every_report_has_one_fate(system: System, load: Load) -> None:
    fates: dict[str, dict[str, Any]] = {}
    path = f"{REPORTS}?limit=1000"
    while path:
        page = (await system.send("officer", "GET", path)).json()
        assert not fates.keys() & {one["id"] for one in page["reports"]}
        fates |= {one["id"]: one for one in page["reports"]}
        path = f"{REPORTS}?limit=1000&cursor={page['cursor']}" if page["cursor"] else ""
    assert load.answers.keys() <= fates.keys()
    for report_, answer in load.answers.items():
        assert fates[report_]["fate"] == ("voided" if report_ in load.voided else "recorded")
        if answer["fate"] == "recorded":
            assert fates[report_]["position"] == answer["position"], "what was answered stands"
    positions = [one["position"] for one in fates.values()]
    assert len(set(positions)) == len(positions)


async def every_service_counts_the_same(system: System, load: Load, head: int) -> None:
    months = f"unit={COMMUNE}&month=2025-12&by=area"
    answer = await ask(system, "statistics", "GET", f"/reporting/v1/population?{months}", head)
    counted = {row["unit"]: row["value"] for row in answer.json()["rows"]}
    assert sum(counted[area] for area in load.areas) == load.people
    connection = await asyncpg.connect(system.wiring.databases["socai_registry"].reader_dsn)
    try:
        rows = await connection.fetch("select id::text, household::text from person where household is not null")
    finally:
        await connection.close()
    housed: dict[str, set[str]] = {}
    for person, household in rows:
        housed.setdefault(household, set()).add(person)
    assert {household: housed.get(household, set()) for household in load.members} == load.members
    for household in list(load.members)[:: HOUSEHOLDS * SENDERS]:
        told = await ask(system, "officer", "POST", HOUSEHOLD, head, json={"household": household})
        assert {one["id"] for one in told.json()["households"][0]["members"]} == load.members[household]


async def the_feed_was_followed_without_gap_or_repetition(system: System, partner: Partner, head: int) -> None:
    assert partner.positions == sorted(partner.positions), "no answer ever knew less than one before"
    while await partner.step():
        pass
    again = Partner(system)
    while again.positions[-1] < head or await again.step():
        await again.step()
    assert len(set(partner.events)) == len(partner.events)
    assert partner.events == again.events
