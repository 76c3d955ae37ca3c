"""Does the office see that two telephones share one identity, and nothing where one telephone is as it should be?"""

import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from services.events.intake.answer import Answer
from services.events.intake.intake import Intake
from services.events.report.parse import check
from tests.services.events.telling import Teller, ids, report
from tests.services.events.test_office import COLLABORATOR, OFFICER, decision, died

TWICE = "device-number-twice"


def birth(number: int, household: str = ids.home, device: str = "p1") -> Report:
    told = {"on": "2025-03-01", "person": uuid7(), "household": household, "sex": "male"}
    return report("person.born", told, device=device, devicesequence=number)


async def one(intake: Intake, told: Report) -> Answer:
    (answer,) = await intake.submit([(check(told, COLLABORATOR), "")])
    return answer


def noted(answers: list[Answer]) -> list[bool]:
    return [TWICE in answer.notes for answer in answers]


async def test_a_second_report_of_one_number_is_noted(family: Teller, another: Intake) -> None:
    answers = [
        await one(at, birth(n)) for at, n in ((family.intake, 1), (another, 1), (family.intake, 2), (another, 2))
    ]
    assert [answer.fate for answer in answers] == ["recorded"] * 4
    assert noted(answers) == [False, True, False, True]


async def test_a_second_one_of_the_same_batch_is_noted(family: Teller) -> None:
    answers = await family.submit(*(birth(n) for n in (1, 2, 2, 1, 3, 2)), access=COLLABORATOR)
    assert noted(answers) == [False, False, True, True, False, True]


async def test_what_waited_for_its_turn_is_noted_like_what_did_not(family: Teller) -> None:
    early = [birth(2), birth(2)]
    for told in early:
        assert (await one(family.intake, told)).fate == "waiting"
    await one(family.intake, birth(1))
    found = {fact.cause.report: fact.cause.notes for _, fact in await family.facts()}
    assert sorted(TWICE in found[told.id] for told in early) == [False, True]


async def test_what_waited_for_somebody_is_noted_where_its_number_was_told_again_meanwhile(family: Teller) -> None:
    waits = birth(1, ids.other)
    assert (await one(family.intake, waits)).fate == "waiting"
    assert noted([await one(family.intake, birth(1))]) == [True]
    await family.family(ids.other)
    found = {fact.cause.report: fact.cause.notes for _, fact in await family.facts()}
    assert TWICE in found[waits.id]


async def test_the_same_report_again_another_device_and_a_number_given_up_are_not_noted(
    family: Teller, another: Intake
) -> None:
    first, third = birth(1), birth(3)
    answers = [await one(at, told) for at in (family.intake, another) for told in (first, birth(1, device="p2"))]
    assert noted([answers[0], answers[1], answers[2]]) == [False, False, False]
    assert (await one(family.intake, third)).fate == "waiting"
    (advanced,) = await family.submit(decision("report.advanced", report=third.id), access=OFFICER)
    assert advanced.fate == "recorded"
    late = await family.submit(birth(2), birth(2), access=COLLABORATOR)
    assert noted(late) == [False, True]


async def test_what_waited_for_the_office_is_not_noted_for_its_own_number(family: Teller) -> None:
    family.office_sees_first("person.died")
    death = died()
    numbered = report(
        "person.died", {"on": "2025-04-10", "person": ids.lan}, id=death.id, device="p1", devicesequence=1
    )
    assert (await one(family.intake, numbered)).fate == "waiting"
    await family.submit(decision("reports.approved", reports=[death.id]), access=OFFICER)
    (_, fact) = (await family.facts())[-1]
    assert fact.kind == "person.died"
    assert TWICE not in fact.cause.notes


@pytest.fixture
async def given_up(family: Teller) -> Teller:
    """The office gave up the number 2, and the device goes on behind it."""
    third = birth(3)
    assert (await one(family.intake, birth(1))).fate == "recorded"
    assert (await one(family.intake, third)).fate == "waiting"
    await family.submit(decision("report.advanced", report=third.id), access=OFFICER)
    return family


def another_lan() -> Report:
    """A birth of somebody who is on the books, which is refused."""
    told = {"on": "2025-03-01", "person": ids.lan, "household": ids.home, "sex": "male"}
    return report("person.born", told, device="p1", devicesequence=2)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(("first", "fate"), [(birth(2, ids.other), "waiting"), (another_lan(), "refused")])
async def test_a_number_given_up_that_comes_twice_is_noted_whatever_becomes_of_the_first(
    given_up: Teller,
    first: Report,
    fate: str,
    together: bool,  # noqa: FBT001 - parametrized
) -> None:
    both = [first, birth(2)]
    if together:
        answers = await given_up.submit(*both, access=COLLABORATOR)
    else:
        answers = [await one(given_up.intake, told) for told in both]
    assert [answer.fate for answer in answers] == [fate, "recorded"]
    assert noted(answers) == [False, True]


@pytest.mark.parametrize("way", ["at once", "one by one", "while it waits"])
async def test_a_number_under_which_something_known_was_told_again_is_another_report_s(
    family: Teller, another: Intake, way: str
) -> None:
    """A telephone that was set up from a copy counts what it tells again anew."""
    known = birth(1, ids.other if way == "while it waits" else ids.home)
    again, new = msgspec.structs.replace(known, devicesequence=2), birth(2)
    if way == "one by one":
        answers = [await one(at, told) for at, told in ((family.intake, known), (family.intake, again), (another, new))]
    else:
        answers = await family.submit(known, again, new, access=COLLABORATOR)
    assert answers[2].fate == "recorded"
    assert noted(answers) == [False, False, True]
    assert noted([await one(another, birth(2)), await one(another, birth(3))]) == [True, False]


async def test_what_is_told_again_under_a_number_of_its_own_or_one_that_is_used_leaves_no_trace(
    family: Teller, another: Intake
) -> None:
    first, second = birth(1), birth(2)
    for told in (first, second, first, msgspec.structs.replace(first, devicesequence=2)):
        assert (await one(family.intake, told)).fate == "recorded"
    assert noted([await one(another, birth(3))]) == [False]
    async with family.connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from told_again") == 0
