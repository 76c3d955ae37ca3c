"""Can a disclosure line be added by whoever answers, and changed by nobody?"""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from starlette.requests import Request

from deploy.local.databases import Database
from kit.process.tracing import span
from services.exchange.disclosures import Line, asker, write
from tests.services.exchange.conftest import access_of, disclosures
from tests.support.facts import person_id


def a_line(year: int = 2026, **changes: Any) -> Line:
    line = Line(
        at=datetime(year, 2, 10, tzinfo=UTC), client="client", subject="client", token="jti", purpose="p",
        legal_basis="act/7", view="police", case_ref="case 12", end_user=None, trace="0" * 32, kind="query",
        person=person_id(1), fields="name birth", position=7,
    )  # fmt: skip
    return line._replace(**changes)


async def run(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def add(dsn: str, *lines: Line) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await write(connection, lines)
    finally:
        await connection.close()


async def test_who_answers_adds_lines_of_any_year(exchange_database: Database) -> None:
    await add(exchange_database.reader_dsn, *(a_line(year) for year in (2020, 2026, 2045, 2090)))
    kept = await disclosures(exchange_database)
    assert sorted(line["at"].year for line in kept) == [2020, 2026, 2045, 2090]
    assert {name: kept[0][name] for name in ("case_ref", "fields", "position")} == {
        "case_ref": "case 12",
        "fields": "name birth",
        "position": 7,
    }


CHANGES = (
    "update disclosure set client = 'nobody'",
    "delete from disclosure",
    "truncate disclosure",
    "delete from disclosure_2026",
    "update disclosure_rest set client = 'nobody'",
)


@pytest.mark.parametrize("role", ["reader", "writer", "owner"])
async def test_nobody_changes_a_line(exchange_database: Database, role: str) -> None:
    await add(exchange_database.reader_dsn, a_line())
    for change in CHANGES:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.RaiseError)):
            await run(getattr(exchange_database, f"{role}_dsn"), change)
    assert [line["client"] for line in await disclosures(exchange_database)] == ["client"]


async def test_who_projects_has_no_business_with_lines(exchange_database: Database) -> None:
    for statement in ("select client from disclosure", "insert into disclosure (client) values ('me')"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(exchange_database.writer_dsn, statement)


async def test_who_answers_adds_through_the_table_only_and_changes_nothing_else(exchange_database: Database) -> None:
    for statement in (
        "insert into disclosure_2026 (client) values ('me')",
        "insert into person (id) values ('00000000-0000-7000-8000-000000000000')",
        "delete from feed",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(exchange_database.reader_dsn, statement)


def test_a_line_says_who_asked_why_on_whose_behalf_and_in_which_trace() -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = [(b"x-road-issue", b"HS 12/2026"), (b"x-road-userid", b"EE\x01123" + b"4" * 300)]
    with span("asked", traceparent=f"00-{trace}-00f067aa0ba902b7-00"):
        who = asker(Request({"type": "http", "headers": headers}), access_of("police"), "police")
    assert (who.client, who.token, who.purpose, who.legal_basis, who.view) == (
        "client-police", "token-police", "police.residence-registration", "act/7", "police",
    )  # fmt: skip
    assert (who.case, who.trace) == ("HS 12/2026", trace)
    assert who.end_user is not None
    assert (who.end_user[:5], len(who.end_user)) == ("EE123", 200)
