"""How fast could PostgreSQL take the same rows, if nothing else had to be done?"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import psycopg

from deploy.local.databases import Database

BARE_TABLE = "create table bare (body bytea); grant insert on bare to socai_events_writer"
_LEDGER = "create table if not exists copied (like ledger including all)"
_UPSERT = """
insert into upserted select id, version, state from stage order by id
on conflict (id) do update set version = excluded.version, state = excluded.state
where upserted.version < excluded.version
"""
KEYS = "select id from upserted"


def execute(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def ledger_rows(database: Database, after: int) -> list[tuple[Any, ...]]:
    """The ledger's rows behind a position."""
    with psycopg.connect(database.reader_dsn) as connection:
        return connection.execute("select * from ledger where position > %s order by position", [after]).fetchall()


async def copy_rate(database: Database, rows: Sequence[tuple[Any, ...]], at_once: int) -> float:
    """Rows a second by COPY into a table like the ledger, so many in a transaction, on one connection."""
    connection = await asyncpg.connect(database.owner_dsn)
    try:
        await connection.execute(_LEDGER)
        began = time.perf_counter()
        for start in range(0, len(rows), at_once):
            await connection.copy_records_to_table("copied", records=rows[start : start + at_once])
        return len(rows) / (time.perf_counter() - began)
    finally:
        await connection.close()


@dataclass(frozen=True)
class Rows:
    """What a projection writes for a fact, on average: rows of new keys and of known ones, and bytes of a row."""

    new: float
    known: float
    size: float


async def make_upserted(connection: Any, count: int, size: int) -> None:
    """A table of as many rows as the stock has persons."""
    await connection.execute("drop table if exists upserted")
    await connection.execute("create table upserted (id uuid, version bigint, state bytea) with (fillfactor = 85)")
    await connection.execute(
        "insert into upserted select gen_random_uuid(), 1, convert_to(repeat('x', $1), 'UTF8')"
        " from generate_series(1, $2)",
        size,
        count,
    )
    await connection.execute("alter table upserted add primary key (id)")
    await connection.execute("vacuum (analyze) upserted")
    await connection.execute("create temp table stage (like upserted) on commit delete rows")


async def upsert_rate(connection: Any, keys: Sequence[UUID], rows: Rows, facts: int, at_once: int) -> float:
    """Facts a second whose rows go through COPY into a temporary table and one upsert a batch."""
    # Another seed each time: what one run made anew is known to the next.
    chance = Random(len(keys))
    state = bytes(max(0, round(rows.size) - 24))
    batches = []
    for start in range(0, facts, at_once):
        size = min(at_once, facts - start)
        known = chance.sample(keys, min(len(keys), round(rows.known * size)))
        new = [UUID(int=chance.getrandbits(128)) for _ in range(round(rows.new * size))]
        batches.append([(key, time.monotonic_ns(), state) for key in (*known, *new)])
    began = time.perf_counter()
    for batch in batches:
        async with connection.transaction():
            await connection.copy_records_to_table("stage", records=batch)
            await connection.execute(_UPSERT)
    return facts / (time.perf_counter() - began)
