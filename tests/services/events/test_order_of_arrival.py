"""Does the order in which reports arrive never refuse what is true? Each history is told out of its order.

And does what no order could make true stay refused, so that nothing waits for what cannot come?
"""

from typing import Any

import pytest

from contracts.ids import uuid7
from kit.http.problems import ContradictsRecord
from services.events.intake.answer import Answer
from tests.services.events.telling import AREA, Teller, ids


@pytest.fixture
async def books(family: Teller) -> Teller:
    await family.family(ids.other, mai="female", binh="male")
    return family


def is_open(answer: Answer) -> bool:
    return answer.problem is None and answer.fate in {"recorded", "waiting"}


def why(answer: Answer) -> list[tuple[str, tuple[int, ...]]]:
    """What a refusal names: each reason with the positions of the facts that stand against the report."""
    assert isinstance(answer.problem, ContradictsRecord), answer
    return [(reason.code, tuple(reason.facts)) for reason in answer.problem.reasons]


async def fate(books: Teller, told: Answer) -> str:
    async with books.connections.acquire() as connection:
        found = await connection.fetchval("select fate from outcome where report = $1", told.id)
    return str(found)


async def headed(books: Teller, on: str = "2025-03-05", **told: Any) -> Answer:
    return await books.tell("household.head_changed", on=on, household=ids.other, **{"head": ids.lan} | told)


async def moved(books: Teller, on: str = "2025-03-05", **told: Any) -> Answer:
    return await books.tell("person.moved", on=on, **{"person": ids.lan, "household": ids.other} | told)


async def left(books: Teller, on: str, **told: Any) -> Answer:
    return await books.tell("person.left", on=on, **{"person": ids.lan, "destination": "inside_country"} | told)


async def arrived(books: Teller, on: str, household: str = ids.other) -> Answer:
    return await books.tell("person.arrived", on=on, person=ids.lan, household=household, sex="female")


async def test_a_new_head_is_told_before_she_moved_in(books: Teller) -> None:
    head = await headed(books)
    assert is_open(head)
    assert (await moved(books)).fate == "recorded"
    assert (await books.state(ids.other))["head"] == ids.lan


async def test_a_new_head_waits_for_her_and_is_told_to_whoever_asks(books: Teller) -> None:
    head = await headed(books)
    assert (head.fate, head.need) == ("waiting", f"arrived:{ids.lan}")
    await moved(books, household=ids.home, person=ids.binh)
    assert await fate(books, head) == "waiting", "somebody else moved"
    await moved(books, on="2025-03-06")
    assert await fate(books, head) == "refused", "she came on the day after"


async def test_a_new_head_who_is_still_on_her_way_waits_for_her_arrival(books: Teller) -> None:
    await left(books, "2025-03-01")
    head = await headed(books)
    assert (await arrived(books, "2025-03-04")).fate == "recorded"
    assert await fate(books, head) == "recorded"


async def test_a_new_head_waits_until_a_departure_that_never_was_is_voided(books: Teller) -> None:
    gone = await left(books, "2025-03-01", person=ids.binh)
    head = await headed(books, head=ids.binh)
    assert head.fate == "waiting"
    await books.tell("fact.voided", on=None, fact=gone.id)
    assert await fate(books, head) == "recorded"


async def test_a_relative_of_a_new_head_may_move_in_later_too(books: Teller) -> None:
    head = await headed(books, head=ids.binh, members=[{"person": ids.lan, "relation": "spouse"}])
    assert head.need == f"arrived:{ids.lan}"
    await moved(books)
    assert (await books.state(ids.lan))["relation"] == "spouse"


async def test_a_dead_person_is_waited_for_by_nobody(books: Teller) -> None:
    waits = await headed(books)
    died = await books.tell("person.died", on="2025-03-02", person=ids.lan)
    assert await fate(books, waits) == "refused"
    assert why(await headed(books)) == [("not-a-member", (died.position or 0,))]


async def test_a_new_head_who_moves_in_later_by_the_record_is_refused_with_that_move(books: Teller) -> None:
    came = await moved(books, on="2025-03-10")
    assert why(await headed(books)) == [("not-a-member", (came.position or 0,))]


async def test_a_new_head_who_moves_on_to_another_household_later_is_waited_for(books: Teller) -> None:
    """She may have come and gone before that: nothing on record lets her come to this one."""
    await books.family(ids.third, cuc="female")
    assert (await moved(books, household=ids.third, on="2025-03-10")).fate == "recorded"
    assert (await headed(books)).fate == "waiting"


async def test_a_new_head_who_was_there_at_that_time_and_told_twice_is_one(books: Teller) -> None:
    first = await headed(books, head=ids.binh)
    await moved(books, person=ids.binh, household=ids.home)
    again = await headed(books, head=ids.binh)
    assert (again.fate, again.position) == ("duplicate", first.position)


async def test_a_second_departure_is_told_before_the_arrival_between(books: Teller) -> None:
    await left(books, "2025-03-01")
    again = await left(books, "2025-04-01")
    assert is_open(again)
    assert (await arrived(books, "2025-03-05")).fate == "recorded"
    assert (await books.state(ids.lan))["status"] == "in_transit"


async def test_a_second_departure_counts_nobody_twice(books: Teller) -> None:
    await left(books, "2025-03-01")
    second = await left(books, "2025-04-01")
    assert (second.fate, second.need) == ("waiting", f"arrived:{ids.lan}")
    async with books.connections.acquire() as connection:
        halves = "select side, person, since from half"
        assert [tuple(row) for row in await connection.fetch(halves)] == [("departure", ids.lan, "2025-03-01")]
        await arrived(books, "2025-03-05")
        assert [tuple(row) for row in await connection.fetch(halves)] == [("departure", ids.lan, "2025-04-01")]
    steps = [step for _, fact in await books.facts() for step in fact.asserts.persons if step.entity == ids.lan]
    lived = [(step.on, step.after.status) for step in steps if step.after is not None]
    assert lived == [
        ("2025-01-01", "resident"),
        ("2025-03-01", "in_transit"),
        ("2025-03-05", "resident"),
        ("2025-04-01", "in_transit"),
    ]


async def test_who_came_back_from_abroad_may_leave_before_her_return_is_told(books: Teller) -> None:
    await left(books, "2025-03-01", destination="abroad")
    second = await left(books, "2025-04-01")
    await arrived(books, "2025-04-01", ids.home)
    assert await fate(books, second) == "recorded"


@pytest.mark.parametrize(("place", "becomes"), [(None, "duplicate"), ("10507-20190101", "refused")])
async def test_a_departure_told_again_is_the_same_and_never_a_second_one(
    books: Teller, place: str | None, becomes: str
) -> None:
    first = await left(books, "2025-03-01")
    again = await left(books, "2025-03-01", **({} if place is None else {"place": place}))
    assert again.fate == becomes
    if becomes == "refused":
        assert why(again) == [("told-differently", (first.position or 0,))]


async def test_a_second_departure_that_waits_and_is_told_again_is_one(books: Teller) -> None:
    await left(books, "2025-03-01")
    waits = [await left(books, "2025-04-01") for _ in range(2)]
    await arrived(books, "2025-03-05")
    assert sorted([await fate(books, one) for one in waits]) == ["duplicate", "recorded"]


async def test_who_leaves_with_her_household_and_alone_on_one_day_leaves_once(books: Teller) -> None:
    lines = [{"person": one, "destination": "abroad"} for one in (ids.mai, ids.binh)]
    ended = await books.tell("household.dissolved", on="2025-03-01", household=ids.other, members=lines)
    assert why(await left(books, "2025-03-01", person=ids.mai)) == [("not-a-member", (ended.position or 0,))]


async def test_a_departure_between_two_homes_that_the_record_knows_is_refused_with_both_ends(books: Teller) -> None:
    gone = await left(books, "2025-03-01")
    back = await arrived(books, "2025-03-10")
    assert why(await left(books, "2025-03-05")) == [("not-resident", (gone.position or 0, back.position or 0))]


async def test_a_second_departure_of_who_died_on_her_way_is_refused(books: Teller) -> None:
    await left(books, "2025-03-01")
    second = await left(books, "2025-04-01")
    died = await books.tell("person.died", on="2025-03-20", person=ids.lan)
    assert await fate(books, second) == "refused"
    assert why(await left(books, "2025-04-02")) == [("not-resident", (died.position or 0,))]


async def test_a_second_departure_is_the_only_one_when_the_first_is_voided(books: Teller) -> None:
    first = await left(books, "2025-03-01")
    second = await left(books, "2025-04-01")
    await books.tell("fact.voided", on=None, fact=first.id)
    assert await fate(books, second) == "recorded"


async def test_a_correction_that_leaves_others_without_sense_waits_for_nobody(books: Teller) -> None:
    """The arrival of March would tell of somebody who had not left, whatever may still come."""
    one = uuid7()
    await books.tell("person.left", id=one, on="2025-03-01", person=ids.lan, destination="inside_country")
    await arrived(books, "2025-03-05")
    await left(books, "2025-04-01")
    answer = await books.tell("fact.corrected", on=None, fact=one, changes={"on": "2025-04-10"})
    assert answer.fate == "refused"


# What is told of Lan in March where she has come to live by then: of the household that she joined, or of herself.
THERE: list[tuple[str, dict[str, Any]]] = [
    ("person.moved", {"person": ids.lan, "household": ids.home}),
    ("person.changed", {"person": ids.lan, "new": {"relation": "child"}}),
    ("person.health_checked", {"person": ids.lan}),
    ("person.contraception_started", {"person": ids.lan, "method": "iud"}),
    ("couple.checked", {"person": ids.lan}),
    ("household.split", {"household": ids.other, "founded": ids.new, "members": [{"person": ids.lan}]}),
    ("household.sheet_opened", {"household": ids.other, "sheet": "2", "people": [ids.lan]}),
    ("household.merged", {"household": ids.other, "into": ids.home, "members": [{"person": ids.lan}]}),
    (
        "household.dissolved",
        {
            "household": ids.other,
            "members": [{"person": one, "household": ids.home} for one in (ids.lan, ids.mai, ids.binh)],
        },
    ),
]


@pytest.mark.parametrize(("kind", "told"), THERE, ids=[kind for kind, _ in THERE])
async def test_what_rests_on_an_arrival_may_be_told_before_it(books: Teller, kind: str, told: dict[str, Any]) -> None:
    await left(books, "2025-03-01", destination="abroad")
    early = await books.tell(kind, on="2025-03-05", **told)
    assert (early.fate, early.need) == ("waiting", f"arrived:{ids.lan}")
    late = await books.tell(kind, on="2025-03-02", **told)
    assert late.fate == "waiting"
    assert (await arrived(books, "2025-03-04")).fate == "recorded"
    assert (await fate(books, early), await fate(books, late)) == ("recorded", "refused"), "she came on the fourth"


@pytest.mark.parametrize(("kind", "told"), THERE, ids=[kind for kind, _ in THERE])
async def test_what_rests_on_the_coming_of_the_dead_is_refused(books: Teller, kind: str, told: dict[str, Any]) -> None:
    await left(books, "2025-03-01", destination="abroad")
    early = await books.tell(kind, on="2025-03-05", **told)
    await books.tell("person.died", on="2025-03-02", person=ids.lan)
    assert await fate(books, early) == "refused"


async def test_what_is_told_of_a_newborn_under_its_second_id_reaches_the_child(books: Teller) -> None:
    child: dict[str, Any] = {
        "household": ids.home,
        "mother": ids.lan,
        "sex": "female",
        "personal": {"name": "Phạm Gia Hân"},
    }
    await books.tell("person.born", on="2025-03-01", person=ids.one, **child)
    assert (await books.tell("person.born", on="2025-03-01", person=ids.two, **child)).fate == "duplicate"
    died = await books.tell("person.died", on="2025-03-02", person=ids.two)
    assert (died.fate, (await books.state(ids.one))["status"]) == ("recorded", "dead")


async def test_a_departure_behind_what_was_told_from_the_new_home_is_recorded_once_the_arrival_is_told(
    books: Teller,
) -> None:
    await books.tell("household.registered", household=ids.third, area=AREA)
    later = await moved(books, "2025-03-20", household=ids.third)
    assert why(await left(books, "2025-03-01")) == [("not-resident", (later.position,))]
    came = await arrived(books, "2025-03-10")
    assert came.fate == "waiting"
    assert (await left(books, "2025-03-01")).fate == "recorded"
    assert await fate(books, came) == "recorded"
    assert (await books.state(ids.lan))["household"] == ids.third


async def test_a_birth_is_told_behind_an_arrival_of_who_was_new_and_her_departure_of_that_day(books: Teller) -> None:
    gone = await books.tell("person.left", on="2025-03-05", person=ids.child, destination="inside_country")
    came = await books.tell("person.arrived", on="2025-03-05", person=ids.child, household=ids.home, sex="female")
    assert (came.fate, await fate(books, gone)) == ("recorded", "recorded")
    born = {"person": ids.child, "household": ids.other, "mother": ids.mai, "sex": "female"}
    assert (await books.tell("person.born", on="2025-03-01", **born)).fate == "recorded"
    assert (await books.state(ids.child))["household"] == ids.home


async def test_who_arrived_as_somebody_new_is_registered_nowhere_before_without_a_departure(books: Teller) -> None:
    came = await books.tell("person.arrived", on="2025-03-05", person=ids.child, household=ids.home, sex="female")
    born = {"person": ids.child, "household": ids.other, "mother": ids.mai, "sex": "female"}
    assert why(await books.tell("person.born", on="2025-03-01", **born)) == [("departure-missing", (came.position,))]
