"""What can an office do about what a telephone told behind numbers that it lost?"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from deploy.local.databases import Database
from services.events.intake import pulling, waiting
from services.events.intake.answer import Answer
from services.events.intake.group import Group
from services.events.queries.devices import counters
from services.events.report.parse import check
from tests.services.events.conftest import build
from tests.services.events.telling import FAR, Teller, ids, report
from tests.services.events.test_office import COLLABORATOR, ELSEWHERE, OFFICER, decision, fate, reasons, told
from tests.services.events.test_restore import comes_back
from tests.support.topics import Topics


def birth(number: int, name: str = "") -> Report:
    """What a telephone tells under one of its numbers."""
    person = getattr(ids, name or f"baby{number}")
    born = {"on": "2025-04-01", "person": person, "household": ids.home, "sex": "female"}
    return report("person.born", born, device="phone", devicesequence=number)


async def advance(teller: Teller, one: Report, access: Any = OFFICER) -> Answer:
    return await told(teller, decision("report.advanced", report=one.id), access)


async def fates(teller: Teller, *reports: Report) -> list[str]:
    return [(await fate(teller, one))[0] for one in reports]


async def needs(teller: Teller) -> dict[str, str]:
    async with teller.connections.acquire() as connection:
        return {one["report"]: one["need"] for one in await connection.fetch("select report, need from waiting")}


async def become(teller: Teller, wanted: list[str], *reports: Report) -> None:
    """Wait until the intake, which does so by itself, has given reports their fates."""
    async with asyncio.timeout(10):
        while await fates(teller, *reports) != wanted:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)


@pytest.fixture
async def broken(family: Teller) -> list[Report]:
    """A telephone that lost its numbers 2 and 5: what it told under 1, 3, 4, 6 and 7."""
    sent = [birth(number) for number in (1, 3, 4, 6, 7)]
    for one in reversed(sent):
        await told(family, one)
    assert await fates(family, *sent) == ["recorded", *["waiting"] * 4]
    return sent


async def test_what_waits_for_a_number_that_its_device_lost_is_decided_without_it(
    family: Teller, broken: list[Report]
) -> None:
    _, third, fourth, sixth, seventh = broken
    assert (await advance(family, fourth)).fate == "recorded"
    assert await fates(family, third, fourth, sixth, seventh) == ["recorded", "recorded", "waiting", "waiting"]
    facts = [fact.cause for _, fact in await family.facts() if fact.cause.device]
    assert [(cause.devicesequence, cause.approved) for cause in facts] == [(1, None), (3, None), (4, None)]
    counted = await counters(family.connections, "collaborator", "phone")
    assert (counted["counts"]["recorded"], counted["counts"]["waiting"]) == (3, 2)
    assert counted["missing"] == [{"first": 5, "last": 5}], "what was given up is no longer missed"
    assert (await told(family, birth(5, "five"))).fate == "recorded"
    assert await fates(family, sixth, seventh) == ["recorded", "recorded"]


async def test_a_number_that_comes_after_it_was_given_up_is_taken(family: Teller, broken: list[Report]) -> None:
    assert (await advance(family, broken[-1])).fate == "recorded"
    assert await fates(family, *broken) == ["recorded"] * 5
    assert (await told(family, birth(2, "two"))).fate == "recorded"
    assert (await told(family, birth(8, "eight"))).fate == "recorded"
    assert (await counters(family.connections, "collaborator", "phone"))["missing"] == []


async def test_it_is_decided_as_any_report_and_may_wait_refuse_or_go_to_an_office(family: Teller) -> None:
    family.office_sees_first("person.died")
    await family.family(ids.far, area=FAR, mai="female")
    dies = {"on": "2025-04-10"}
    deaths = [
        report("person.died", dies | {"person": person}, device=name, devicesequence=9)
        for name, person in (("a", ids.nobody), ("b", ids.lan), ("c", ids.mai))
    ]
    again = report("person.born", {"on": "2025-04-01", "person": ids.an, "household": ids.home, "sex": "male"})
    again = msgspec.structs.replace(again, device="d", devicesequence=2)
    for one in (*deaths, again):
        assert (await told(family, one)).need == f"sequence:collaborator/{one.device}:{(one.devicesequence or 0) - 1}"
        assert (await advance(family, one)).fate == "recorded"
    assert await fates(family, *deaths, again) == ["waiting", "waiting", "handed_over", "refused"]
    assert await needs(family) == {
        deaths[0].id: ids.nobody,
        deaths[1].id: f"approved:{deaths[1].id}",
        deaths[2].id: f"approved:{deaths[2].id}",
    }


async def test_its_turn_gives_nobody_a_say_over_other_places(family: Teller) -> None:
    there = await family.family(ids.far, area=FAR, mai="female")
    void = report("fact.voided", {"fact": there.id}, device="mine", devicesequence=7)
    sheet = {"on": "2025-04-10", "household": ids.new, "area": FAR}
    registered = report("household.registered", sheet, device="hers", devicesequence=7)
    for one, access in ((void, OFFICER), (registered, COLLABORATOR)):
        assert (await told(family, one, access)).fate == "waiting"
        assert (await advance(family, one)).fate == "recorded"
    assert await fates(family, void, registered) == ["refused", "handed_over"]
    assert await family.state(ids.far) is not None
    assert await family.state(ids.new) is None


async def test_only_what_waits_for_its_turn_is_advanced_and_by_the_sender_s_office_alone(
    family: Teller, broken: list[Report]
) -> None:
    lost = report("person.died", {"on": "2025-04-10", "person": ids.nobody})
    await told(family, lost)
    first, third = broken[:2]
    for one in (lost, first):
        assert reasons(await advance(family, one)) == ["not-in-the-queue"]
    for one in (lost, third):
        approved = decision("reports.approved", reports=[one.id])
        assert reasons(await told(family, approved, OFFICER)) == ["not-in-the-queue"]
    returned = decision("reports.returned", reports=[third.id], reason="Sai")
    assert reasons(await told(family, returned, OFFICER)) == ["not-in-the-queue"], "those behind it wait for it"
    amended = decision("report.amended", report=lost.id, correction=uuid7(), changes={"on": "2025-04-09"})
    assert reasons(await told(family, amended, OFFICER)) == ["not-in-the-queue"]
    outside = await advance(family, third, ELSEWHERE)
    assert (outside.fate, type(outside.problem).__name__) == (None, "PurposeNotPermitted")
    assert await fates(family, lost, third) == ["waiting", "waiting"]
    assert (await advance(family, third)).fate == "recorded"
    assert reasons(await advance(family, third)) == ["not-in-the-queue"]


async def test_what_had_its_turn_in_the_same_group_is_not_advanced(family: Teller, broken: list[Report]) -> None:
    advanced = decision("report.advanced", report=broken[1].id)
    lines = [(check(birth(2, "two"), COLLABORATOR), ""), (check(advanced, OFFICER), "")]
    second, late = await family.intake.submit(lines)
    assert (second.fate, reasons(late)) == ("recorded", ["not-in-the-queue"])
    assert await fates(family, *broken[:3]) == ["recorded"] * 3


async def test_a_device_s_name_within_another_s_is_not_meant(family: Teller) -> None:
    """`phone` and `phone:1` are two devices, whose needs begin alike."""
    mine, others = birth(3), msgspec.structs.replace(birth(3, "other"), device="phone:1")
    await told(family, mine)
    await told(family, others)
    assert (await advance(family, mine)).fate == "recorded"
    assert await fates(family, mine, others) == ["recorded", "waiting"]


async def test_what_was_given_up_comes_back_from_the_log(
    family: Teller, broken: list[Report], kafka: Topics, fresh_database: Callable[..., Database]
) -> None:
    assert (await advance(family, broken[2])).fate == "recorded"
    await comes_back(family.database, kafka, fresh_database("socai_events", build))


@contextmanager
def room_for_one(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a group look at one of those that waited, and the process die behind it: nobody looks at the others."""
    save = waiting.save

    async def save_and_die(group: Group) -> None:
        await save(group)
        group.waiters.left_over = False

    monkeypatch.setattr(pulling, "MOST_AT_ONCE", 1)
    with monkeypatch.context() as dying:
        dying.setattr(waiting, "save", save_and_die)
        yield


async def test_whoever_finds_no_room_in_a_group_has_its_turn_later_also_behind_a_restore(
    family: Teller,
    broken: list[Report],
    kafka: Topics,
    fresh_database: Callable[..., Database],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with room_for_one(monkeypatch):
        assert (await advance(family, broken[-1])).fate == "recorded"
    assert (await fates(family, *broken)).count("waiting") == 3, "one had room"
    async with family.connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from waiting where need = 'ready'") == 3
    await comes_back(family.database, kafka, fresh_database("socai_events", build))
    await told(family, report("person.died", {"on": "2025-04-10", "person": ids.an}))
    async with asyncio.timeout(10):
        while "waiting" in await fates(family, *broken):  # noqa: ASYNC110 - the intake decides them by itself
            await asyncio.sleep(0.05)


async def test_an_approval_for_which_a_group_had_no_room_holds_behind_a_restore(
    family: Teller, kafka: Topics, fresh_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    family.office_sees_first("person.born")
    births = [msgspec.structs.replace(birth(number), device=None, devicesequence=None) for number in (1, 2, 3)]
    for one in births:
        assert (await told(family, one)).fate == "waiting"
    with room_for_one(monkeypatch):
        await told(family, decision("reports.approved", reports=[one.id for one in births]), OFFICER)
    assert sorted(await fates(family, *births)) == ["recorded", "waiting", "waiting"]
    await comes_back(family.database, kafka, fresh_database("socai_events", build))
