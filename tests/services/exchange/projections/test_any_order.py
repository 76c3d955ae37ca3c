"""Do the tables mean the same whatever order facts come in, and the same as a naive reading of what was told?"""

from collections.abc import Iterator
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.person import PersonState, identifier_key
from deploy.local.databases import Database
from kit.projections.rebuild import rebuild
from services.exchange.projections import PROJECTIONS
from tests.services.exchange.conftest import apply
from tests.services.exchange.random_books import random_book
from tests.support.book import Book
from tests.support.counting import eventually
from tests.support.facts import publish
from tests.support.memory_log import MemoryLog
from tests.support.projecting import running


def expected(book: Book) -> Iterator[tuple[str, PersonState]]:
    for entity in book.entities("persons"):
        state = book.state(entity)
        if isinstance(state, PersonState):
            yield entity, state


async def rows_of(database: Database, sql: str) -> list[Any]:
    connection = await asyncpg.connect(database.reader_dsn)
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


async def read(database: Database) -> tuple[dict[str, bytes], set[tuple[str, str]]]:
    persons = await rows_of(database, "select id::text, state from person where not gone")
    bearers = await rows_of(database, "select value, person::text from identifier where not gone")
    return {row["id"]: row["state"] for row in persons}, {tuple(row) for row in bearers}


@pytest.mark.parametrize("seed", range(4))
async def test_persons_and_bearers_of_numbers_are_those_of_the_oracle(exchange_database: Database, seed: int) -> None:
    book = random_book(seed)
    await apply(exchange_database, book.facts, seed)
    persons, bearers = await read(exchange_database)
    states = dict(expected(book))
    assert {id_: msgspec.json.decode(state, type=PersonState) for id_, state in persons.items()} == states
    assert bearers == {
        (identifier_key(one["type"], one["value"]), id_)
        for id_, state in states.items()
        for one in msgspec.json.decode(state.personal)["identifiers"]
    }


@pytest.mark.parametrize("seed", range(3))
async def test_whoever_reads_again_at_each_row_of_the_feed_misses_nothing(
    exchange_database: Database, seed: int
) -> None:
    book = random_book(seed + 100)
    await apply(exchange_database, book.facts, seed)
    rows = await rows_of(exchange_database, "select entity::text, position from feed order by position, n")
    told = {(row["entity"], row["position"]) for row in rows}
    for entity in book.entities("persons"):
        for position in range(1, book.position + 1):
            if book.state(entity, known=position) != book.state(entity, known=position - 1):
                assert (entity, position) in told


async def test_a_rebuild_from_the_log_holds_the_same(exchange_database: Database) -> None:
    book, log = random_book(7), MemoryLog()
    await publish(log.writer(), book.facts)
    async with running(exchange_database, log.reader, PROJECTIONS) as projector:
        before = await settled(exchange_database, projector, book.position)
        rebuilt = await rebuild(PROJECTIONS, exchange_database.owner_dsn, log.reader)
        assert all(one.compared for one in rebuilt)
    assert await read(exchange_database) == before


async def settled(database: Database, projector: Any, position: int) -> Any:
    """What the tables hold once the projector is there."""
    await eventually(lambda: projector.progress.position >= position)
    return await read(database)
