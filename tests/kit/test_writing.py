"""Do several processes write the same cells at once without a deadlock, in small and in large batches?"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace

import asyncpg

from contracts.topics import FACTS
from deploy.local.databases import Database
from kit.projections.builds import create_build, ensure, serve
from kit.projections.digest import digests
from kit.projections.projection import Merge, Projection, Row, Table, columns, merge_rows
from kit.projections.writing import TableWriter
from tests.support.counting import COUNTS, decode

CELL = Table("area_cell", columns(area="text", sex="smallint", n="int", m="bigint"), Merge.SUM, key=("area", "sex"))
LATEST = Table("latest", columns(id="text", version="int", on="date"), Merge.UPSERT, key=("id",), fillfactor=85)
WIDE: Projection[object] = Projection("wide", 1, (CELL, LATEST), decode, lambda _record, _fact: [])

AREAS = [f"{letter}{number}" for letter in "aBđĐzÁ_ " for number in range(60)]


async def write(dsn: str, seed: int, batches: int) -> list[Row]:
    chance = random.Random(seed)
    connection = await asyncpg.connect(dsn)
    written: list[Row] = []
    try:
        cells, latest = TableWriter(CELL, 1, 1), TableWriter(LATEST, 1, 1)
        for writer in (cells, latest):
            await writer.prepare(connection)
        for _ in range(batches):
            rows = [
                (chance.choice(AREAS), chance.randint(1, 2), chance.randint(-2, 2), 1)
                for _ in range(chance.choice((20, 150, 1_500)))
            ]
            highest = chance.choice((1, 99))
            async with connection.transaction():
                await cells.write(connection, merge_rows(CELL, rows))
                await latest.write(
                    connection, merge_rows(LATEST, [(row[0], chance.randint(1, highest), None) for row in rows])
                )
            written += rows
    finally:
        await connection.close()
    return written


async def test_processes_that_write_the_same_cells_neither_deadlock_nor_lose(
    fresh_database: Callable[..., Database],
) -> None:
    database = fresh_database("socai_reporting")
    await ensure((WIDE,), database.owner_dsn)
    written = await asyncio.gather(*(write(database.writer_dsn, seed, 25) for seed in range(3)))
    expected: dict[tuple[str, int], list[int]] = {}
    for area, sex, n, m in (row for rows in written for row in rows):
        cell = expected.setdefault((area, sex), [0, 0])
        cell[0] += n
        cell[1] += m
    reader = await asyncpg.connect(database.reader_dsn)
    found = {(area, sex): [n, m] for area, sex, n, m in await reader.fetch("select area, sex, n, m from area_cell")}
    assert found == expected
    assert await reader.fetchval("select count(*) from latest") == len({area for area, _ in expected})
    await reader.close()


async def test_first_versions_are_appended_unless_a_later_one_was_faster(
    fresh_database: Callable[..., Database],
) -> None:
    database = fresh_database("socai_reporting")
    await ensure((WIDE,), database.owner_dsn)
    connection = await asyncpg.connect(database.writer_dsn)
    latest = TableWriter(LATEST, 1, 1)
    await latest.prepare(connection)
    statements: list[str] = []
    connection.add_query_logger(lambda told: statements.append(told.query))
    ids = [f"{number:04}" for number in range(2_000)]
    async with connection.transaction():
        await latest.write(connection, [(one, 1, None) for one in ids[:1_000]])
    assert not [statement for statement in statements if statement.startswith("insert")]
    async with connection.transaction():
        await latest.write(connection, [(one, 3, None) for one in ids[500:1_500]])
        await latest.write(connection, [(one, 1, None) for one in reversed(ids)])
    versions = {row["id"]: row["version"] for row in await connection.fetch("select id, version from latest")}
    await connection.close()
    assert versions == {one: 3 if 500 <= int(one) < 1_500 else 1 for one in ids}


async def test_a_digest_of_sums_sees_cells_and_not_rows(fresh_database: Callable[..., Database]) -> None:
    """Split, cancelled and zero rows make no difference; another cell or number does."""
    database = fresh_database("socai_reporting")
    await ensure((WIDE,), database.owner_dsn)
    owner = await asyncpg.connect(database.owner_dsn)
    assert await create_build(owner, WIDE, "") == 2
    await owner.execute("insert into area_cell_v1_1 (area, sex, n, m) values ('a', 1, 5, 7), ('b', 1, 0, 0)")
    await owner.execute(
        "insert into area_cell_v1_2 (area, sex, n, m)"
        " values ('a', 1, 2, 7), ('a', 1, 3, 0), ('c', 2, 4, 1), ('c', 2, -4, -1)"
    )
    assert await digests(owner, WIDE, 2) == await digests(owner, WIDE, 1)
    await owner.execute("update area_cell_v1_2 set n = n + 1 where area = 'c' and n > 0")
    assert (await digests(owner, WIDE, 2))["area_cell"] != (await digests(owner, WIDE, 1))["area_cell"]
    await owner.close()


async def test_columns_are_stored_in_an_order_without_gaps_and_shown_in_that_of_the_declaration(
    fresh_database: Callable[..., Database],
) -> None:
    gaps = columns(a="smallint", b="bigint", c="uuid", d="int", e="boolean", f="bytea", g="date", h="bigint")
    table = Table("gaps", gaps, Merge.APPEND)
    database = fresh_database("socai_reporting")
    await ensure((replace(WIDE, tables=(table,)),), database.owner_dsn)
    owner = await asyncpg.connect(database.owner_dsn)
    order = "select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 order by attnum"
    stored = [row[0] for row in await owner.fetch(order, "gaps_v1_1")]
    shown = [row[0] for row in await owner.fetch(order, "gaps")]
    await owner.close()
    assert stored == ["b", "h", "d", "g", "a", "c", "e", "f"]
    assert shown == list("abcdefgh")


async def test_plain_names_follow_a_build_whose_columns_differ(fresh_database: Callable[..., Database]) -> None:
    database = fresh_database("socai_reporting")
    await ensure((WIDE,), database.owner_dsn)
    fewer = Table("area_cell", columns(n="int", area="text"), Merge.SUM, key=("area",))
    newer = replace(WIDE, version=2, tables=(fewer,))
    owner, reader = await asyncpg.connect(database.owner_dsn), await asyncpg.connect(database.reader_dsn)
    assert await reader.fetch("select * from area_cell") == []
    async with owner.transaction():
        await serve(owner, newer, await create_build(owner, newer, ""))
    await owner.execute("insert into area_cell_v2_2 values (3, 'a')")
    assert [tuple(row) for row in await reader.fetch("select * from area_cell")] == [(3, "a")]
    await owner.close()
    await reader.close()


def test_a_projection_reads_facts_unless_it_says_otherwise() -> None:
    assert COUNTS.topics == (FACTS,)
