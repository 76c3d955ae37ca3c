"""Do the registry's tables say what was true and what was known, whatever order facts came in?"""

import random
from collections.abc import Iterable
from datetime import date
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.person import PersonState, identifier_key
from deploy.local.databases import Database
from kit.diacritics import fold
from kit.projections.history import states_sql
from services.registry.facts import Personal, decode_personal
from services.registry.lookups import PRESENT_HOUSEHOLDS, PRESENT_PERSONS
from services.registry.names import words
from services.registry.projections import PROJECTIONS
from services.registry.projections.households import HISTORY as HOUSEHOLD_HISTORY
from services.registry.projections.persons import HISTORY
from tests.support.applying import apply_shuffled
from tests.support.book import Book, register
from tests.support.facts import AREA, OTHER_AREA, SECOND_AREA, household_id, named, person_id

HOUSEHOLDS = 5
NAMES = ("Nguyễn Thị Hòa", "Trần Văn Đức", "Lê Bình", "H'Hen Niê")


def day(chance: random.Random) -> str:
    return f"2025-{chance.randint(8, 12):02d}-{chance.randint(1, 28):02d}"


def tell_something(book: Book, chance: random.Random) -> None:
    """Late facts, corrections and voids included; sense does not matter to a projection."""
    who = person_id(chance.randint(1, HOUSEHOLDS * 3))
    house = chance.randint(1, HOUSEHOLDS)
    place = {"household": household_id(house), "area": (AREA, SECOND_AREA, OTHER_AREA)[house % 3]}
    match chance.randint(0, 6):
        case 0 | 1:
            book.record("person.moved", day(chance), persons={who: {"status": "resident", **place}})
        case 2:
            book.record("person.died", day(chance), persons={who: {"status": "dead", "household": None, "area": None}})
        case 3:
            spouse = person_id(chance.randint(1, HOUSEHOLDS * 3))
            both = {who: {"marital": "married", "spouse": spouse}, spouse: {"marital": "married", "spouse": who}}
            book.record("person.married", day(chance), persons=both)
        case 4:
            book.record("household.moved", day(chance), households={household_id(house): {"area": OTHER_AREA}})
        case 5 | 6 as change:
            standing = [position for position in range(1, book.position + 1) if book.stands(position)]
            if standing and change == 6:
                book.void(chance.choice(standing))
            elif standing:
                position = book.origin(chance.choice(standing))
                personal = named(chance.choice(NAMES), pid=f"{chance.randint(0, 9):012d}")
                on = day(chance) if chance.random() < 0.5 else None
                book.correct(position, on, persons={one: {"personal": personal} for one in book.told(position)})


def random_book(chance: random.Random, facts: int = 60) -> Book:
    book = Book()
    for n in range(1, HOUSEHOLDS + 1):
        members = {
            n * 3 - i: {"sex": "female", "personal": named(chance.choice(NAMES), pid=f"{n * 3 - i:012d}")}
            for i in range(3)
        }
        register(book, n, day(chance), (AREA, SECOND_AREA, OTHER_AREA)[n % 3], members)
    while book.position < facts:
        tell_something(book, chance)
    return book


async def known_states(connection: Any, entity: str, as_of: str, known: int) -> list[Any]:
    rows = await connection.fetch(states_sql(HISTORY), date.fromisoformat(as_of), known, [entity])
    return [row["state"] for row in rows]


async def check_persons(connection: Any, book: Book, chance: random.Random) -> None:
    for entity in book.entities("persons"):
        for _ in range(6):
            as_of, known = day(chance), chance.randint(0, book.position)
            wanted = book.state(entity, as_of, known)
            found = await known_states(connection, entity, as_of, known)
            assert found == ([] if wanted is None else [msgspec.json.encode(wanted)])


async def present_states(connection: Any, query: str, entities: Iterable[str]) -> dict[str, Any]:
    """The present state of each, None for those that are not on the books."""
    wanted = list(entities)
    found = {str(row["entity"]): row["state"] for row in await connection.fetch(query, wanted)}
    return {entity: found.get(entity) for entity in wanted}


async def check_present(connection: Any, book: Book) -> None:
    rows = {str(row["id"]): row for row in await connection.fetch("select * from person")}
    keys = {str(row["id"]): row["keys"] for row in await connection.fetch("select id, keys from search")}
    states = await present_states(connection, PRESENT_PERSONS, book.entities("persons"))
    for entity in book.entities("persons"):
        wanted = book.state(entity)
        assert rows[entity]["gone"] == (wanted is None)
        assert isinstance(wanted, PersonState | None)
        assert states[entity] == (None if wanted is None else msgspec.json.encode(wanted))
        assert sorted(keys.get(entity, "").split()) == ([] if wanted is None else sorted(expected_keys(wanted)))


def expected_keys(state: PersonState) -> list[str]:
    personal = bytes(state.personal)
    if personal == b"null":
        return []
    read: Personal = decode_personal(personal)
    return list(dict.fromkeys(fold(word) for word in words(read.name or ""))) + [
        identifier_key(one.type, one.value) for one in read.identifiers
    ]


async def check_members(connection: Any, book: Book, chance: random.Random) -> None:
    entered = 'select distinct entity from person_history where household = $3 and "on" <= $1 and position <= $2'
    for n in range(1, HOUSEHOLDS + 1):
        as_of, known = day(chance), chance.randint(0, book.position)
        rows = await connection.fetch(
            states_sql(HISTORY, f"entity in ({entered})"), date.fromisoformat(as_of), known, household_id(n)
        )
        states = [msgspec.json.decode(row["state"], type=PersonState) for row in rows]
        found = {state.id for state in states if state.household == household_id(n)}
        told = {entity: book.state(entity, as_of, known) for entity in book.entities("persons")}
        assert found == {
            entity
            for entity, state in told.items()
            if isinstance(state, PersonState) and state.household == household_id(n)
        }


async def check_households(connection: Any, book: Book) -> None:
    now = await present_states(connection, PRESENT_HOUSEHOLDS, book.entities("households"))
    for entity in book.entities("households"):
        wanted = book.state(entity)
        assert now[entity] == (None if wanted is None else msgspec.json.encode(wanted))
        rows = await connection.fetch(states_sql(HOUSEHOLD_HISTORY), date(9999, 1, 1), book.position, [entity])
        assert [row["state"] for row in rows] == ([] if wanted is None else [now[entity]])


@pytest.mark.parametrize("seed", range(8))
async def test_any_delivery_gives_what_was_told_for_both_clocks(registry_database: Database, seed: int) -> None:
    chance = random.Random(seed)
    book = random_book(chance)
    await apply_shuffled(registry_database, PROJECTIONS, book.facts, chance)
    connection = await asyncpg.connect(registry_database.reader_dsn)
    try:
        await check_persons(connection, book, chance)
        await check_present(connection, book)
        await check_members(connection, book, chance)
        await check_households(connection, book)
        assert await connection.fetchval("select count(*) from cause") == book.position
    finally:
        await connection.close()
