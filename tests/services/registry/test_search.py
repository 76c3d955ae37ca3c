"""Is somebody found by her name however it is spelt, by her number and by her household, page by page?"""

from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from contracts.scopes import Scope
from deploy.local.databases import Database
from kit.projections.builds import physical
from services.registry.candidates import _ALL, _ANY
from services.registry.lookups import _HOLDERS, _SEARCH, _SEARCH_ANY
from services.registry.projections.persons import PERSON, PERSONS, SEARCH
from tests.services.registry.conftest import asking, project
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, COMMUNE, OTHER_AREA, PROVINCE, SECOND_AREA, household_id, named, person_id
from tests.support.rows_read import rows_read

NAMES = {
    1: "Nguyễn Thị Hòa",
    2: "Nguyễn Thị Hoa",
    3: "Trần Văn Đức",
    4: "H'Hen Niê",
    5: "Nguyễn Văn Hoà",
}


CROWD = 20_000
ASKED_OFTEN = 10

SPELLINGS: dict[str, set[int]] = {
    "nguyen thi hoa": {1, 2},
    "hoa nguyen": {1, 2, 5},
    "Hòa": {1, 5},
    "hoà": {1, 5},
    "Ho\u0300a": {1, 5},
    "NGUYỄN HOA": {1, 2, 5},
    "nguyên": set(),
    "duc": {3},
    "Đức": {3},
    "dức": set(),
    "hhen": set(),
    "h'hen nie": {4},
    "ng": set(),
}


def crowd(more: int = 0) -> Book:
    """One person a household, in three areas in turn."""
    book = Book()
    establish(book)
    names = NAMES | dict.fromkeys(range(100, 100 + more), "Phạm Văn Nam")
    for n, name in names.items():
        area = (AREA, SECOND_AREA, OTHER_AREA)[n % 3]
        register(book, n, area=area, members={n: {"sex": "unknown", "personal": named(name, pid=f"{n:012d}")}})
    return book


async def ask(client: httpx.AsyncClient, **question: Any) -> Any:
    response = await client.post("/search", json=question)
    assert response.status_code == 200, response.text
    return response.json()


def numbers(answer: Any) -> set[int]:
    known = {person_id(n): n for n in range(1, 1000)}
    return {known[one["id"]] for one in answer["persons"]}


async def test_a_name_is_found_with_and_without_diacritics(registry_database: Database) -> None:
    await project(registry_database, crowd().facts)
    async with asking(registry_database) as client:
        found = {name: numbers(await ask(client, name=name)) for name in SPELLINGS}
    assert found == SPELLINGS


@pytest.mark.parametrize("condition", [_ANY, _ALL, _SEARCH, _SEARCH_ANY, _HOLDERS])
async def test_whoever_is_searched_is_found_by_the_index(registry_database: Database, condition: str) -> None:
    await project(registry_database, crowd().facts)
    reader = await asyncpg.connect(registry_database.reader_dsn)
    await reader.execute("set enable_seqscan = off")
    await reader.execute(f"prepare asked as {condition}")
    known = {"text": "'hoa'", "text[]": "'{hoa}'", "uuid": f"'{person_id(1)}'", "bigint": "10", "bigint[]": "null"}
    types = await reader.fetchval("select parameter_types::text[] from pg_prepared_statements where name = 'asked'")
    plan = await reader.fetch(f"explain execute asked ({', '.join(known[type_] for type_ in types)})")
    await reader.close()
    assert "string_to_array_idx" in "\n".join(row[0] for row in plan)


@pytest.mark.parametrize(
    "question",
    [{"name": "Lạ"}, {"name": "Nguyễn Lạ"}, {"identifier": {"type": "pid", "value": "0" * 12}}],
    ids=lambda question: next(iter(question)),
)
async def test_who_asks_often_for_nobody_has_nobody_looked_at(
    registry_database: Database, question: dict[str, Any]
) -> None:
    """A plan for whatever may be asked expects to meet a page of people soon, and goes through all of them."""
    people, search = (physical(table, PERSONS.version, 1) for table in (PERSON, SEARCH))
    owner = await asyncpg.connect(registry_database.owner_dsn)
    try:
        await owner.execute(
            f"insert into {search} (id, version, keys)"  # noqa: S608 - ours
            f" select gen_random_uuid(), 1, e'nguyen\nhoa\n' || n from generate_series(1, {CROWD}) n;"
            f" insert into {people} (id, version, gone, status) select id, 1, false, 'resident' from {search}"
        )
        await owner.execute(f"vacuum (analyze) {people}, {search}")
        before = await rows_read(owner)
        async with asking(registry_database) as client:
            for _ in range(ASKED_OFTEN):
                assert numbers(await ask(client, **question)) == set()
        after = await rows_read(owner)
    finally:
        await owner.close()
    # Whoever plans looks at the ends of an index.
    assert all(sum(after[name]) - sum(before[name]) < CROWD / 100 for name in (people, search))


async def test_a_number_and_a_household_find_their_people(registry_database: Database) -> None:
    await project(registry_database, crowd().facts)
    async with asking(registry_database) as client:
        assert numbers(await ask(client, identifier={"type": "pid", "value": "000000000003"})) == {3}
        assert numbers(await ask(client, identifier={"type": "cmnd", "value": "000000003"})) == set()
        assert numbers(await ask(client, household=household_id(4))) == {4}


async def test_a_unit_narrows_the_search_and_rights_narrow_it_further(registry_database: Database) -> None:
    await project(registry_database, crowd().facts)
    async with asking(registry_database) as client:
        assert numbers(await ask(client, name="hoa", unit=AREA)) == set()
        assert numbers(await ask(client, name="hoa", unit=SECOND_AREA)) == {1}
        assert numbers(await ask(client, name="hoa", unit=COMMUNE)) == {1}
        assert numbers(await ask(client, name="hoa", unit=PROVINCE)) == {1, 2, 5}
    async with asking(registry_database, areas=(OTHER_AREA,)) as client:
        assert numbers(await ask(client, name="hoa")) == {2, 5}
        assert numbers(await ask(client, name="hoa", unit=COMMUNE)) == set()
        assert numbers(await ask(client, household=household_id(1))) == set()


@pytest.mark.parametrize(
    ("path", "pointer", "question"),
    [("/search", "#/unit", {"name": "hoa"}), ("/persons/candidates", "#/previous", {"name": "Trần Thị Hoa"})],
)
async def test_a_unit_that_is_on_no_books_is_no_unit_where_nobody_lives(
    registry_database: Database, path: str, pointer: str, question: dict[str, Any]
) -> None:
    await project(registry_database, crowd().facts)
    field = pointer.removeprefix("#/")
    async with asking(registry_database, areas=(OTHER_AREA,)) as client:
        unknown = await client.post(path, json=question | {field: "99999-20200101"})
        assert unknown.status_code == 404
        assert [(one["pointer"], one["code"]) for one in unknown.json()["errors"]] == [(pointer, "unknown-unit")]
        assert (await client.post(path, json=question | {field: COMMUNE})).status_code == 200


async def test_a_unit_whose_founding_was_taken_back_is_on_no_books(registry_database: Database) -> None:
    book = crowd()
    unit = {"code": "99999", "level": "commune", "names": {"vi": "Xã Lầm"}, "parent": PROVINCE}
    founded = {"99999-20260101": unit | {"valid_from": "2026-01-01"}}
    book.void(book.record("unit.established", "2026-01-01", units=founded).position)
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        response = await client.post("/search", json={"name": "hoa", "unit": "99999-20260101"})
    assert response.status_code == 404


async def test_pages_together_hold_everybody_once(registry_database: Database) -> None:
    await project(registry_database, crowd(more=25).facts)
    async with asking(registry_database) as client:
        seen: list[str] = []
        answer = await ask(client, name="nam", limit=10)
        while True:
            seen += [one["id"] for one in answer["persons"]]
            if answer["cursor"] is None:
                break
            answer = await ask(client, name="nam", limit=10, cursor=answer["cursor"])
    assert seen == sorted(person_id(n) for n in range(100, 125))


async def test_a_corrected_name_is_found_and_the_wrong_one_no_longer(registry_database: Database) -> None:
    book = crowd()
    sheet = next(one.position for one in book.facts if person_id(3) in str(one.body))
    book.correct(sheet, persons={person_id(3): {"personal": named("Trần Văn Dũng")}})
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        assert numbers(await ask(client, name="đức")) == set()
        assert numbers(await ask(client, name="dung")) == {3}
        assert numbers(await ask(client, identifier={"type": "pid", "value": "000000000003"})) == set()


async def test_a_number_that_was_withdrawn_or_replaced_finds_who_bore_it(registry_database: Database) -> None:
    book = crowd()
    bears, bore = (
        {"type": "pid", "value": "001190000002"},
        {"type": "pid", "value": f"{1:012d}", "valid_to": "2026-01-01"},
    )
    personal = msgspec.Raw(msgspec.json.encode({"name": NAMES[1], "identifiers": [bears], "former": [bore]}))
    book.record("person.identifier_issued", "2026-01-01", persons={person_id(1): {"personal": personal}})
    book.record("person.changed", "2026-01-02", persons={person_id(2): {"personal": named(NAMES[2], pid=f"{1:012d}")}})
    await project(registry_database, book.facts)
    asked = {"identifier": {"type": "pid", "value": f"{1:012d}"}}
    async with asking(registry_database) as client:
        found = await ask(client, **asked)
        assert (numbers(found), found["former"]) == ({1, 2}, [person_id(1)])
        new = await ask(client, identifier={"type": "pid", "value": "001190000002"})
        assert (numbers(new), new["former"]) == ({1}, [])
        exactly = (await client.post("/persons/query", json=asked)).json()["persons"]
        assert [one["id"] for one in exactly] == [person_id(2)]
    async with asking(registry_database, scopes=(Scope.REGISTRY_SEARCH,)) as client:
        assert numbers(await ask(client, **asked)) == {2}
    async with asking(registry_database, areas=(AREA,)) as client:
        assert numbers(await ask(client, **asked)) == set(), "one's own areas and no others"


async def test_a_large_household_comes_page_by_page(registry_database: Database) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={n: {"sex": "unknown"} for n in range(1, 6)})
    await project(registry_database, book.facts)
    pages: list[set[int]] = []
    cursor = None
    async with asking(registry_database) as client:
        while not pages or cursor is not None:
            answer = await ask(client, household=household_id(1), limit=2, **({"cursor": cursor} if cursor else {}))
            pages.append(numbers(answer))
            cursor = answer["cursor"]
    assert pages == [{1, 2}, {3, 4}, {5}]
