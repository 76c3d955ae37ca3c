"""Does a history say what was true on a day, as known at a moment, whatever order its rows came in?"""

import asyncio
import random
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

import asyncpg
import pytest
from msgspec import Raw

from contracts.fact import RawTransition
from deploy.local.databases import Database
from kit.http.problems import InvalidRequest
from kit.projections.builds import ensure
from kit.projections.history import (
    ALL_KNOWN,
    RANK_BASE,
    RECORDING,
    Snapshots,
    history,
    history_rows,
    known_position,
    parse_as_known,
    recording_row,
    states_sql,
)
from kit.projections.projection import Projection, Row, Table, merge_rows
from tests.support.book import Book, establish
from tests.support.facts import AREA

THING = history("thing_history", indexes=("(position)",))
BOTH: Projection[Any] = Projection("things", 1, (THING, RECORDING), bytes, lambda _, __: ())


class Placed(NamedTuple):
    """What the oracle knows of one row."""

    entity: str
    on: date
    rank: int
    position: int
    sign: int
    state: bytes | None


def build(database: Database) -> None:
    asyncio.run(ensure([BOTH], database.owner_dsn))


@pytest.fixture
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_registry", build)


async def fill(connection: Any, table: Table, rows: Iterable[Row]) -> None:
    await connection.copy_records_to_table(f"{table.name}_v1_1", records=list(rows), columns=table.names)


def naive(rows: Iterable[Placed], as_of: date, known: int) -> dict[str, bytes]:
    """Slots as they stand after every row up to `known`, taken in order of position, retractions first."""
    standing: dict[tuple[str, date, int], bytes | None] = {}
    for row in sorted(rows, key=lambda row: (row.position, row.sign)):
        if row.position <= known:
            standing.pop((row.entity, row.on, row.rank), None)
            if row.sign > 0:
                standing[row.entity, row.on, row.rank] = row.state
    found: dict[str, bytes] = {}
    for (entity, on, _), state in sorted(standing.items(), key=lambda item: item[0]):
        if on <= as_of and state is not None:
            found[entity] = state
    return found


def told(chance: random.Random) -> list[Placed]:
    """Whole tails retracted and asserted anew at random, dates changed now and then."""
    rows: list[Placed] = []
    tails: dict[str, list[tuple[date, int]]] = {}
    for position in range(1, 120):
        entity = f"thing-{chance.randrange(6)}"
        tail = tails.setdefault(entity, [])
        gone = [slot for slot in tail if chance.random() < 0.3]
        rows += [Placed(entity, *slot, position, -1, None) for slot in gone]
        kept = [slot for slot in tail if slot not in gone]
        again = [(chance.choice([on, day(chance)]), rank) for on, rank in gone if chance.random() < 0.8]
        new = [*again, (day(chance), chance.randrange(4) << 48 | position)]
        rows += [Placed(entity, *slot, position, 1, b"%d" % position) for slot in new]
        tails[entity] = kept + new
    return rows


def day(chance: random.Random) -> date:
    return date(2026, 1, chance.randint(1, 28))


@pytest.mark.parametrize("seed", range(4))
async def test_rows_in_any_order_say_what_the_naive_reading_says(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    rows = told(chance)
    connection = await asyncpg.connect(database.writer_dsn)
    try:
        await fill(connection, THING, chance.sample(rows, len(rows)))
        for _ in range(60):
            as_of, known = day(chance), chance.randint(0, 120)
            found = await connection.fetch(states_sql(THING, "true"), as_of, known)
            assert {row["entity"]: row["state"] for row in found} == naive(rows, as_of, known)
    finally:
        await connection.close()


async def test_some_entities_are_asked_for_by_name(database: Database) -> None:
    rows = [Placed(name, date(2026, 1, 1), 1, 1, 1, name.encode()) for name in ("a", "b", "c")]
    connection = await asyncpg.connect(database.writer_dsn)
    try:
        await fill(connection, THING, rows)
        found = await connection.fetch(states_sql(THING), date(2026, 1, 1), ALL_KNOWN, ["a", "c", "z"])
        assert {row["entity"] for row in found} == {"a", "c"}
    finally:
        await connection.close()


def test_a_rank_that_is_not_said_is_the_facts_own() -> None:
    died = RawTransition("e", 2, "person.died", "2026-01-02", after=Raw(b'{"id":"e"}'))
    born = RawTransition("e", 1, "person.born", "2026-01-01", rank=77)
    rows = [row for _, row in history_rows(THING, 9, [born], [died])]
    assert rows == [
        ("e", date(2026, 1, 1), 77, 9, -1, None),
        ("e", date(2026, 1, 2), RANK_BASE["person.died"] | 9, 9, 1, b'{"id":"e"}'),
    ]


async def test_an_instant_means_all_that_was_recorded_up_to_it(database: Database) -> None:
    book = Book("2026-01-05T01:00:00Z")
    establish(book)
    connection = await asyncpg.connect(database.writer_dsn)
    try:
        await fill(connection, RECORDING, (recording_row(one.record())[1] for one in book.facts))
        asked = {
            "2026-01-05T00:59:59.999999Z": 0,
            "2026-01-05T01:00:00Z": 1,
            "2026-01-05T08:00:02.5+07:00": 3,
            "2030-01-01T00:00:00Z": book.position,
            "4": 4,
            None: ALL_KNOWN,
        }
        assert {text: await known_position(connection, text) for text in asked} == asked
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-01-05", "2026-01-05T01:00:00", "-1", "1.5", "²", "9" * 30, str(2**63)]
)
def test_anything_but_a_position_or_an_instant_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        parse_as_known(text)


async def test_snapshots_are_built_once_for_each_change_of_the_table(database: Database) -> None:
    built: list[int] = []

    def build_list(states: Iterable[bytes]) -> list[bytes]:
        built.append(1)
        return sorted(states)

    rows = [
        Placed("a", date(2026, 1, 1), 1, 5, 1, b"a"),
        Placed("b", date(2026, 2, 1), 2, 7, 1, b"b"),
        Placed("b", date(2026, 2, 1), 2, 9, -1, None),
    ]
    snapshots = Snapshots(THING, build_list)
    connection = await asyncpg.connect(database.writer_dsn)
    try:
        await fill(connection, THING, rows)
        assert await snapshots.get(connection, "2026-03-01", 4) == []
        assert await snapshots.get(connection, "2026-03-01", 8) == [b"a", b"b"]
        assert await snapshots.get(connection, "2026-01-31", 8) == [b"a"]
        assert await snapshots.get(connection, "2026-03-01", 7) == [b"a", b"b"]
        assert await snapshots.get(connection, "2026-03-01") == [b"a"]
    finally:
        await connection.close()
    assert len(built) == 4


def test_records_of_one_instant_share_a_row_whose_version_is_the_last_position() -> None:
    book = Book(gap=0)
    establish(book, [AREA])
    rows = merge_rows(RECORDING, [recording_row(one.record())[1] for one in book.facts])
    assert rows == [(1767574800000000, book.position)]
