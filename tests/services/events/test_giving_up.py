"""What can an office do about a report that waits for another which never comes?"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from deploy.local.databases import Database
from services.events import waiting
from services.events.devices import counters
from services.events.group import Group
from services.events.settings import ApprovalRule
from tests.services.events.conftest import build
from tests.services.events.telling import SECOND, Teller, ids, report
from tests.services.events.test_office import ELSEWHERE, OFFICER, decision, fate, reasons, told
from tests.services.events.test_relay import comes_back
from tests.support.topics import Topics


def birth(number: int, name: str = "") -> Report:
    """What a telephone tells under one of its numbers."""
    told_ = {
        "on": "2025-04-01",
        "person": getattr(ids, name or f"baby{number}"),
        "household": ids.home,
        "sex": "female",
    }
    return report("person.born", told_, device="phone", devicesequence=number)


def death(person: str) -> Report:
    return report("person.died", {"on": "2025-04-10", "person": person})


async def decide(teller: Teller, kind: str, *reports: Report, access: Any = OFFICER) -> Any:
    reason = {} if kind == "reports.approved" else {"reason": "Không có báo cáo trước"}
    return await told(teller, decision(kind, reports=[one.id for one in reports], **reason), access)


async def fates(teller: Teller, *reports: Report) -> list[str]:
    return [(await fate(teller, one))[0] for one in reports]


@pytest.fixture
async def home(teller: Teller) -> Teller:
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    return teller


@pytest.fixture
async def broken(home: Teller) -> list[Report]:
    """A telephone that lost its numbers 2 and 5: what it told under 1, 3, 4, 6 and 7."""
    sent = [birth(number) for number in (1, 3, 4, 6, 7)]
    for one in reversed(sent):
        await told(home, one)
    assert await fates(home, *sent) == ["recorded", *["waiting"] * 4]
    return sent


async def test_what_waits_for_a_number_that_its_device_lost_is_decided_without_it(
    home: Teller, broken: list[Report]
) -> None:
    _, third, fourth, sixth, seventh = broken
    approved = await decide(home, "reports.approved", fourth)
    assert approved.fate == "recorded"
    assert await fates(home, third, fourth, sixth, seventh) == ["recorded", "recorded", "waiting", "waiting"]
    facts = [fact.cause for _, fact in await home.facts() if fact.cause.device]
    assert [(cause.devicesequence, cause.approved) for cause in facts] == [
        (1, None),
        (3, None),
        (4, approved.position),
    ]
    counted = await counters(home.connections, "collaborator", "phone")
    assert (counted["counts"]["recorded"], counted["counts"]["waiting"]) == (3, 2)
    assert counted["missing"] == [{"first": 5, "last": 5}], "what was given up is no longer missed"
    assert (await told(home, birth(5, "five"))).fate == "recorded"
    assert await fates(home, sixth, seventh) == ["recorded", "recorded"]


async def test_a_number_that_comes_after_it_was_given_up_is_taken(home: Teller, broken: list[Report]) -> None:
    *_, sixth, seventh = broken
    assert (await decide(home, "reports.approved", seventh, sixth)).fate == "recorded"
    assert await fates(home, *broken) == ["recorded"] * 5
    assert (await told(home, birth(2, "two"))).fate == "recorded"
    assert (await told(home, birth(8, "eight"))).fate == "recorded"
    assert (await counters(home.connections, "collaborator", "phone"))["missing"] == []


async def test_what_was_given_up_may_still_wait_for_something_else(home: Teller) -> None:
    early = report("person.died", {"on": "2025-04-10", "person": ids.nobody}, device="phone", devicesequence=9)
    assert (await told(home, early)).need == "sequence:collaborator/phone:8"
    assert (await decide(home, "reports.approved", early)).fate == "recorded"
    async with home.connections.acquire() as connection:
        assert await connection.fetchval("select need from waiting where report = $1", early.id) == ids.nobody
    await home.family(ids.other, nobody="male")
    assert await fates(home, early) == ["recorded"]


async def test_who_is_never_put_on_the_books_is_waited_for_no_longer(home: Teller) -> None:
    lost, other = death(ids.nobody), death(ids.nobody)
    assert (await told(home, lost)).need == ids.nobody
    await told(home, other)
    assert (await decide(home, "reports.returned", lost)).fate == "recorded"
    again = await told(home, lost)
    assert (again.fate, again.duplicate, reasons(again)) == ("returned", True, ["returned-by-the-office"])
    await home.family(ids.other, nobody="male")
    assert await fates(home, lost, other) == ["returned", "recorded"]


async def test_an_arrival_that_is_given_up_is_no_half_of_a_move(home: Teller) -> None:
    await home.family(ids.other, area=SECOND, minh="male")
    arrival = report("person.arrived", {"on": "2025-04-01", "person": ids.minh, "household": ids.home, "sex": "male"})
    assert (await told(home, arrival)).need == f"departed:{ids.minh}"
    async with home.connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from half") == 1
        assert (await decide(home, "reports.returned", arrival)).fate == "recorded"
        assert await connection.fetchval("select count(*) from half") == 0


async def test_each_wait_can_be_ended_in_one_way_and_by_the_sender_s_office_alone(
    home: Teller, broken: list[Report]
) -> None:
    lost = death(ids.nobody)
    await told(home, lost)
    third = broken[1]
    assert reasons(await decide(home, "reports.returned", third)) == ["not-in-the-queue"], "4 would wait for ever"
    assert reasons(await decide(home, "reports.approved", lost)) == ["not-in-the-queue"], "of whom would it tell?"
    assert reasons(await decide(home, "reports.returned", broken[0])) == ["not-in-the-queue"]
    amended = decision("report.amended", report=third.id, correction=uuid7(), changes={"sex": "male"})
    assert reasons(await told(home, amended, OFFICER)) == ["not-in-the-queue"]
    for kind, one in (("reports.returned", lost), ("reports.approved", third)):
        answer = await decide(home, kind, one, access=ELSEWHERE)
        assert (answer.fate, type(answer.problem).__name__) == (None, "PurposeNotPermitted")
    assert await fates(home, lost, third) == ["waiting", "waiting"]


async def test_a_device_s_name_within_another_s_is_not_meant(home: Teller) -> None:
    """`phone` and `phone:1` are two devices, whose needs begin alike."""
    mine, others = birth(3), msgspec.structs.replace(birth(3, "other"), device="phone:1")
    await told(home, mine)
    await told(home, others)
    assert (await decide(home, "reports.approved", mine)).fate == "recorded"
    assert await fates(home, mine, others) == ["recorded", "waiting"]


async def test_what_was_given_up_comes_back_from_the_log(
    home: Teller, broken: list[Report], kafka: Topics, fresh_database: Callable[..., Database]
) -> None:
    lost, waits = death(ids.nobody), death(ids.nobody)
    await told(home, lost)
    await told(home, waits)
    assert (await decide(home, "reports.returned", lost)).fate == "recorded"
    assert (await decide(home, "reports.approved", broken[2])).fate == "recorded"
    await comes_back(home.database, kafka, fresh_database("socai_events", build))


async def test_whoever_finds_no_room_in_a_group_has_its_turn_later_also_behind_a_restore(
    home: Teller,
    broken: list[Report],
    kafka: Topics,
    fresh_database: Callable[..., Database],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save = waiting.save

    async def save_and_die(group: Group) -> None:
        await save(group)
        group.left_over = False

    monkeypatch.setattr(waiting, "MOST_AT_ONCE", 1)
    with monkeypatch.context() as dying:
        dying.setattr(waiting, "save", save_and_die)
        approved = await decide(home, "reports.approved", broken[-1])
    assert (await fates(home, *broken)).count("waiting") == 3, "one had room"
    async with home.connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from waiting where need = 'ready'") == 3
    await comes_back(home.database, kafka, fresh_database("socai_events", build))
    await told(home, death(ids.an))
    await wait_for(home, broken)
    facts = {fact.cause.devicesequence: fact.cause.approved for _, fact in await home.facts() if fact.cause.device}
    assert facts == {1: None, 3: None, 4: None, 6: None, 7: approved.position}


async def wait_for(teller: Teller, reports: list[Report]) -> None:
    async with asyncio.timeout(10):
        while "waiting" in await fates(teller, *reports):  # noqa: ASYNC110 - the intake decides them by itself
            await asyncio.sleep(0.05)


async def test_what_touches_no_place_is_no_office_s_to_decide_because_its_sender_s_places_are(home: Teller) -> None:
    home.intake._approval = (ApprovalRule(source="urn:", kinds=frozenset({"person.identifier_issued"})),)
    await home.tell("person.left", on="2025-03-01", person=ids.an, destination="abroad")
    number = {"identifiers": [{"type": "pid", "value": "030190000001"}]}
    issued = report("person.identifier_issued", {"on": "2025-04-01", "person": ids.an, "personal": number})
    assert (await told(home, issued)).fate in {"waiting", "handed_over"}
    answer = await decide(home, "reports.approved", issued)
    assert type(answer.problem).__name__ == "PurposeNotPermitted"
