"""Does a report cost what it tells, however much is stored: is no table of the ledger read through for it?"""

import asyncio
from datetime import date

import asyncpg
import pytest

from deploy.local.databases import Database
from kit.process.database import Connection
from services.events.report.parse import parse
from tests.support.intakes import intake_of
from tests.twin.test_accepted import SANDBOX
from twin import generate

AT_ONCE = 10
OTHERS = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


async def told(database: Database, lines: list[bytes]) -> None:
    async with intake_of(database) as intake:
        for start in range(0, len(lines), AT_ONCE):
            await intake.submit([(parse(line, SANDBOX), "") for line in lines[start : start + AT_ONCE]])


async def read_through(connection: Connection) -> dict[str, int]:
    """Give how many rows of each table were read by going through it, by all who have left."""
    async with asyncio.timeout(10):
        while await connection.fetchval(OTHERS):  # noqa: ASYNC110 - whoever leaves tells nobody
            await asyncio.sleep(0.01)
    rows = await connection.fetch("select relname, seq_tup_read from pg_stat_user_tables order by relname")
    return {row["relname"]: row["seq_tup_read"] for row in rows}


@pytest.mark.postgres
async def test_no_report_has_a_table_read_through(events_database: Database) -> None:
    """Also where the plan was made while the tables were small: it is kept as they grow."""
    lines = list(generate(40, 4, date(2025, 1, 1), 22, 4.0))
    half = len(lines) // 2
    await told(events_database, lines[:half])
    owner = await asyncpg.connect(events_database.owner_dsn)
    try:
        await owner.execute("analyze")
        before = await read_through(owner)
        # The latest first, so that much waits: what waits is looked for and taken from its table, too.
        await told(events_database, lines[:half:-1])
        after = await read_through(owner)
        waited = await owner.fetchval("select count(*) from ledger where kind = 'report.waiting'")
    finally:
        await owner.close()
    assert waited > 10
    assert {name: rows - before[name] for name, rows in after.items() if rows != before[name]} == {}
