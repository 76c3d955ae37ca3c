"""Is what is told of a child under a second id recorded of the child, in whatever order it comes?

Given a newborn ("trẻ mới sinh") that two people tell under two ids, when more is told by the second id.
"""

from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.ids import uuid7
from deploy.local.databases import Database
from kit.http.problems import ContradictsRecord, InvalidRequest
from services.events.intake.answer import Answer
from services.events.store.restore import restore
from tests.services.events.conftest import build
from tests.services.events.publishing import published, relaying, settings_for
from tests.services.events.telling import ANYBODY, AREA, SECOND, Teller, ids, refused_for, report
from tests.services.events.test_amended import amended
from tests.services.events.test_office import COLLABORATOR, OFFICER
from tests.services.events.test_restore import STATES
from tests.support.topics import Topics

CHILD: dict[str, Any] = {"household": ids.home, "mother": ids.lan, "sex": "female", "personal": {"name": "Gia Hân"}}


@pytest.fixture
async def family(family: Teller) -> Teller:
    await family.family(ids.other, mai="female")
    await born(family, ids.one)
    return family


@pytest.fixture
async def books(family: Teller) -> Teller:
    answer = await born(family, ids.two)
    assert (answer.fate, answer.instead) == ("duplicate", ids.one)
    return family


async def born(books: Teller, person: str, **changed: Any) -> Answer:
    return await books.tell("person.born", **CHILD | {"person": person} | changed)


async def fate(books: Teller, told: Answer) -> str:
    async with books.connections.acquire() as connection:
        return str(await connection.fetchval("select fate from outcome where report = $1", told.id))


async def test_the_payload_stays_as_told_and_the_fact_says_whom_it_means(books: Teller) -> None:
    await books.tell("person.left", on="2025-03-05", person=ids.two, destination="abroad")
    _, fact = (await books.facts())[-1]
    assert msgspec.json.decode(fact.cause.data)["person"] == ids.two
    assert fact.cause.aliases == {ids.two: ids.one}
    assert [step.entity for step in fact.asserts.persons] == [ids.one]


async def test_what_waited_for_the_second_id_is_recorded_when_the_birth_is_told_again(family: Teller) -> None:
    waits = [
        await family.tell("person.moved", on="2025-03-05", person=ids.two, household=ids.other),
        await family.tell("person.died", on="2025-03-06", person=ids.two),
    ]
    assert [one.need for one in waits] == [ids.two] * 2
    await born(family, ids.two)
    assert [await fate(family, one) for one in waits] == ["recorded"] * 2
    assert (await family.state(ids.one))["status"] == "dead"


async def test_both_births_and_what_follows_may_come_in_one_batch_backwards(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    told = [
        report("person.died", {"on": "2025-03-02", "person": ids.two}),
        *(report("person.born", CHILD | {"on": "2025-03-01", "person": one}) for one in (ids.one, ids.two)),
    ]
    assert [answer.fate for answer in await teller.submit(*told)] == ["recorded", "recorded", "duplicate"]


async def test_an_arrival_under_the_second_id_is_the_childs_and_nobody_new(books: Teller) -> None:
    waits = await books.tell("person.arrived", on="2025-03-09", person=ids.two, household=ids.other, sex="female")
    assert waits.need == f"departed:{ids.one}"
    async with books.connections.acquire() as connection:
        assert await connection.fetchval("select other from half where side = 'arrival'") is not None
    await books.tell("person.left", on="2025-03-05", person=ids.one, destination="inside_country")
    assert await fate(books, waits) == "recorded"
    assert (await books.state(ids.one))["household"] == ids.other
    assert await books.state(ids.two) is None


async def test_a_sheet_that_lists_the_child_under_its_second_id_is_refused_as_under_its_own(books: Teller) -> None:
    lines = [{"person": ids.two, "sex": "female"}]
    answer = await books.tell("household.registered", on="2025-04-01", household=ids.new, area=SECOND, members=lines)
    assert refused_for(answer) == ["already-known"]


async def test_a_late_report_applies_again_what_was_told_under_the_second_id(books: Teller) -> None:
    await books.tell("person.left", on="2025-03-10", person=ids.two, destination="abroad")
    late = await books.tell("person.moved", on="2025-03-05", person=ids.one, household=ids.other)
    assert late.fate == "recorded"
    assert (await books.state(ids.one))["status"] == "outside"


async def test_what_was_told_under_the_second_id_is_put_right_and_taken_back(books: Teller) -> None:
    died = await books.tell("person.died", on="2025-03-10", person=ids.two)
    first = uuid7()
    right = await books.tell("fact.corrected", id=first, on=None, fact=died.id, changes={"on": "2025-03-09"})
    assert right.fate == "recorded"
    _, fact = (await books.facts())[-1]
    assert [(step.entity, step.on) for step in fact.asserts.persons] == [(ids.one, "2025-03-09")]
    await books.tell("fact.voided", on=None, fact=first)
    assert (await books.tell("fact.voided", on=None, fact=died.id)).fate == "recorded"
    assert (await books.state(ids.one))["status"] == "resident"


@pytest.mark.parametrize("named", [ids.one, ids.two])
async def test_a_correction_names_a_line_by_either_id(books: Teller, named: str) -> None:
    lines = [{"person": ids.two, "relation": "other"}]
    told = await books.tell("household.head_changed", household=ids.home, head=ids.an, members=lines, on="2025-04-01")
    one = uuid7()
    changes = {"relation": "child"}
    right = await books.tell("fact.corrected", id=one, on=None, fact=told.id, member=named, changes=changes)
    assert right.fate == "recorded"
    assert (await books.state(ids.one))["relation"] == "child"
    await books.tell("person.moved", on="2025-03-20", person=ids.mai, household=ids.home)
    assert (await books.tell("fact.voided", on=None, fact=one)).fate == "recorded"
    assert (await books.state(ids.one))["relation"] == "other"


async def test_a_correction_may_lead_to_the_second_id(books: Teller) -> None:
    told = await books.tell("household.sheet_opened", household=ids.home, sheet="2", people=[ids.an])
    right = await books.tell("fact.corrected", on=None, fact=told.id, changes={"people": [ids.an, ids.two]})
    assert right.fate == "recorded"
    assert (await books.state(ids.one))["sheet"] == "2"


async def test_who_names_the_child_by_both_ids_names_somebody_twice(books: Teller) -> None:
    people = [ids.one, ids.two]
    answer = await books.tell("household.sheet_opened", household=ids.home, sheet="2", people=people)
    assert isinstance(answer.problem, InvalidRequest)
    assert answer.fate == "refused"


@pytest.mark.parametrize("changed", [{}, {"weight_grams": 3100}])
async def test_the_birth_told_once_more_under_the_second_id_is_the_childs(books: Teller, changed: Any) -> None:
    again = await born(books, ids.two, **changed)
    assert (again.fate, again.instead) == ("duplicate", ids.one)


async def test_no_second_child_comes_of_the_second_id(books: Teller) -> None:
    assert refused_for(await born(books, ids.two, personal={"name": "Gia Bảo"})) == ["told-differently"]
    assert await books.state(ids.two) is None


async def test_a_child_that_is_voided_is_told_again_by_either_id(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    first = await born(teller, ids.one)
    await born(teller, ids.two)
    await teller.tell("fact.voided", on=None, fact=first.id)
    assert (await born(teller, ids.two)).fate == "recorded"
    assert (await teller.state(ids.one))["household"] == ids.home


async def test_an_id_of_somebody_on_the_books_leads_to_nobody_else(family: Teller) -> None:
    await family.tell("person.arrived", on="2025-03-02", person=ids.two, household=ids.other, sex="female")
    assert (await born(family, ids.two)).instead == ids.one
    await family.tell("person.left", on="2025-03-05", person=ids.two, destination="abroad")
    assert [(await family.state(one))["status"] for one in (ids.one, ids.two)] == ["resident", "outside"]


async def test_of_a_child_that_turns_out_to_be_a_double_the_answer_names_who_goes_on(books: Teller) -> None:
    await born(books, ids.three, personal=None)
    await books.tell("person.merged", on="2025-03-02", person=ids.one, into=ids.three)
    answer = await books.tell("person.died", on="2025-03-05", person=ids.two)
    assert isinstance(answer.problem, ContradictsRecord)
    assert [(one.code, one.instead) for one in answer.problem.reasons] == [("merged-into-another", ids.three)]


async def test_whoever_visits_the_child_may_tell_of_it_by_its_second_id_and_nobody_else(books: Teller) -> None:
    told = {"on": "2025-03-05", "person": ids.two, "household": ids.home}
    for areas, expected in (((SECOND,), None), ((AREA,), "refused")):
        (answer,) = await books.submit(
            report("person.moved", told), access=msgspec.structs.replace(ANYBODY, areas=areas)
        )
        assert answer.fate == expected


async def test_the_office_approves_and_puts_right_what_was_told_under_the_second_id(books: Teller) -> None:
    books.office_sees_first("person.died")
    death = report("person.died", {"on": "2025-04-10", "person": ids.two})
    (waits,) = await books.submit(death, access=COLLABORATOR)
    assert waits.need == f"approved:{death.id}"
    (approved,) = await books.submit(amended(death, {"on": "2025-04-09"}), access=OFFICER)
    assert approved.fate == "recorded"
    _, fact = (await books.facts())[-1]
    assert [(step.entity, step.on) for step in fact.asserts.persons] == [(ids.one, "2025-04-09")]


async def test_the_second_id_comes_back_from_kafka_with_the_ledger(
    books: Teller, kafka: Topics, fresh_database: Callable[..., Database]
) -> None:
    waits = await books.tell("household.head_changed", on="2025-03-04", household=ids.other, head=ids.two)
    assert waits.need == f"arrived:{ids.one}"
    last = await books.tell("person.left", on="2025-03-05", person=ids.two, destination="abroad")
    settings = settings_for(books.database, kafka)
    async with relaying(settings) as relay:
        await published(relay, last.position or 0)
    empty = fresh_database("socai_events", build)
    await restore(settings_for(empty, kafka))
    old, new = await asyncpg.connect(books.database.reader_dsn), await asyncpg.connect(empty.reader_dsn)
    try:
        for query in STATES:
            if "from waiting" not in query:
                assert await new.fetch(query) == await old.fetch(query), query
        again = "select detail from outcome where fate = 'duplicate'"
        assert await new.fetchval(again) == ids.one.encode()
    finally:
        await old.close()
        await new.close()
