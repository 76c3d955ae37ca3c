"""Can an office end what waits for a report that nobody will ever tell?"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from deploy.local.databases import Database
from services.events.deciding.needs import READY
from services.events.intake import pulling
from services.events.intake.answer import Answer
from services.events.report.parse import check
from tests.services.events.conftest import build
from tests.services.events.telling import AREA, FAR, Teller, ids, report
from tests.services.events.test_giving_up import become, birth, fates, needs, room_for_one
from tests.services.events.test_office import COLLABORATOR, ELSEWHERE, OFFICER, decision, reasons, told
from tests.services.events.test_restore import comes_back
from tests.support.topics import Topics

BORN = {"on": "2025-04-01", "person": ids.nobody, "household": ids.home, "sex": "female"}


def died(person: str = ids.nobody) -> Report:
    """A death of somebody who is not on the books: a telephone took a wrong id along."""
    return report("person.died", {"on": "2025-04-10", "person": person})


def returning(*reports: Report) -> Report:
    return decision("reports.returned", reports=[one.id for one in reports], reason="Không có người này")


async def give_back(teller: Teller, *reports: Report, access: Any = OFFICER) -> Answer:
    return await told(teller, returning(*reports), access)


async def test_what_waits_for_somebody_unknown_goes_back_with_the_reason(family: Teller) -> None:
    wrong, other = died(), died()
    for one in (wrong, other):
        assert (await told(family, one)).need == ids.nobody
    returned = await give_back(family, wrong)
    assert returned.fate == "recorded"
    assert await fates(family, wrong, other) == ["returned", "waiting"]
    assert await needs(family) == {other.id: ids.nobody}
    again = await told(family, wrong)
    assert (again.fate, again.duplicate, reasons(again)) == ("returned", True, ["returned-by-the-office"])
    assert reasons(await give_back(family, wrong)) == ["not-in-the-queue"]


async def test_what_was_given_back_is_not_recorded_when_what_it_waited_for_is_told(family: Teller) -> None:
    wrong, born = died(), report("person.born", BORN | {"household": ids.new})
    for one in (wrong, born):
        await told(family, one)
    sheet = report("household.registered", {"on": "2025-01-01", "household": ids.new, "area": AREA})
    lines = [(check(returning(wrong), OFFICER), ""), (check(sheet, COLLABORATOR), "")]
    assert [one.fate for one in await family.intake.submit(lines)] == ["recorded", "recorded"]
    assert await fates(family, wrong, born) == ["returned", "recorded"]
    assert (await family.state(ids.nobody))["status"] == "resident"
    async with family.connections.acquire() as connection:
        entries = await connection.fetchval("select count(*) from ledger where report = $1", wrong.id)
    assert entries == 2, "it waits, and it ends once"


async def test_what_goes_back_in_a_group_that_tells_of_the_same_person_goes_back_alone(family: Teller) -> None:
    """Whatever waits for her is read as the group begins, whether or not she comes."""
    wrong, other = died(), report("person.left", {"on": "2025-04-11", "person": ids.nobody})
    for one in (wrong, other):
        await told(family, one)
    behind = report("person.changed", {"on": "2025-04-10", "person": ids.nobody, "new": {"education": "primary"}})
    lines = [(check(returning(wrong), OFFICER), ""), (check(behind, COLLABORATOR), "")]
    assert [one.fate for one in await family.intake.submit(lines)] == ["recorded", "waiting"]
    assert await fates(family, wrong, other, behind) == ["returned", "waiting", "waiting"]
    assert await needs(family) == {other.id: ids.nobody, behind.id: ids.nobody}


async def test_what_goes_back_in_the_very_group_in_which_she_comes_ends_once(family: Teller) -> None:
    wrong, other = died(), report("person.left", {"on": "2025-04-11", "person": ids.nobody})
    for one in (wrong, other):
        await told(family, one)
    lines = [(check(returning(wrong), OFFICER), ""), (check(report("person.born", BORN), COLLABORATOR), "")]
    assert [one.fate for one in await family.intake.submit(lines)] == ["recorded", "recorded"]
    assert await fates(family, wrong, other) == ["returned", "recorded"]
    async with family.connections.acquire() as connection:
        entries = await connection.fetchval("select count(*) from ledger where report = $1", wrong.id)
    assert entries == 2, "it waits, and it ends once"


async def test_what_moved_on_in_the_same_group_is_not_given_back(family: Teller) -> None:
    late, moving = died(), report("person.moved", {"on": "2025-04-10", "person": ids.nobody, "household": ids.far})
    for one in (late, moving):
        await told(family, one)
    before = report("person.born", BORN)
    lines = [(check(before, COLLABORATOR), "")] + [(check(returning(one), OFFICER), "") for one in (late, moving)]
    born, *ended = await family.intake.submit(lines)
    assert born.fate == "recorded"
    assert [reasons(one) for one in ended] == [["not-in-the-queue"]] * 2
    assert await fates(family, late) == ["recorded"], "she was on the books by then"
    assert await needs(family) == {moving.id: ids.far}, "it waits for another household since"
    assert (await give_back(family, moving)).fate == "recorded"
    assert await fates(family, moving) == ["returned"]


async def test_who_waits_for_the_same_is_left_alone(family: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "MOST_AT_ONCE", 2)
    wrong, *others = [died() for _ in range(6)]
    for one in (wrong, *others):
        await told(family, one)
    returned = await give_back(family, wrong)
    assert returned.position is not None
    assert await needs(family) == {one.id: ids.nobody for one in others}
    async with family.connections.acquire() as connection:
        assert await connection.fetchval("select max(position) from ledger") == returned.position + 1


async def test_what_was_approved_and_waits_for_another_report_since_goes_back(
    family: Teller, kafka: Topics, fresh_database: Callable[..., Database]
) -> None:
    family.office_sees_first("person.died")
    born, death = report("person.born", BORN), died()
    await told(family, born)
    assert (await told(family, death)).need == f"approved:{death.id}"
    await told(family, report("fact.voided", {"fact": born.id}), OFFICER)
    approved = decision("reports.approved", reports=[death.id])
    assert (await told(family, approved, OFFICER)).fate == "recorded"
    assert await needs(family) == {death.id: ids.nobody}
    assert reasons(await told(family, decision("reports.approved", reports=[death.id]), OFFICER)) == [
        "not-in-the-queue"
    ]
    assert (await give_back(family, death)).fate == "recorded"
    assert await fates(family, death) == ["returned"]
    await comes_back(family.database, kafka, fresh_database("socai_events", build))


async def test_what_has_its_turn_and_found_no_room_is_not_given_back(
    family: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its number would never have its turn, and those behind it would wait for ever."""
    sent = [birth(1), died(ids.baby2), died(ids.baby2), birth(3), birth(4)]
    # What waits is read in order of its ids.
    sent = [msgspec.structs.replace(one, id=uuid7(1_750_000_000_000 + number)) for number, one in enumerate(sent)]
    for one in sent:
        await told(family, one)
    third, fourth = sent[3:]
    with room_for_one(monkeypatch):
        await told(family, birth(2))
    assert [(await needs(family))[one.id] for one in sent[2:]] == [READY, READY, "sequence:collaborator/phone:3"]
    assert reasons(await give_back(family, third)) == ["not-in-the-queue"], "another one has the room in this group"
    await become(family, ["recorded"] * 2, third, fourth)


async def test_only_the_sender_s_office_gives_it_back(family: Teller) -> None:
    await family.family(ids.far, area=FAR, mai="female")
    wrong = died()
    await told(family, wrong)
    outside = await give_back(family, wrong, access=ELSEWHERE)
    assert (outside.fate, type(outside.problem).__name__) == (None, "PurposeNotPermitted")
    assert await fates(family, wrong) == ["waiting"]


async def test_what_would_amend_it_is_refused_then(family: Teller) -> None:
    wrong = died()
    void = report("fact.voided", {"fact": wrong.id})
    for one in (wrong, void):
        await told(family, one, OFFICER)
    assert await needs(family) == {wrong.id: ids.nobody, void.id: f"report:{wrong.id}"}
    await give_back(family, wrong)
    assert await fates(family, wrong, void) == ["returned", "refused"]


async def test_what_would_amend_it_and_finds_no_room_is_refused_behind_a_restore(
    family: Teller, kafka: Topics, fresh_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = died()
    voids = [report("fact.voided", {"fact": wrong.id}) for _ in range(3)]
    for one in (wrong, *voids):
        await told(family, one, OFFICER)
    with room_for_one(monkeypatch):
        await give_back(family, wrong)
    assert sorted(await fates(family, *voids)) == ["refused", "waiting", "waiting"]
    await comes_back(family.database, kafka, fresh_database("socai_events", build))


async def test_what_amends_a_report_that_comes_later_and_is_refused_is_refused_too(family: Teller) -> None:
    again = report("person.born", BORN | {"person": ids.lan})
    correction = report("fact.corrected", {"fact": again.id, "changes": {"on": "2025-04-02"}})
    assert (await told(family, correction)).fate == "waiting"
    assert (await told(family, again)).fate == "refused"
    assert await fates(family, correction) == ["refused"]


async def test_what_amends_a_report_that_comes_later_and_was_told_already_is_refused_too(family: Teller) -> None:
    death = {"on": "2025-04-10", "person": ids.lan}
    await told(family, report("person.died", death))
    twice = report("person.died", death)
    void = report("fact.voided", {"fact": twice.id})
    assert (await told(family, void, OFFICER)).fate == "waiting"
    assert (await told(family, twice)).fate == "duplicate"
    assert await fates(family, void) == ["refused"]


async def test_of_several_all_go_back_or_none(family: Teller) -> None:
    wrong, turn = died(), birth(3)
    for one in (wrong, turn):
        await told(family, one)
    assert reasons(await give_back(family, wrong, turn)) == ["not-in-the-queue"]
    assert reasons(await told(family, decision("reports.returned", reports=[wrong.id, uuid7()], reason="x"), OFFICER))
    assert await fates(family, wrong, turn) == ["waiting", "waiting"]


async def test_the_device_goes_on_behind_what_was_given_back(family: Teller) -> None:
    wrong = report("person.died", {"on": "2025-04-10", "person": ids.nobody}, device="phone", devicesequence=1)
    await told(family, wrong)
    await give_back(family, wrong)
    assert (await told(family, birth(2))).fate == "recorded"


async def test_an_arrival_that_goes_back_is_no_open_half(family: Teller) -> None:
    await family.family(ids.far, mai="female")
    arrival = report("person.arrived", {"on": "2025-04-01", "person": ids.lan, "household": ids.far, "sex": "female"})
    assert (await told(family, arrival)).need == f"departed:{ids.lan}"
    await give_back(family, arrival)
    async with family.connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from half") == 0
    assert (await family.state(ids.lan))["household"] == ids.home


async def test_what_was_given_back_stays_so_behind_a_restore(
    family: Teller, kafka: Topics, fresh_database: Callable[..., Database]
) -> None:
    wrong, other = died(), died()
    for one in (wrong, other):
        await told(family, one)
    await give_back(family, wrong)
    await comes_back(family.database, kafka, fresh_database("socai_events", build))


async def test_what_goes_back_and_finds_no_room_in_its_group_holds_behind_a_restore(
    family: Teller, kafka: Topics, fresh_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = [died() for _ in range(3)]
    for one in wrong:
        await told(family, one)
    with room_for_one(monkeypatch):
        assert (await give_back(family, *wrong)).fate == "recorded"
    assert sorted(await fates(family, *wrong)) == ["returned", "waiting", "waiting"]
    await comes_back(family.database, kafka, fresh_database("socai_events", build))
    await told(family, report("person.born", BORN))
    await become(family, ["returned"] * 3, *wrong)
