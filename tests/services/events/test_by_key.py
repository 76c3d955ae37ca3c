"""Does a report cost what it tells, however much is stored: is no table of the ledger read through for it?"""

from datetime import date

import asyncpg
import pytest

from deploy.local.databases import Database
from services.events.report.parse import parse
from tests.support.intakes import intake_of
from tests.support.rows_read import rows_read
from tests.twin.test_accepted import SANDBOX
from twin import generate

AT_ONCE = 10


async def told(database: Database, lines: list[bytes]) -> None:
    async with intake_of(database) as intake:
        for start in range(0, len(lines), AT_ONCE):
            await intake.submit([(parse(line, SANDBOX), "") for line in lines[start : start + AT_ONCE]])


@pytest.mark.postgres
async def test_no_report_has_a_table_read_through(events_database: Database) -> None:
    """Also where the plan was made while the tables were small: it is kept as they grow."""
    lines = list(generate(40, 4, date(2025, 1, 1), 22, 4.0))
    half = len(lines) // 2
    await told(events_database, lines[:half])
    owner = await asyncpg.connect(events_database.owner_dsn)
    try:
        await owner.execute("analyze")
        before = await rows_read(owner)
        # The latest first, so that much waits: what waits is looked for and taken from its table, too.
        await told(events_database, lines[:half:-1])
        after = await rows_read(owner)
        waited = await owner.fetchval("select count(*) from ledger where kind = 'report.waiting'")
    finally:
        await owner.close()
    assert waited > 10
    through = {name: rows.through - before[name].through for name, rows in after.items()}
    assert {name: rows for name, rows in through.items() if rows} == {}
