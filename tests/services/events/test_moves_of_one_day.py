"""Is a move one move whose departure ("chuyển đi") and arrival ("chuyển đến") are told for the same day?

Arrivals stand before departures within a day: so it happens at the arrival, and the departure is told by it.
"""

from typing import Any

import pytest

from services.events.intake.answer import Answer
from tests.services.events.telling import AREA, FAR, SECOND, Teller, ids
from tests.services.events.test_halves import unmatched

DAY = "2025-03-01"


@pytest.fixture
async def books(family: Teller) -> Teller:
    await family.family(ids.far, area=FAR, mai="female")
    await family.family(ids.other, area=SECOND, minh="male")
    return family


async def leaves(books: Teller, on: str = DAY, person: str = ids.an, **told: Any) -> Answer:
    return await books.tell("person.left", on=on, person=person, **{"destination": "inside_country"} | told)


async def arrives(books: Teller, on: str = DAY, household: str = ids.far) -> Answer:
    return await books.tell("person.arrived", on=on, person=ids.an, household=household, sex="male")


async def lives(books: Teller) -> tuple[Any, ...]:
    state = await books.state(ids.an)
    return state["status"], state.get("household"), state.get("area")


@pytest.mark.parametrize("first", [leaves, arrives])
async def test_it_closes_in_either_order_of_telling(books: Teller, first: Any) -> None:
    for tell in (first, arrives if first is leaves else leaves):
        await tell(books)
    assert await lives(books) == ("resident", ids.far, FAR)
    assert await unmatched(books) == []


async def test_the_household_that_its_head_left_so_has_none(books: Teller) -> None:
    await leaves(books, person=ids.lan)
    told = {"person": ids.lan, "household": ids.far, "sex": "female"}
    assert (await books.tell("person.arrived", on=DAY, **told)).notes == ("household-without-head",)
    assert (await books.state(ids.home)).get("head") is None
    assert (await books.state(ids.lan))["household"] == ids.far


async def test_what_happens_on_that_day_happens_where_she_arrived(books: Teller) -> None:
    await leaves(books)
    await arrives(books)
    answer = await books.tell("person.moved", on=DAY, person=ids.an, household=ids.other)
    assert answer.fate == "recorded"
    assert await lives(books) == ("resident", ids.other, SECOND)


async def test_the_departure_is_taken_back_only_behind_the_arrival(books: Teller) -> None:
    departure = await leaves(books)
    arrival = await arrives(books)
    refused = await books.tell("fact.voided", on=None, fact=departure.id)
    assert refused.fate == "refused"
    assert refused.problem is not None
    assert [reason.facts for reason in refused.problem.reasons] == [(arrival.position,)]
    assert (await books.tell("fact.voided", on=None, fact=arrival.id)).fate == "recorded"
    assert await lives(books) == ("in_transit", None, None)
    assert (await books.tell("fact.voided", on=None, fact=departure.id)).fate == "recorded"
    assert await lives(books) == ("resident", ids.home, AREA)


@pytest.mark.parametrize(("day", "fate"), [("2025-02-27", "recorded"), ("2025-03-02", "refused")])
async def test_the_day_of_the_departure_is_put_right(books: Teller, day: str, fate: str) -> None:
    departure = await leaves(books)
    await arrives(books)
    right = await books.tell("fact.corrected", on=None, fact=departure.id, changes={"on": day})
    assert right.fate == fate
    assert await lives(books) == ("resident", ids.far, FAR)


@pytest.mark.parametrize("changes", [{"on": DAY}, {"on": DAY, "place": "10507-20190101"}])
async def test_a_departure_may_be_put_onto_the_day_of_its_arrival(books: Teller, changes: dict[str, str]) -> None:
    departure = await leaves(books, "2025-02-20")
    await arrives(books)
    right = await books.tell("fact.corrected", on=None, fact=departure.id, changes=changes)
    assert right.fate == "recorded"
    assert await lives(books) == ("resident", ids.far, FAR)
    assert await unmatched(books) == []


async def test_whoever_leaves_for_abroad_on_that_day_does_so_from_where_she_arrived(books: Teller) -> None:
    await leaves(books)
    await arrives(books)
    departure = await books.tell("person.left", on="2025-03-05", person=ids.an, destination="abroad")
    right = await books.tell("fact.corrected", on=None, fact=departure.id, changes={"on": DAY})
    assert right.fate == "recorded"
    assert await lives(books) == ("outside", None, None)


async def test_a_departure_of_a_later_day_is_half_of_no_such_move_though_it_is_told_late(books: Teller) -> None:
    await leaves(books)
    await arrives(books)
    await books.tell("person.changed", on="2025-03-09", person=ids.an, new={"education": "primary"})
    assert (await leaves(books, "2025-03-05")).fate == "recorded"
    assert await lives(books) == ("in_transit", None, None)


async def test_whoever_moves_within_the_books_and_leaves_on_one_day_is_on_her_way(books: Teller) -> None:
    assert (await books.tell("person.moved", on=DAY, person=ids.an, household=ids.other)).fate == "recorded"
    assert (await leaves(books)).fate == "recorded"
    assert await lives(books) == ("in_transit", None, None)
    assert (await books.state(ids.an))["transit"]["area"] == SECOND


async def test_an_arrival_waits_on_where_she_leaves_for_abroad_that_day(books: Teller) -> None:
    await leaves(books, destination="abroad")
    assert (await arrives(books)).fate == "waiting"


async def leaves_twice(books: Teller) -> Answer:
    """An leaves for the far household, and once more on that day from there; give the first departure."""
    first = await leaves(books)
    await arrives(books)
    second = await leaves(books, "2025-03-05")
    assert (await books.tell("fact.corrected", on=None, fact=second.id, changes={"on": DAY})).fate == "recorded"
    assert await lives(books) == ("in_transit", None, None)
    return first


async def test_the_second_departure_is_half_of_the_move_where_the_first_is_taken_back(books: Teller) -> None:
    first = await leaves_twice(books)
    assert (await books.tell("fact.voided", on=None, fact=first.id)).fate == "recorded"
    assert await lives(books) == ("resident", ids.far, FAR)
    assert await unmatched(books) == []


async def test_which_departure_is_half_of_the_move_follows_where_the_first_is_put_right(books: Teller) -> None:
    first = await leaves_twice(books)
    later = await books.tell("fact.corrected", on=None, fact=first.id, changes={"on": "2025-03-07"})
    assert later.fate == "recorded"
    assert await left_far_on(books) == "2025-03-07"
    back = await books.tell("fact.corrected", on=None, fact=first.id, changes={"on": DAY}, previous=later.id)
    assert back.fate == "recorded"
    assert await left_far_on(books) == DAY


async def left_far_on(books: Teller) -> str:
    assert await lives(books) == ("in_transit", None, None)
    return str((await books.state(ids.an))["transit"]["on"])
