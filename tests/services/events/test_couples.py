"""What becomes of couples who live apart (ly thân), come together again (đoàn tụ), part (ly hôn), or lose each other?

A separated couple stays married: neither may marry somebody else, and whoever survives is a widow (góa).

An and Lan live in one household from New Year 2025 on, and marry on 1 February.
"""

import pytest

from contracts.ids import uuid7
from tests.services.events.telling import Teller, ids, refused_for


@pytest.fixture
async def village(teller: Teller) -> Teller:
    await teller.places()
    await teller.family(ids.home, an="male", lan="female", hoa="female")
    await teller.tell("person.married", on="2025-02-01", person=ids.an, spouse=ids.lan)
    return teller


async def couple(village: Teller) -> list[tuple[str, str | None]]:
    states = [await village.state(person) for person in (ids.an, ids.lan)]
    return [(state["marital"], state.get("spouse")) for state in states]


async def test_both_live_apart_and_stay_married_to_each_other(village: Teller) -> None:
    await village.tell("person.separated", person=ids.lan)
    assert await couple(village) == [("separated", ids.lan), ("separated", ids.an)]
    answer = await village.tell("person.married", on="2025-03-02", person=ids.an, spouse=ids.hoa)
    assert refused_for(answer) == ["already-married"]


async def test_a_separated_couple_comes_together_again(village: Teller) -> None:
    await village.tell("person.separated", person=ids.lan)
    await village.tell("person.reconciled", on="2025-04-01", person=ids.an)
    assert await couple(village) == [("married", ids.lan), ("married", ids.an)]
    assert refused_for(await village.tell("person.reconciled", on="2025-04-02", person=ids.an)) == ["not-separated"]


async def test_a_separated_couple_may_be_divorced(village: Teller) -> None:
    await village.tell("person.separated", person=ids.lan)
    await village.tell("person.divorced", on="2025-04-01", person=ids.an)
    assert await couple(village) == [("divorced", None), ("divorced", None)]


async def test_a_death_widows_the_separated_and_its_void_undoes_that(village: Teller) -> None:
    one = uuid7()
    await village.tell("person.separated", person=ids.lan)
    await village.tell("person.died", id=one, on="2025-04-01", person=ids.an)
    assert (await village.state(ids.lan))["marital"] == "widowed"
    await village.tell("fact.voided", on=None, fact=one)
    assert await couple(village) == [("separated", ids.lan), ("separated", ids.an)]


async def test_only_a_married_person_is_separated_and_from_somebody_unknown_too(village: Teller) -> None:
    assert refused_for(await village.tell("person.separated", person=ids.hoa)) == ["not-married"]
    await village.tell("person.married", on="2025-02-01", person=ids.hoa)
    assert (await village.tell("person.separated", person=ids.hoa)).fate == "recorded"
    assert (await village.state(ids.hoa))["marital"] == "separated"


async def test_a_separation_told_after_the_divorce_that_followed_it_fits(village: Teller) -> None:
    await village.tell("person.divorced", on="2025-04-01", person=ids.an)
    assert (await village.tell("person.separated", on="2025-03-01", person=ids.lan)).fate == "recorded"
    assert await couple(village) == [("divorced", None), ("divorced", None)]
