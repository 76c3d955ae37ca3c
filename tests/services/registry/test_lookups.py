"""Does everybody see the persons and households of their areas, and for both clocks what was told?"""

from typing import Any

import httpx
import pytest

from deploy.local.databases import Database
from tests.services.registry.conftest import asking, project
from tests.support.book import Book, establish, register
from tests.support.facts import (
    AREA,
    COMMUNE,
    OTHER_AREA,
    OTHER_COMMUNE,
    PROVINCE,
    SECOND_AREA,
    addressed,
    household_id,
    named,
    person_id,
)

MOTHER, FATHER, CHILD = person_id(1), person_id(2), person_id(3)
HOME, ELSEWHERE = household_id(1), household_id(2)


def family() -> Book:
    """Two parents registered in August, a child born in October, the father gone to another commune in January."""
    book = Book()
    establish(book)
    members = {
        1: {"sex": "female", "birth": "1990-05-17", "personal": named("Nguyễn Thị Hòa", pid="001190000001")},
        2: {"sex": "male", "birth": "1988-02", "personal": named("Trần Văn Đức", pid="001088000002")},
    }
    register(book, 1, members=members)
    register(book, 2, area=OTHER_AREA, members={9: {"sex": "male", "personal": named("Lê Bình")}})
    child = {"sex": "female", "birth": "2025-10-03", "household": HOME, "area": AREA, "mother": MOTHER}
    book.record("person.born", "2025-10-03", persons={CHILD: {**child, "personal": named("Trần Thị Mai")}})
    book.record("person.moved", "2026-01-05", persons={FATHER: {"household": ELSEWHERE, "area": OTHER_AREA}})
    return book


async def ask(client: httpx.AsyncClient, path: str, **question: Any) -> Any:
    response = await client.post(path, json=question)
    assert response.status_code == 200, response.text
    return response.json()


async def status(client: httpx.AsyncClient, path: str, **question: Any) -> int:
    return (await client.post(path, json=question)).status_code


async def test_a_person_is_found_by_id_and_by_identifier(registry_database: Database) -> None:
    book = family()
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        response = await client.post("/persons/query", json={"person": MOTHER})
        by_number = await ask(client, "/persons/query", identifier={"type": "pid", "value": "001190000001"})
    assert int(response.headers["Socai-Position"]) == book.position
    answer = response.json()
    assert (answer["position"], answer["as_of"], answer["as_known"]) == (book.position, "2026-02-10", None)
    [mother] = answer["persons"]
    assert (mother["id"], mother["household"], mother["personal"]["name"]) == (MOTHER, HOME, "Nguyễn Thị Hòa")
    assert by_number["persons"] == [mother]


async def test_a_number_held_twice_names_both(registry_database: Database) -> None:
    book = family()
    twice = {"sex": "male", "personal": named("Lê An", pid="001190000001")}
    register(book, 3, members={4: twice})
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        answer = await ask(client, "/persons/query", identifier={"type": "pid", "value": "001190000001"})
    assert {one["id"] for one in answer["persons"]} == {MOTHER, person_id(4)}


async def test_before_birth_there_is_nobody_and_the_dead_remain(registry_database: Database) -> None:
    book = family()
    book.record("person.died", "2026-01-20", persons={MOTHER: {"status": "dead", "household": None, "area": None}})
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        assert await status(client, "/persons/query", person=CHILD, as_of="2025-10-02") == 404
        born = await ask(client, "/persons/query", person=CHILD, as_of="2025-10-03")
        dead = await ask(client, "/persons/query", person=MOTHER)
        alive = await ask(client, "/persons/query", person=MOTHER, as_of="2026-01-19")
    assert born["persons"][0]["mother"] == MOTHER
    assert dead["persons"][0]["status"] == "dead"
    assert alive["persons"][0]["status"] == "resident"


async def test_a_correction_changes_what_was_true_and_not_what_was_known(registry_database: Database) -> None:
    book = family()
    moved, before = book.position, book.facts[-1].recorded_at
    book.correct(moved, "2025-12-20")
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        now = await ask(client, "/persons/query", person=FATHER, as_of="2025-12-31")
        then = await ask(client, "/persons/query", person=FATHER, as_of="2025-12-31", as_known=moved)
        by_instant = await ask(
            client, "/persons/query", person=FATHER, as_of="2025-12-31", as_known="2026-01-05T01:00:09.5Z"
        )
    assert before == 1767574809000000
    assert now["persons"][0]["household"] == ELSEWHERE
    assert then["persons"][0]["household"] == HOME
    assert (by_instant["persons"], by_instant["as_known"]) == (then["persons"], moved)


async def test_a_voided_birth_leaves_nobody(registry_database: Database) -> None:
    book = family()
    born = book.position - 1
    book.void(born)
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        assert await status(client, "/persons/query", person=CHILD) == 404
        known = await ask(client, "/persons/query", person=CHILD, as_known=born)
        house = await ask(client, "/households/query", household=HOME)
    assert known["persons"][0]["id"] == CHILD
    assert [one["id"] for one in house["households"][0]["members"]] == [MOTHER]


async def test_a_household_has_the_members_of_its_day(registry_database: Database) -> None:
    await project(registry_database, family().facts)
    days = {"2025-08-01": {MOTHER, FATHER}, "2025-12-31": {MOTHER, FATHER, CHILD}, "2026-01-05": {MOTHER, CHILD}}
    async with asking(registry_database) as client:
        for day, members in days.items():
            answer = await ask(client, "/households/query", household=HOME, as_of=day)
            assert {one["id"] for one in answer["households"][0]["members"]} == members
        now = await ask(client, "/households/query", area=AREA, number="1")
        then = await ask(client, "/households/query", area=AREA, number="1", as_of="2025-09-01")
        assert await status(client, "/households/query", area=AREA, number="2") == 404
        assert await status(client, "/households/query", household=HOME, as_of="2025-07-31") == 404
    assert now["households"][0]["household"]["id"] == then["households"][0]["household"]["id"] == HOME
    assert {one["id"] for one in now["households"][0]["members"]} == {MOTHER, CHILD}


async def test_a_household_is_found_by_the_number_that_it_had_on_the_day(registry_database: Database) -> None:
    book = family()
    book.record("household.moved", "2025-10-01", households={HOME: {"number": "7"}})
    book.record("household.moved", "2025-11-01", households={HOME: {"number": "9"}})
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        for number, days in {"1": {"2025-09-30"}, "7": {"2025-10-01", "2025-10-31"}, "9": {"2025-11-01"}}.items():
            for day in ("2025-09-30", "2025-10-01", "2025-10-31", "2025-11-01"):
                found = await status(client, "/households/query", area=AREA, number=number, as_of=day)
                assert found == (200 if day in days else 404), (number, day)


async def test_an_officer_sees_her_commune_and_nothing_else(registry_database: Database) -> None:
    await project(registry_database, family().facts)
    async with asking(registry_database, areas=(COMMUNE,)) as client:
        assert await status(client, "/persons/query", person=MOTHER) == 200
        assert await status(client, "/persons/query", person=FATHER) == 404
        assert await status(client, "/persons/query", person=FATHER, as_of="2026-01-04") == 200
        assert await status(client, "/households/query", household=ELSEWHERE) == 404
        assert await status(client, "/history/query", person=FATHER) == 404
        assert await status(client, "/history/query", household=ELSEWHERE) == 404
    async with asking(registry_database, areas=(PROVINCE,)) as client:
        assert await status(client, "/persons/query", person=FATHER) == 200
    async with asking(registry_database, areas=()) as client:
        assert await status(client, "/persons/query", person=MOTHER) == 404


async def test_the_dead_belong_to_the_area_that_they_left(registry_database: Database) -> None:
    book = family()
    book.record("person.died", "2026-01-20", persons={FATHER: {"status": "dead", "household": None, "area": None}})
    await project(registry_database, book.facts)
    async with asking(registry_database, areas=(OTHER_COMMUNE,)) as client:
        assert await status(client, "/persons/query", person=FATHER) == 200
        assert await status(client, "/history/query", person=FATHER) == 200
        assert [one["id"] for one in (await ask(client, "/search", name="duc"))["persons"]] == [FATHER]
    async with asking(registry_database, areas=(AREA,)) as client:
        assert await status(client, "/persons/query", person=FATHER) == 404
        assert (await ask(client, "/search", name="duc"))["persons"] == []


async def test_of_a_household_that_came_from_elsewhere_those_are_shown_whom_one_may_see(
    registry_database: Database,
) -> None:
    book = family()
    along = {MOTHER: {"area": SECOND_AREA}, CHILD: {"area": SECOND_AREA}}
    book.record("household.moved", "2026-02-01", persons=along, households={HOME: {"area": SECOND_AREA}})
    await project(registry_database, book.facts)
    async with asking(registry_database, areas=(SECOND_AREA,)) as client:
        assert await status(client, "/persons/query", person=FATHER, as_of="2025-12-31") == 404
        [house] = (await ask(client, "/households/query", household=HOME, as_of="2025-12-31"))["households"]
    assert [member["id"] for member in house["members"]] == [MOTHER, CHILD]


async def test_names_are_shown_to_those_who_may_read_persons(registry_database: Database) -> None:
    book = family()
    book.record("household.moved", "2026-02-01", households={HOME: {"personal": addressed("Thôn Đông")}})
    await project(registry_database, book.facts)
    async with asking(registry_database, scopes=()) as client:
        house = (await ask(client, "/households/query", household=HOME))["households"][0]
        found = await ask(client, "/search", name="Hòa")
        history = await ask(client, "/history/query", person=MOTHER)
    assert house["household"]["personal"] == {"address": "Thôn Đông"}
    assert [member for member in house["members"] if "personal" in member] == []
    assert [one.get("personal") for one in found["persons"]] == [None]
    assert "Hòa" not in str(history)
    assert {"field": "personal.name", "before": None, "after": None, "hidden": True} in history["history"][0]["changes"]


MALFORMED: list[tuple[str, dict[str, Any]]] = [
    ("/persons/query", {}),
    ("/persons/query", {"person": "somebody"}),
    ("/persons/query", {"person": MOTHER, "identifier": {"type": "pid", "value": "001190000001"}}),
    ("/persons/query", {"person": MOTHER, "as_of": "2026-02-30"}),
    ("/persons/query", {"person": MOTHER, "as_known": "yesterday"}),
    ("/persons/query", {"person": MOTHER, "as_known": "2026-01-05"}),
    ("/persons/query", {"person": MOTHER, "as_known": -1}),
    ("/persons/query", {"person": MOTHER, "colour": "red"}),
    ("/households/query", {"area": AREA}),
    ("/history/query", {"person": MOTHER, "household": HOME}),
    ("/search", {"name": "..."}),
    ("/search", {"name": "An", "limit": 1000}),
    ("/search", {"name": "An", "cursor": "forged"}),
]


async def test_a_malformed_question_is_refused_without_repeating_it(registry_database: Database) -> None:
    async with asking(registry_database) as client:
        answers = [await client.post(path, json=question) for path, question in MALFORMED]
    assert [answer.status_code for answer in answers] == [422] * len(MALFORMED)
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert not any(MOTHER in answer.text for answer in answers)


@pytest.mark.parametrize(
    ("path", "question"),
    [("/search", {"name": "An"}), ("/search", {"household": HOME}), ("/areas/changes", {"area": AREA})],
)
async def test_a_forged_cursor_is_refused_where_it_stands(
    registry_database: Database, path: str, question: dict[str, str]
) -> None:
    async with asking(registry_database) as client:
        answer = await client.post(path, json=question | {"cursor": "forged"})
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [("#/cursor", "cursor")]


@pytest.mark.parametrize("part", ["identifier", ""])
async def test_what_is_no_object_is_said_in_words(registry_database: Database, part: str) -> None:
    async with asking(registry_database) as client:
        answer = await client.post("/persons/query", json={part: 1} if part else [], headers={"Accept-Language": "vi"})
    assert answer.status_code == 422
    assert [fault["text"] for fault in answer.json()["errors"]] == ["Phải là một đối tượng gồm các mục có tên."]


async def test_a_read_waits_for_the_position_asked_for(registry_database: Database) -> None:
    book = family()
    await project(registry_database, book.facts)
    async with asking(registry_database, patience=0.05) as client:
        reached = await client.post("/persons/query", params={"not_before": book.position}, json={"person": MOTHER})
        beyond = await client.post("/persons/query", params={"not_before": book.position + 1}, json={"person": MOTHER})
        known = await client.post("/persons/query", json={"person": MOTHER, "as_known": book.position + 1})
    assert reached.status_code == 200
    assert (beyond.status_code, known.status_code) == (412, 412)
    assert "retry-after" in beyond.headers
