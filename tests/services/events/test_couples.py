"""What becomes of couples who live apart (ly thân), come together again (đoàn tụ), part (ly hôn), or lose each other?

A separated couple stays married: neither may marry somebody else, and whoever survives is a widow (góa).

An and Lan live in one household from New Year 2025 on, and marry on 1 February.
"""

import importlib
from datetime import date

import asyncpg
import pytest

from contracts.ids import uuid7
from deploy.local.databases import Database
from services.events.intake.answer import Answer
from tests.services.events.telling import SECOND, Teller, ids, refused_for
from tests.twin.test_accepted import told
from twin import generate

OF_TWO = "spouse-of-two"
CLAIMS = "select distinct entity, dependant from tie where entity like 'spouse:%' order by 1, 2"


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


@pytest.mark.parametrize("kind", ["person.divorced", "person.separated", "person.died"])
async def test_nothing_becomes_of_a_couple_of_whom_somebody_else_claims_one(village: Teller, kind: str) -> None:
    line = {"person": ids.chi, "sex": "female", "marital": "married", "spouse": ids.an}
    await village.tell("household.registered", on="2025-01-01", household=ids.other, area=SECOND, members=[line])
    assert (await village.tell(kind, person=ids.chi)).fate == "recorded"
    assert await couple(village) == [("married", ids.lan), ("married", ids.an)]


@pytest.mark.parametrize("kind", ["person.divorced", "person.separated", "person.died"])
async def test_nothing_becomes_of_a_spouse_who_was_dead_before_the_other_was_known(village: Teller, kind: str) -> None:
    """Each came by a sheet that names the other: his was told, and his death, before hers."""
    for household, person, spouse, sex, on in (
        (ids.other, ids.dung, ids.mai, "male", "2025-01-01"),
        (ids.third, ids.mai, ids.dung, "female", "2025-03-01"),
    ):
        line = {"person": person, "sex": sex, "marital": "married", "spouse": spouse}
        await village.tell("household.registered", on=on, household=household, area=SECOND, members=[line])
        if person == ids.dung:
            await village.tell("person.died", on="2025-02-01", person=person)
    before = await village.state(ids.dung)
    assert (await village.tell(kind, on="2025-04-01", person=ids.mai)).fate == "recorded"
    assert await village.state(ids.dung) == before


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


async def claims(village: Teller, person: str, spouse: str) -> Answer:
    """A sheet of another household on which somebody is told as the spouse of somebody on record."""
    line = {"person": person, "sex": "male", "marital": "married", "spouse": spouse}
    return await village.tell("household.registered", household=ids.other, area=SECOND, members=[line])


async def test_a_marriage_of_whom_somebody_else_claims_as_spouse_is_noted(village: Teller) -> None:
    assert OF_TWO not in (await claims(village, ids.ba, ids.hoa)).notes
    await village.tell("person.arrived", person=ids.dung, household=ids.home, sex="male")
    married = await village.tell("person.married", on="2025-04-01", person=ids.dung, spouse=ids.hoa)
    assert (married.fate, OF_TWO in married.notes) == ("recorded", True)


async def test_a_marriage_to_nobody_on_the_books_is_noted_likewise_and_no_claim_that_has_ended(village: Teller) -> None:
    claim = await claims(village, ids.ba, ids.hoa)
    first = await village.tell("person.married", on="2025-04-01", person=ids.hoa)
    assert OF_TWO in first.notes
    await village.tell("fact.voided", on=None, fact=first.id)
    await village.tell("fact.voided", on=None, fact=claim.id)
    assert OF_TWO not in (await village.tell("person.married", on="2025-04-02", person=ids.hoa)).notes


async def test_who_is_told_as_the_spouse_of_a_married_person_is_noted(village: Teller) -> None:
    assert OF_TWO in (await claims(village, ids.ba, ids.lan)).notes
    told = {"person": ids.dung, "household": ids.home, "sex": "male", "spouse": ids.an}
    assert OF_TWO in (await village.tell("person.arrived", **told)).notes
    assert OF_TWO not in (await village.tell("person.married", on="2025-04-01", person=ids.hoa)).notes


async def test_a_spouse_who_is_dead_or_is_so_by_both_sheets_is_no_second_one(village: Teller) -> None:
    await village.tell("person.died", on="2025-02-10", person=ids.lan)
    assert OF_TWO not in (await claims(village, ids.ba, ids.lan)).notes
    for household, person, spouse in ((ids.third, ids.dung, ids.mai), (ids.fourth, ids.mai, ids.dung)):
        line = {"person": person, "sex": "unknown", "marital": "married", "spouse": spouse}
        sheet = await village.tell("household.registered", household=household, area=SECOND, members=[line])
        assert (sheet.fate, OF_TWO in sheet.notes) == ("recorded", False)


@pytest.mark.parametrize(("spouse", "dies"), [(ids.ba, False), (ids.dung, True)], ids=["whom he claims", "who is dead"])
async def test_a_claim_of_whom_she_marries_or_of_the_dead_is_none(village: Teller, spouse: str, *, dies: bool) -> None:
    people = [{"person": ids.ba, "sex": "male", "spouse": ids.hoa}, {"person": ids.dung, "sex": "male"}]
    await village.tell("household.registered", household=ids.other, area=SECOND, members=people)
    if dies:
        await village.tell("person.died", on="2025-03-10", person=ids.ba)
    married = await village.tell("person.married", on="2025-04-01", person=spouse, spouse=ids.hoa)
    assert (married.fate, OF_TWO in married.notes) == ("recorded", False)


async def test_claims_of_before_are_found_once_the_ledger_is_brought_up_to_date(village: Teller) -> None:
    await claims(village, ids.ba, ids.hoa)
    step = importlib.import_module("services.events.migrations.versions.0015_claimed")
    owner = await asyncpg.connect(village.database.owner_dsn)
    tied = await owner.fetch("delete from tie where entity like 'spouse:%' returning entity, dependant")
    await owner.execute(step.CLAIMED)
    assert await owner.fetch("select * from tie where entity like 'spouse:%'") == tied
    await owner.close()
    assert OF_TWO in (await village.tell("person.married", on="2025-04-01", person=ids.hoa)).notes


async def test_claims_follow_from_the_ledger_as_the_intake_finds_them(events_database: Database) -> None:
    """Those of a year in which people marry, divorce, die, and are told anew otherwise."""
    await told(events_database, list(generate(40, 4, date(2025, 1, 1), 22, 4.0)), 50)
    step = importlib.import_module("services.events.migrations.versions.0016_claims_of_the_ledger")
    owner = await asyncpg.connect(events_database.owner_dsn)
    try:
        found = await owner.fetch(CLAIMS)
        await owner.execute("delete from tie where entity = $1", found[0]["entity"])
        await owner.execute("insert into tie values ('spouse:' || $1, $1)", ids.hoa)
        await owner.execute(step.CLAIMED)
        again = await owner.fetch(CLAIMS)
    finally:
        await owner.close()
    assert found
    assert again == found
