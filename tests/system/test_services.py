"""Does what is told through the door reach every service, and do all change when it is corrected?"""

import asyncio
import time
from typing import Any

import httpx
import pytest

from contracts.ids import uuid7
from contracts.topics import FACTS, topic
from kit.log.kafka import KafkaReader
from kit.log.records import Record
from services.events.store.replay import in_order
from tests.support.system import System, eventually
from tests.system.telling import REPORTS, Told, ask, bear, correct, report, tell

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]

BOUND_SECONDS = 10.0
PERSONS, HOUSEHOLDS, HISTORY = (f"/registry/v1/{about}/query" for about in ("persons", "households", "history"))
FEED = "/exchange/v1/feed"


async def published(system: System, told: Told) -> Record:
    """The record of a fact in the log, once it is there."""

    async def find() -> Record | None:
        reader = KafkaReader(system.wiring.bootstrap)
        await reader.start()
        try:
            records = [record async for record in in_order(reader, system.wiring.topic_prefix)]
        finally:
            await reader.stop()
        return next((record for record in records if record.position == told.position), None)

    found: Record = await eventually(find, f"position {told.position} in Kafka")
    return found


async def figures(system: System, area: str, position: int, **more: str) -> dict[str, int]:
    """Who stands in an area at the end of September 2025, by sex."""
    question = "".join(f"&{name}={value}" for name, value in more.items())
    path = f"/reporting/v1/population?unit={area}&month=2025-09&by=sex{question}"
    answer = await ask(system, "statistics", "GET", path, position)
    return {row["sex"]: row["value"] for row in answer.json()["rows"]}


async def follow(system: System, path: str, position: int) -> tuple[list[dict[str, Any]], str]:
    """All events of the health feed from an address on, and the address to go on at."""
    events: list[dict[str, Any]] = []
    while True:
        answer = await ask(system, "health", "GET", path, position)
        path = answer.headers["link"].partition(system.callers.base)[2].partition(">")[0]
        if not answer.json():
            return events, path
        events += answer.json()


async def test_a_report_becomes_one_fact_in_the_log_with_the_ledgers_bytes_and_hash(system: System) -> None:
    family = await bear(system)
    record = await published(system, family.birth)
    told = (await system.send("officer", "GET", f"/events/v1/facts/{family.birth.position}")).json()
    assert (record.topic, record.id) == (topic(system.wiring.topic_prefix, FACTS), family.birth.id)
    assert record.hash == told["hash"]
    assert record.key == family.area.rpartition("-")[0].encode()
    fate = (await system.send("officer", "GET", f"{REPORTS}/{family.birth.id}")).json()
    assert (fate["fate"], fate["position"]) == ("recorded", family.birth.position)
    assert "the same" in await system.run("services.events", "verify")


async def test_a_birth_is_in_the_registry_soon_and_its_correction_too_and_both_are_explained(system: System) -> None:
    family = await bear(system)
    began = time.monotonic()
    question = {"household": family.household}
    answer = (await ask(system, "officer", "POST", HOUSEHOLDS, family.birth.position, json=question)).json()
    assert time.monotonic() - began < BOUND_SECONDS
    members = {one["id"]: one for one in answer["households"][0]["members"]}
    assert members.keys() == {family.mother, family.child}
    assert members[family.child]["sex"] == "male"

    corrected = await correct(system, family.birth, sex="female")
    whom = {"person": family.child}
    now = (await ask(system, "officer", "POST", PERSONS, corrected.position, json=whom)).json()
    then = (await ask(system, "officer", "POST", PERSONS, json=whom | {"as_known": family.birth.position})).json()
    assert (now["persons"][0]["sex"], then["persons"][0]["sex"]) == ("female", "male")
    story = (await ask(system, "officer", "POST", HISTORY, json=whom)).json()["history"]
    assert {family.birth.position, corrected.position} <= positions_in(story)


def positions_in(story: Any) -> set[int]:
    """Every ledger position that a history names anywhere."""
    if isinstance(story, list):
        return set().union(*map(positions_in, story))
    if not isinstance(story, dict):
        return set()
    own = {value for name, value in story.items() if name == "position" and isinstance(value, int)}
    return own.union(*map(positions_in, story.values()))


async def test_a_birth_is_in_the_figures_soon_and_its_correction_changes_them_and_what_was_known_stays(
    system: System,
) -> None:
    family = await bear(system)
    began = time.monotonic()
    assert await figures(system, family.area, family.birth.position) == {"female": 1, "male": 1}
    assert time.monotonic() - began < BOUND_SECONDS
    corrected = await correct(system, family.birth, sex="female")
    assert await figures(system, family.area, corrected.position) == {"female": 2}
    known = str(family.birth.position)
    assert await figures(system, family.area, corrected.position, as_known=known) == {"female": 1, "male": 1}
    period = f"unit={family.area}&from=2025-08&to=2025-09"
    balance = await ask(system, "statistics", "GET", f"/reporting/v1/balance?{period}", corrected.position)
    assert balance.json()["difference"] == 0
    assert balance.json()["rows"][0]["births"] == 1


async def test_a_birth_is_in_the_health_feed_soon_and_its_correction_follows_and_a_look_up_shows_it(
    system: System,
) -> None:
    _, here = await follow(system, FEED, 0)
    began = time.monotonic()
    family = await bear(system)
    events, here = await follow(system, here, family.birth.position)
    assert time.monotonic() - began < BOUND_SECONDS
    (born,) = [event["data"] for event in events if event["data"]["person"] == family.child]
    assert (born["kind"], born["state"]["sex"]) == ("person.born", "male")
    corrected = await correct(system, family.birth, sex="female")
    events, _ = await follow(system, here, corrected.position)
    (changed,) = [event["data"] for event in events if event["data"]["person"] == family.child]
    assert changed["changed"] == ["sex"]
    assert changed["state"]["sex"] == "female"
    asked = {"person": family.child, "fields": ["sex", "name"]}
    answer = await ask(system, "health", "POST", "/exchange/v1/persons/query", corrected.position, json=asked)
    (found,) = answer.json()["results"]
    assert found["fields"]["sex"] == "female"


async def test_who_has_written_reads_it_in_every_service_and_is_told_when_that_cannot_be_yet(system: System) -> None:
    family = await bear(system)
    moved = await tell(system, report("person.died", on="2025-09-11", person=family.child))
    whom = {"household": family.household}
    household = await ask(system, "officer", "POST", HOUSEHOLDS, moved.position, json=whom)
    assert [one["id"] for one in household.json()["households"][0]["members"]] == [family.mother]
    assert await figures(system, family.area, moved.position) == {"female": 1}
    events, _ = await follow(system, FEED, moved.position)
    assert {family.child} == {event["data"]["person"] for event in events if event["data"]["kind"] == "person.died"}
    for refused in await far_ahead(system, moved.position + 1_000_000):
        assert refused.status_code == 412
        assert refused.json()["type"] == "/problems/position-not-reached"
        assert int(refused.headers["retry-after"]) >= 1
        assert int(refused.headers["socai-position"]) >= moved.position


async def far_ahead(system: System, position: int) -> list[httpx.Response]:
    """What each read service answers to whoever asks for a position that nobody has written yet."""
    asked = [
        system.send("officer", "POST", f"{PERSONS}?not_before={position}", json={"person": uuid7()}),
        system.send("statistics", "GET", f"/reporting/v1/population?not_before={position}"),
        system.send("health", "GET", f"{FEED}?not_before={position}"),
    ]
    return await asyncio.gather(*asked)
