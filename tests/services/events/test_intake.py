"""Does a family's life go into the ledger as it should: late, twice, out of order, put right and taken back?"""

import asyncio
import dataclasses
from typing import Any

import msgspec
import pytest

from contracts.ids import uuid7
from kit.http.problems import ContradictsRecord
from services.events.intake import pulling
from services.events.rules import RULES
from services.events.state.refold import Effect
from services.events.store import ledger
from tests.services.events.telling import (
    ANYBODY,
    AREA,
    COMMUNE,
    FAR,
    PROVINCE,
    SECOND,
    Teller,
    ids,
    refused_for,
    report,
)


async def test_a_birth_is_recorded_in_the_household_of_the_mother(family: Teller) -> None:
    answer = await family.tell("person.born", person=ids.baby, household=ids.home, sex="female", mother=ids.lan)
    assert (answer.fate, answer.status) == ("recorded", 201)
    state = await family.state(ids.baby)
    assert state["area"] == AREA
    assert state["birth"] == "2025-03-01"


async def test_what_is_needed_later_makes_the_report_wait_and_then_recorded(teller: Teller) -> None:
    born = report("person.born", {"on": "2025-03-01", "person": ids.baby, "household": ids.home, "sex": "male"})
    (waits,) = await teller.submit(born)
    assert (waits.fate, waits.need) == ("waiting", ids.home)
    await teller.places()
    await teller.family(ids.home, lan="female")
    (again,) = await teller.submit(born)
    assert (again.fate, again.duplicate, again.status) == ("recorded", True, 200)
    assert (await teller.state(ids.baby))["household"] == ids.home


async def test_a_line_may_need_what_stands_below_it_in_the_same_batch(teller: Teller) -> None:
    await teller.places()
    born = report("person.born", {"on": "2025-03-01", "person": ids.baby, "household": ids.home, "sex": "male"})
    home = report("household.registered", {"on": "2025-01-01", "household": ids.home, "area": AREA})
    answers = await teller.submit(born, home)
    assert [answer.fate for answer in answers] == ["recorded", "recorded"]
    assert answers[0].position == (answers[1].position or 0) + 1


async def test_the_same_id_with_other_content_is_refused(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    one = uuid7()
    await teller.tell("person.died", id=one, person=ids.lan)
    answer = await teller.tell("person.died", id=one, on="2025-03-02", person=ids.lan)
    assert answer.problem is not None
    assert answer.problem.code == "idempotency-key-reused"


async def test_one_event_told_under_two_ids_is_a_duplicate(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    first = await teller.tell("person.died", person=ids.lan)
    second = await teller.tell("person.died", person=ids.lan)
    assert (second.fate, second.position) == ("duplicate", first.position)
    other = await teller.tell("person.died", person=ids.lan, place="home")
    assert refused_for(other) == ["told-differently"]


async def test_a_death_widows_the_spouse_and_leaves_the_household_headless(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, an="male", lan="female")
    await teller.tell("person.married", on="2025-02-01", person=ids.an, spouse=ids.lan)
    answer = await teller.tell("person.died", person=ids.an)
    assert answer.notes == ("household-without-head",)
    assert (await teller.state(ids.lan))["marital"] == "widowed"
    assert "head" not in await teller.state(ids.home)


async def test_a_late_household_move_takes_along_who_was_born_after_it(family: Teller) -> None:
    await family.tell("person.born", on="2025-03-01", person=ids.baby, household=ids.home, sex="male", mother=ids.lan)
    await family.tell("person.died", on="2025-04-01", person=ids.an)
    late = await family.tell("household.moved", on="2025-02-01", household=ids.home, area=FAR)
    assert late.fate == "recorded"
    assert (await family.state(ids.baby))["area"] == FAR
    assert (await family.state(ids.lan))["area"] == FAR
    position, fact = (await family.facts())[-1]
    assert {step.kind for step in fact.retracts.persons} == {"person.born", "person.died"}
    assert position == late.position
    kinds = [(step.kind, step.entity) for step in fact.asserts.persons if step.entity == ids.an]
    assert kinds == [("household.moved", ids.an), ("person.died", ids.an)]


async def test_a_late_birth_before_a_household_move_moves_along(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    await teller.tell("household.moved", on="2025-03-01", household=ids.home, area=SECOND)
    await teller.tell("person.born", on="2025-02-01", person=ids.baby, household=ids.home, sex="male")
    assert (await teller.state(ids.baby))["area"] == SECOND
    _, fact = (await teller.facts())[-1]
    assert [(step.kind, step.on) for step in fact.asserts.persons] == [
        ("person.born", "2025-02-01"),
        ("household.moved", "2025-03-01"),
    ]


async def test_a_correction_changes_the_date_and_voiding_it_brings_the_first_back(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    born = uuid7()
    await teller.tell("person.born", id=born, person=ids.baby, household=ids.home, sex="male")
    correction = uuid7()
    changes = {"on": "2025-02-20", "sex": "female"}
    answer = await teller.tell("fact.corrected", id=correction, on=None, fact=born, changes=changes)
    assert answer.fate == "recorded"
    state = await teller.state(ids.baby)
    assert (state["birth"], state["sex"]) == ("2025-02-20", "female")
    stale = await teller.tell("fact.corrected", on=None, fact=born, changes={"sex": "male"})
    assert refused_for(stale) == ["not-the-latest"]
    await teller.tell("fact.voided", on=None, fact=correction)
    state = await teller.state(ids.baby)
    assert (state["birth"], state["sex"]) == ("2025-03-01", "male")
    await teller.tell("fact.voided", on=None, fact=born)
    assert await teller.state(ids.baby) is None
    retold = await teller.tell("person.born", person=ids.baby, household=ids.home, sex="male")
    assert retold.fate == "recorded"


async def test_a_void_that_later_facts_build_on_is_refused_with_their_list(teller: Teller) -> None:
    await teller.places()
    sheet = uuid7()
    member = {"person": ids.lan, "sex": "female", "birth": "1990"}
    await teller.tell(
        "household.registered", id=sheet, on="2025-01-01", household=ids.home, area=AREA, members=[member]
    )
    born = await teller.tell("person.born", person=ids.baby, household=ids.home, sex="male", mother=ids.lan)
    died = await teller.tell("person.died", on="2025-05-01", person=ids.lan)
    answer = await teller.tell("fact.voided", on=None, fact=sheet)
    assert isinstance(answer.problem, ContradictsRecord)
    assert sorted(reason.facts[0] for reason in answer.problem.reasons) == [born.position, died.position]


async def test_a_correction_of_one_member_of_a_sheet(teller: Teller) -> None:
    await teller.places()
    sheet = uuid7()
    member = {"person": ids.lan, "sex": "female", "birth": "1990", "personal": {"name": "Nguyễn Thị Lan"}}
    await teller.tell(
        "household.registered", id=sheet, on="2025-01-01", household=ids.home, area=AREA, members=[member]
    )
    await teller.tell("person.died", on="2025-05-01", person=ids.lan)
    changes = {"personal": {"name": "Nguyễn Thị Lân"}}
    await teller.tell("fact.corrected", on=None, fact=sheet, member=ids.lan, changes=changes)
    state = await teller.state(ids.lan)
    assert state["personal"] == {"name": "Nguyễn Thị Lân"}
    assert state["status"] == "dead"


async def test_voiding_a_death_after_a_corrected_marriage_unwidows_the_right_spouse(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, an="male", lan="female", mai="female")
    union, death = uuid7(), uuid7()
    await teller.tell("person.married", id=union, on="2025-02-01", person=ids.an, spouse=ids.lan)
    await teller.tell("person.died", id=death, person=ids.an)
    await teller.tell("fact.corrected", on=None, fact=union, changes={"spouse": ids.mai})
    assert (await teller.state(ids.mai))["marital"] == "widowed"
    assert (await teller.state(ids.lan)).get("marital", "unknown") == "unknown"
    await teller.tell("fact.voided", on=None, fact=death)
    assert (await teller.state(ids.mai))["marital"] == "married"
    assert (await teller.state(ids.an))["spouse"] == ids.mai


async def test_an_arrival_of_somebody_who_has_not_left_waits_for_the_departure(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    await teller.family(ids.other, area=FAR)
    arrives = await teller.tell("person.arrived", on="2025-04-02", person=ids.lan, household=ids.other, sex="female")
    assert arrives.fate == "waiting"
    await teller.tell("person.left", on="2025-04-01", person=ids.lan, destination="inside_country")
    assert (await teller.state(ids.lan))["area"] == FAR
    entries = await teller.facts()
    assert [fact.kind for _, fact in entries[-2:]] == ["person.left", "person.arrived"]


async def test_a_devices_reports_are_decided_in_its_own_order(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    second = report("person.died", {"on": "2025-03-02", "person": ids.baby}, device="d1", devicesequence=2)
    told = {"on": "2025-03-01", "person": ids.baby, "household": ids.home, "sex": "male"}
    first = report("person.born", told, device="d1", devicesequence=1)
    (waits,) = await teller.submit(second)
    assert waits.need == "sequence:tester/d1:1"
    await teller.submit(first)
    assert (await teller.state(ids.baby))["status"] == "dead"


async def test_a_batch_is_decided_as_its_lines_one_by_one_would_be(teller: Teller) -> None:
    """What line 3 builds on may be a report of line 1 that waited for line 2."""
    await teller.places()
    await teller.family(ids.home, lan="female")
    await teller.family(ids.other, area=FAR)
    arrives = {"on": "2025-04-02", "person": ids.lan, "household": ids.other, "sex": "female"}
    answers = await teller.submit(
        report("person.arrived", arrives),
        report("person.left", {"on": "2025-04-01", "person": ids.lan, "destination": "inside_country"}),
        report("household.head_changed", {"on": "2025-04-03", "household": ids.other, "head": ids.lan}),
    )
    assert [answer.fate for answer in answers] == ["recorded"] * 3


async def test_more_waiters_than_a_group_takes_are_all_decided(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "MOST_AT_ONCE", 3)
    await teller.places()
    told = {"on": "2025-03-01", "household": ids.home, "sex": "male"}
    births = [report("person.born", told | {"person": uuid7()}) for _ in range(10)]
    await teller.submit(*births)
    await teller.family(ids.home, lan="female")
    async with asyncio.timeout(10):
        while any(answer.fate != "recorded" for answer in await teller.submit(*births)):
            pass
    assert len([fact for _, fact in await teller.facts() if fact.kind == "person.born"]) == 10


async def test_a_correction_that_changes_no_state_is_permitted_where_its_person_lives(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    born = report(
        "person.born",
        {"on": "2025-03-01", "person": ids.baby, "household": ids.home, "sex": "male", "weight_grams": 3000},
    )
    officer = msgspec.structs.replace(ANYBODY, areas=(COMMUNE,))
    correction = report("fact.corrected", {"fact": born.id, "changes": {"weight_grams": 3100}})
    answers = await teller.submit(born, correction, access=officer)
    assert [answer.fate for answer in answers] == ["recorded", "recorded"]


async def test_a_report_that_cannot_be_written_sinks_no_other(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    told = {"on": "2025-03-01", "household": ids.home, "sex": "male"}
    births = [report("person.born", told | {"person": uuid7()}) for _ in range(5)]
    append = ledger.append

    async def failing(connection: Any, rows: Any) -> None:
        if any(births[3].id in row for row in rows):
            raise ValueError("cannot be written")
        await append(connection, rows)

    monkeypatch.setattr(ledger, "append", failing)
    answers = await teller.submit(*births)
    assert [answer.fate for answer in answers] == ["recorded", "recorded", "recorded", None, "recorded"]
    assert answers[3].status == 500


async def test_nobody_bears_the_id_of_a_household(teller: Teller) -> None:
    await teller.places()
    line = {"person": ids.home, "sex": "female"}
    answer = await teller.tell("household.registered", household=ids.home, area=AREA, members=[line])
    assert refused_for(answer) == ["not-a-person"]
    await teller.family(ids.home, lan="female")
    answer = await teller.tell("person.born", person=ids.baby, household=ids.home, sex="male", mother=ids.home)
    assert refused_for(answer) == ["not-a-person"]


async def test_no_household_bears_the_id_of_a_person_and_nobody_lives_where_there_is_none(family: Teller) -> None:
    assert refused_for(await family.tell("person.died", person=ids.home)) == ["not-a-person"]
    assert refused_for(await family.tell("person.moved", person=ids.an, household=ids.lan)) == ["not-a-household"]


@pytest.mark.parametrize(
    ("birth", "reasons"), [("2025-03-01", []), ("2025-03", []), ("2025-03-02", ["born-after-event"])]
)
@pytest.mark.parametrize("kind", ["household.registered", "person.arrived"])
async def test_nobody_comes_on_the_books_before_her_birth(
    family: Teller, kind: str, birth: str, reasons: list[str]
) -> None:
    line: dict[str, Any] = {"person": ids.baby, "sex": "male", "birth": birth}
    sheet = {"household": ids.other, "area": AREA, "members": [line]}
    answer = await family.tell(kind, **(sheet if kind == "household.registered" else line | {"household": ids.home}))
    assert ([] if answer.fate == "recorded" else refused_for(answer)) == reasons


async def test_a_waiting_report_that_fails_for_a_fault_of_ours_goes_on_waiting(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.places()
    died = report("person.died", {"on": "2025-04-01", "person": ids.lan})
    await teller.submit(died)

    def fail(event: object, view: object) -> Effect:
        raise ZeroDivisionError

    monkeypatch.setitem(RULES, "person.died", dataclasses.replace(RULES["person.died"], apply=fail))
    await teller.family(ids.home, lan="female")
    (again,) = await teller.submit(died)
    assert (again.fate, again.need) == ("waiting", None)
    async with teller.connections.acquire() as connection:
        assert await connection.fetchval("select need from waiting where report = $1", died.id) == ids.lan


async def test_no_unit_comes_to_lie_below_what_lies_below_it(teller: Teller) -> None:
    """Whoever walked up from there would walk for ever."""
    await teller.places()
    district = {"level": "district", "names": {"vi": "Huyện"}, "unit": "300-20190101", "code": "300"}
    await teller.tell("unit.established", on="2019-01-01", unit=district | {"parent": PROVINCE})
    told: dict[str, Any] = {"change": "level", "units": [PROVINCE], "level": "commune", "parent": "300-20190101"}
    assert refused_for(await teller.tell("unit.reorganised", **told)) == ["below-of-wrong-level"]


async def test_who_founds_a_commune_learns_that_its_province_is_not_named(teller: Teller) -> None:
    unit = {"unit": "10999-20250301", "code": "10999", "level": "commune", "names": {"vi": "Xã"}}
    answer = await teller.tell("unit.established", unit=unit)
    assert answer.problem is not None
    (reason,) = answer.problem.reasons
    assert reason.text is not None
    assert reason.text.en == "The unit above (`parent`) is not named, or of the wrong level."
    assert "Chưa nêu đơn vị cấp trên" in reason.text.vi


async def test_no_unit_is_founded_below_itself(teller: Teller) -> None:
    await teller.places()
    own = "10999-20250301"
    unit = {"unit": own, "code": "10999", "level": "commune", "names": {"vi": "Xã"}, "parent": own}
    assert refused_for(await teller.tell("unit.established", unit=unit)) == ["parent-of-wrong-level"]


async def test_nobody_counts_on_with_another_sender_s_device(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    told = {"on": "2025-03-01", "household": ids.home, "sex": "male"}
    first, second = (
        report("person.born", told | {"person": uuid7()}, device="d", devicesequence=number) for number in (1, 2)
    )
    await teller.submit(first)
    (answer,) = await teller.submit(second, access=msgspec.structs.replace(ANYBODY, client_id="another"))
    assert (answer.fate, answer.need) == ("waiting", "sequence:another/d:1")


async def test_one_number_of_two_people_is_noted_also_where_one_batch_tells_of_both(teller: Teller) -> None:
    await teller.places()
    pid = {"type": "pid", "value": "030190000001"}
    sheets = [
        report(
            "household.registered",
            {
                "on": "2025-01-05",
                "household": uuid7(),
                "area": AREA,
                "members": [{"person": uuid7(), "sex": "female", "personal": {"name": "Lan", "identifiers": [pid]}}],
            },
        )
        for _ in range(2)
    ]
    answers = await teller.submit(*sheets)
    assert ["identifier-clash" in answer.notes for answer in answers] == [False, True]
