"""Does what is told late, taken back or told of who is gone leave its task, its fate and its office?"""

import msgspec
import pytest

from contracts.ids import uuid7
from contracts.scopes import Scope
from kit.auth.access import Access
from services.events.intake.answer import Answer
from tests.services.events.telling import ANYBODY, AREA, COMMUNE, FAR, PROVINCE, Teller, ids, report
from tests.services.events.test_api import asking
from tests.services.events.test_desk import queue
from tests.services.events.test_halves import ends, unmatched

COLLABORATOR = Access("c1", "c1", frozenset({Scope.EVENTS_REPORT_WRITE}), "jti", areas=(AREA,))
ELSEWHERE = Access("c2", "c2", frozenset({Scope.EVENTS_REPORT_WRITE}), "jti", areas=(FAR,))
OFFICE = msgspec.structs.replace(ANYBODY, client_id="officer", areas=(PROVINCE,))


@pytest.fixture
async def books(teller: Teller) -> Teller:
    await teller.places()
    await teller.family(ids.home, lan="female", an="male", mai="female")
    await teller.family(ids.other, area=FAR, binh="male", hoa="female")
    return teller


async def by(access: Access, teller: Teller, kind: str, **told: object) -> Answer:
    (answer,) = await teller.submit(report(kind, told), access=access)
    return answer


async def test_who_visits_the_area_that_somebody_left_tells_what_became_of_her(books: Teller) -> None:
    await books.tell("person.left", on="2025-03-01", person=ids.an, destination="abroad")
    assert (await by(COLLABORATOR, books, "person.died", on="2025-03-10", person=ids.an)).fate == "recorded"


@pytest.mark.parametrize("destination", ["abroad", "inside_country"])
async def test_what_is_told_of_who_is_gone_lies_on_the_desk_of_where_she_was(books: Teller, destination: str) -> None:
    await books.tell("person.left", on="2025-03-01", person=ids.an, destination=destination)
    if destination != "abroad":
        await books.tell("move.closed", on="2025-03-02", person=ids.an)
    handed = await by(ELSEWHERE, books, "person.died", on="2025-03-10", person=ids.an)
    assert handed.fate == "handed_over"
    async with asking(books.database, areas=("VN",)) as http:
        listed = await queue(http, COMMUNE)
    assert [one["id"] for one in listed["reports"]] == [handed.id]
    approved = await by(OFFICE, books, "reports.approved", on="2025-05-05", reports=[handed.id])
    assert approved.fate == "recorded"
    assert (await books.state(ids.an))["status"] == "dead"


async def test_a_head_who_is_gone_by_what_came_later_leaves_a_task(books: Teller) -> None:
    await books.tell("person.died", on="2025-03-10", person=ids.an)
    told = uuid7()
    late = await books.tell("household.head_changed", id=told, on="2025-03-05", household=ids.home, head=ids.an)
    assert "head" not in await books.state(ids.home)
    assert "household-without-head" in late.notes


async def test_a_head_who_is_gone_since_what_came_between_was_taken_back_leaves_a_task(books: Teller) -> None:
    told = uuid7()
    await books.tell("household.head_changed", id=told, on="2025-03-05", household=ids.home, head=ids.an)
    left = await books.tell("person.left", on="2025-03-10", person=ids.lan, destination="abroad")
    assert left.notes == ()
    voided = await books.tell("fact.voided", on=None, fact=told)
    assert "head" not in await books.state(ids.home)
    assert "household-without-head" in voided.notes


async def test_a_household_that_had_no_head_before_leaves_no_task_twice(books: Teller) -> None:
    died = await books.tell("person.died", on="2025-03-10", person=ids.lan)
    assert died.notes == ("household-without-head",)
    late = await books.tell("household.moved", on="2025-03-01", household=ids.home, area=FAR)
    assert (late.fate, late.notes) == ("recorded", ())


async def test_who_founded_a_household_and_died_since_leaves_it_without_a_head(books: Teller) -> None:
    """Nobody's head died, as it was told."""
    assert (await books.tell("person.died", on="2025-03-10", person=ids.an)).notes == ()
    members = [{"person": ids.an}, {"person": ids.mai}]
    late = await books.tell(
        "household.split", on="2025-03-01", household=ids.home, founded=ids.third, head=ids.an, members=members
    )
    assert "head" not in await books.state(ids.third)
    assert "household-without-head" in late.notes


@pytest.mark.parametrize("kind", ["household.merged", "household.dissolved"])
async def test_a_household_that_comes_back_without_its_head_who_died_since_leaves_a_task(
    books: Teller, kind: str
) -> None:
    told = uuid7()
    going = [{"person": one, "household": ids.other} for one in (ids.lan, ids.an, ids.mai)]
    how: dict[str, object] = {"into": ids.other} if kind == "household.merged" else {"members": going}
    await books.tell(kind, id=told, on="2025-03-05", household=ids.home, **how)
    assert (await books.tell("person.died", on="2025-03-10", person=ids.lan)).notes == ()
    voided = await books.tell("fact.voided", on=None, fact=told)
    assert "head" not in await books.state(ids.home)
    assert "household-without-head" in voided.notes


async def test_an_arrival_that_waits_is_told_that_she_died_before(books: Teller) -> None:
    waits = await books.tell("person.arrived", on="2025-03-15", person=ids.an, household=ids.other, sex="male")
    assert waits.fate == "waiting"
    await books.tell("person.died", on="2025-03-10", person=ids.an)
    async with books.connections.acquire() as connection:
        assert await connection.fetchval("select fate from outcome where report = $1", waits.id) == "refused"
    assert ends(await unmatched(books)) == []


async def test_who_leaves_by_a_dissolution_is_bound_for_the_place_that_was_told(books: Teller) -> None:
    members = [
        {"person": ids.binh, "destination": "inside_country", "place": COMMUNE},
        {"person": ids.hoa, "destination": "abroad"},
    ]
    await books.tell("household.dissolved", on="2025-03-10", household=ids.other, members=members)
    assert ends(await unmatched(books)) == [("departure", ids.binh, FAR, COMMUNE)]


async def test_a_merger_founds_nothing_below_what_it_ends(teller: Teller) -> None:
    await teller.places()
    district = {"unit": "300-20190101", "code": "300", "level": "district", "names": {"vi": "D"}, "parent": PROVINCE}
    await teller.tell("unit.established", on="2019-01-01", unit=district)
    new = {"unit": "10600-20250501", "code": "10600", "level": "commune", "names": {"vi": "M"}}
    fates = []
    for parent in (district["unit"], PROVINCE):
        told = {"on": "2025-05-01", "change": "merge", "units": [district["unit"]], "new": new | {"parent": parent}}
        (answer,) = await teller.submit(report("unit.reorganised", told))
        fates.append(answer.fate)
    assert fates == ["refused", "recorded"]
