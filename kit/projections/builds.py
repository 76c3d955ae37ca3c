"""Which build of a projection serves, and how do its tables come into being?

A build is one set of physical tables, `<table>_v<version>_<build>`. Views with the plain names point to the
serving build, so queries know neither version nor build, and a switch is one short transaction.
"""

# ruff: noqa: S608 - the only names put into SQL are those of declarations, quoted

from collections.abc import Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from kit.log.records import partitions_of
from kit.process.database import Connection, connect
from kit.projections.checkpoint import create_checkpoints
from kit.projections.projection import AnyProjection, Column, Merge, Table, WrongDeclarationError

_BOOKS = """
create table if not exists build (
  projection text, build int, version int not null, tables text[] not null,
  created_at timestamptz not null default now(), primary key (projection, build));
create table if not exists serving (projection text primary key, version int not null, build int not null);
create table if not exists checkpoint (
  projection text, build int, topic text, partition int, next_offset bigint not null, position bigint not null,
  recorded_at bigint not null default 0,
  primary key (projection, build, topic, partition)) with (fillfactor = 50);
"""

# How PostgreSQL aligns values: the widest first, else it fills the gaps between them with up to seven bytes each.
# Everybody else names columns, so nobody sees this order.
_ALIGNMENTS = {"bigint": 8, "int": 4, "integer": 4, "date": 4, "smallint": 2}

# Asked first, because altering a table waits for everybody who uses it.
_KEEPS_AGE = "select true from pg_attribute where attrelid = 'checkpoint'::regclass and attname = 'recorded_at'"


class NotBuiltError(Exception):
    """No tables of this version serve yet: `migrate` makes first ones, `rebuild` those of a new version."""


def physical(table: Table, version: int, build: int) -> str:
    return f"{table.name}_v{version}_{build}"


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def names(columns: Iterable[str]) -> str:
    return ", ".join(quote(name) for name in columns)


@asynccontextmanager
async def owner_connection(dsn: str) -> Any:
    """A connection for as long as the block lasts, as the role that owns the tables."""
    connection = await connect(dsn, name="socai-owner")
    try:
        yield connection
    finally:
        await connection.close()


async def ensure(projections: Sequence[AnyProjection], owner_dsn: str, *, topic_prefix: str = "") -> list[str]:
    """Make first builds of what has none; return the names of projections that must be rebuilt."""
    _check_names(projections)
    async with owner_connection(owner_dsn) as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtext('builds'))")
        await connection.execute("set local client_min_messages = warning")
        await connection.execute(_BOOKS)
        if not await connection.fetchval(_KEEPS_AGE):
            await connection.execute("alter table checkpoint add column recorded_at bigint not null default 0")
        for book, writer in (("build", "select"), ("serving", "select"), ("checkpoint", "select, update")):
            await grant(connection, book, writer=writer)
        serving = await serving_builds(connection)
        for projection in projections:
            if projection.name not in serving:
                build = await create_build(connection, projection, topic_prefix)
                await add_indexes(connection, projection, build)
                await serve(connection, projection, build)
    return [p.name for p in projections if serving.get(p.name, (p.version, 0))[0] != p.version]


def _check_names(projections: Sequence[AnyProjection]) -> None:
    for kind, found in (
        ("projections", [projection.name for projection in projections]),
        ("tables", [table.name for projection in projections for table in projection.tables]),
    ):
        twice = sorted({name for name in found if found.count(name) > 1})
        if twice:
            raise WrongDeclarationError(f"two {kind} of one name: {twice}")


async def serving_builds(connection: Connection) -> dict[str, tuple[int, int]]:
    """Version and build that serve, by projection."""
    rows = await connection.fetch("select projection, version, build from serving")
    return {projection: (version, build) for projection, version, build in rows}


async def create_build(connection: Connection, projection: AnyProjection, topic_prefix: str) -> int:
    """Bare tables, without key and indexes, and checkpoints at the beginning; returns the build's number."""
    build: int = await connection.fetchval(
        "insert into build (projection, build, version, tables)"
        " select $1, coalesce(max(build), 0) + 1, $2, $3 from build where projection = $1 returning build",
        projection.name,
        projection.version,
        [],
    )
    tables = [physical(table, projection.version, build) for table in projection.tables]
    await connection.execute(
        "update build set tables = $3 where projection = $1 and build = $2", projection.name, build, tables
    )
    for table, name in zip(projection.tables, tables, strict=True):
        stored = sorted(table.columns, key=_alignment, reverse=True)
        columns = ", ".join(f"{quote(column.name)} {column.type}" for column in stored)
        await connection.execute(f"create table {quote(name)} ({columns}) with (fillfactor = {table.fillfactor})")
        await grant(connection, name, writer="select, insert, update, delete")
    await create_checkpoints(connection, projection.name, build, partitions_of(projection.topics, topic_prefix))
    return build


def _alignment(column: Column) -> int:
    return _ALIGNMENTS.get(column.type.lower(), 1)


async def add_indexes(connection: Connection, projection: AnyProjection, build: int) -> None:
    """Keys and indexes; last, because filling a bare table costs a third."""
    for table in projection.tables:
        name = quote(physical(table, projection.version, build))
        if table.merge is not Merge.APPEND:
            await connection.execute(f"alter table {name} add primary key ({names(table.key)})")
        for index in table.indexes:
            unique, definition = ("unique", index[7:]) if index.startswith("unique ") else ("", index)
            await connection.execute(f"create {unique} index on {name} {definition}")


async def serve(connection: Connection, projection: AnyProjection, build: int) -> None:
    """Point the plain names to this build, in the transaction of the caller."""
    for table in projection.tables:
        view = quote(table.name)
        await connection.execute(f"drop view if exists {view}")
        await connection.execute(
            f"create view {view} as select {names(table.names)}"
            f" from {quote(physical(table, projection.version, build))}"
        )
        await grant(connection, table.name, writer="select")
    await connection.execute(
        "insert into serving (projection, version, build) values ($1, $2, $3)"
        " on conflict (projection) do update set version = excluded.version, build = excluded.build",
        projection.name,
        projection.version,
        build,
    )


async def drop_builds(connection: Connection, projection: str, *, except_build: int) -> None:
    """Tables and checkpoints of builds that do not serve; raises when one is still being read."""
    rows = await connection.fetch(
        "select build, tables from build where projection = $1 and build <> $2", projection, except_build
    )
    for build, tables in rows:
        async with connection.transaction():
            await connection.execute("set local lock_timeout = '5s'")
            await connection.execute("set local client_min_messages = warning")
            for table in tables:
                await connection.execute(f"drop table if exists {quote(table)}")
            for book in ("checkpoint", "build"):
                await connection.execute(f"delete from {book} where projection = $1 and build = $2", projection, build)


async def grant(connection: Connection, relation: str, *, writer: str) -> None:
    """Exactly these rights for the writer and the reader that belong to this owner (`x_owner`: `x_writer`, `x_reader`).

    A database of somebody else's making may have no such roles; then its own default privileges hold.
    """
    owner: str = await connection.fetchval("select current_user")
    for role, rights in (("writer", writer), ("reader", "select")):
        name = f"{owner.removesuffix('_owner')}_{role}"
        if await connection.fetchval("select true from pg_roles where rolname = $1", name):
            await connection.execute(f"revoke all on {quote(relation)} from {quote(name)}")
            await connection.execute(f"grant {rights} on {quote(relation)} to {quote(name)}")
