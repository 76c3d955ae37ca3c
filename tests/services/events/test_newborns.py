"""Is a newborn ("trẻ mới sinh") told by two people under two ids one child, and are twins never made silently?

Given a mother and a birth on the books, when a birth of hers on the same day is told again under another id.
"""

from typing import Any

import pytest

from contracts.ids import uuid7
from services.events.intake.answer import Answer
from tests.services.events.telling import AREA, Teller, ids, report

HOA = {"name": "Phạm Thị Hoà"}


@pytest.fixture
async def mother(family: Teller) -> Teller:
    await family.family(ids.other, mai="female")
    return family


async def told(books: Teller, person: str, **changed: Any) -> Answer:
    child: dict[str, Any] = {
        "household": ids.home,
        "mother": ids.lan,
        "sex": "female",
        "personal": HOA,
        "birth_order": 1,
    }
    kept = {name: value for name, value in (child | changed).items() if value is not None}
    return await books.tell("person.born", person=person, **kept)


@pytest.mark.parametrize(
    "again",
    [{}, {"birth_order": None}, {"personal": {"name": "phạm thị hòa"}}, {"weight_grams": 3100, "place": "home"}],
    ids=["told alike", "told without its order", "spelt otherwise", "told with more"],
)
async def test_a_child_whom_nobody_can_doubt_is_a_duplicate(mother: Teller, again: dict[str, Any]) -> None:
    first = await told(mother, ids.one)
    second = await told(mother, ids.two, **again)
    assert (second.fate, second.position, second.instead) == ("duplicate", first.position, ids.one)
    assert await mother.state(ids.two) is None


@pytest.mark.parametrize("second", ["phone-1", "phone-2", None])
async def test_two_whom_one_device_tells_under_one_name_are_twins_with_a_task(
    mother: Teller, second: str | None
) -> None:
    child = {"on": "2025-03-01", "household": ids.home, "mother": ids.lan, "sex": "female", "personal": {"name": "Bé"}}
    first = report("person.born", child | {"person": ids.one}, device="phone-1")
    again = report("person.born", child | {"person": ids.two}, device=second)
    assert [answer.fate for answer in await mother.submit(first)] == ["recorded"]
    (answer,) = await mother.submit(again)
    if second == "phone-1":
        assert (answer.fate, "possible-twin-report" in answer.notes) == ("recorded", True)
    else:
        assert (answer.fate, answer.instead) == ("duplicate", ids.one)


async def test_whoever_told_a_child_twice_learns_each_time_under_which_id_it_is_on_the_books(mother: Teller) -> None:
    first = await told(mother, ids.one)
    second = uuid7()
    again = [await told(mother, ids.two, id=second) for _ in range(2)]
    assert [(answer.fate, answer.position, answer.instead) for answer in again] == [
        ("duplicate", first.position, ids.one)
    ] * 2
    assert [answer.duplicate for answer in again] == [False, True]


@pytest.mark.parametrize(
    "again",
    [
        {"birth_order": 2},
        {"personal": {"name": "Phạm Thị Hoa"}},
        {"personal": None},
        {"sex": "male"},
        {"household": ids.other},
    ],
    ids=["another order", "another name", "no name", "another sex", "another household"],
)
async def test_whoever_may_be_a_twin_is_recorded_with_a_task(mother: Teller, again: dict[str, Any]) -> None:
    first = await told(mother, ids.one)
    second = await told(mother, ids.two, **again)
    assert "possible-twin-report" not in first.notes
    assert (second.fate, "possible-twin-report" in second.notes) == ("recorded", True)


async def test_two_of_whom_no_sex_is_told_may_be_twins(mother: Teller) -> None:
    await told(mother, ids.one, sex="unknown")
    second = await told(mother, ids.two, sex="unknown")
    assert (second.fate, "possible-twin-report" in second.notes) == ("recorded", True)


@pytest.mark.parametrize(
    "again", [{"mother": ids.mai}, {"mother": None}, {"on": "2025-03-02"}], ids=["another", "nobody", "another day"]
)
async def test_who_has_another_mother_or_birthday_is_another_child(mother: Teller, again: dict[str, Any]) -> None:
    await told(mother, ids.one)
    second = await told(mother, ids.two, **again)
    assert (second.fate, "possible-twin-report" in second.notes) == ("recorded", False)


@pytest.mark.parametrize(
    ("earlier", "later", "notes"),
    [
        ("2025-03-01", "2025-03-02", ["births-close-together"]),
        ("2025-03-01", "2025-03-15", ["births-close-together"]),
        ("2025-03-01", "2025-03-16", []),
        ("2025-03-01", "2026-03-01", []),
    ],
)
@pytest.mark.parametrize("order", [1, -1], ids=["in order", "the later one first"])
async def test_a_birth_within_two_weeks_of_another_of_her_mother_is_a_task(
    mother: Teller, earlier: str, later: str, notes: list[str], order: int
) -> None:
    first, second = (earlier, later)[::order]
    assert (await told(mother, ids.one, on=first)).notes == ()
    answer = await told(mother, ids.two, on=second)
    assert (answer.fate, list(answer.notes)) == ("recorded", notes)


@pytest.mark.parametrize(
    ("birth", "noted"),
    [("2010-03-02", True), ("2010-03-01", False), ("1975-03-02", False), ("1975-03-01", True), ("1975", False)],
    ids=["14 years", "15 years", "49 years", "50 years", "perhaps 49 years"],
)
async def test_a_mother_outside_the_ages_of_childbearing_is_noted(mother: Teller, birth: str, *, noted: bool) -> None:
    line = {"person": ids.hoa, "sex": "female", "birth": birth}
    await mother.tell("household.registered", on="2025-01-01", household=ids.third, area=AREA, members=[line])
    answer = await told(mother, ids.one, mother=ids.hoa)
    assert (answer.fate, "outside-childbearing-age" in answer.notes) == ("recorded", noted)


async def test_three_births_of_one_mother_leave_each_task_once(mother: Teller) -> None:
    await told(mother, ids.one, on="2025-03-01")
    await told(mother, ids.two, on="2025-03-02")
    third = await told(mother, ids.three, on="2025-03-02", birth_order=3)
    assert sorted(third.notes) == ["births-close-together", "possible-twin-report"]


async def test_of_two_that_are_one_child_the_double_is_merged(mother: Teller) -> None:
    await told(mother, ids.one)
    await told(mother, ids.two, personal=None)
    for one in (ids.one, ids.two):
        await mother.tell("person.newborn_screened", on="2025-03-02", person=one, heart="normal")
    merged = await mother.tell("person.merged", on="2025-03-03", person=ids.two, into=ids.one)
    assert (merged.fate, merged.notes) == ("recorded", ()), "neither has borne the other"


async def test_a_child_whose_first_telling_was_voided_may_be_told_again(mother: Teller) -> None:
    first = await told(mother, ids.one)
    await mother.tell("fact.voided", on=None, fact=first.id)
    assert (await told(mother, ids.two)).fate == "recorded"
