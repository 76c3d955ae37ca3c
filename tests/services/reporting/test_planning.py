"""Are questions about many areas planned for many areas?"""

import time

import asyncpg
import pytest

from contracts.unit import hierarchy_of
from deploy.local.databases import Database
from kit.process.database import Connections
from kit.projections.builds import physical
from kit.projections.history import Snapshots
from kit.projections.horizon import Horizon
from kit.projections.reading import Reading
from services.reporting.cubes.cells import IN_TRANSIT
from services.reporting.cubes.flows import VERSION
from services.reporting.figures import flow_sql, stock_sql
from services.reporting.projections import PROJECTIONS
from services.reporting.projections.population import FLOW, STOCK
from services.reporting.projections.units import UNIT_HISTORY
from services.reporting.reading import moment
from services.reporting.sources import Sources

MONTH = 24_000
AREAS = list(range(10**9, 10**9 + 5_000))
ASKED_OFTEN = 6


def literal(value: int | list[int]) -> str:
    return str(value) if isinstance(value, int) else f"array{value}"


async def fill(database: Database) -> None:
    """A row for each area in a month that the planner's statistics know, and in the next, which they do not."""
    connection = await asyncpg.connect(database.owner_dsn)
    try:
        for month in (MONTH - 1, MONTH):
            rows = [(5, area, area + 1, month, 1, 23_000, 1, 1) for area in AREAS]
            for table, made in ((FLOW, rows), (STOCK, [row[1:2] + row[3:] for row in rows])):
                await connection.copy_records_to_table(physical(table, VERSION, 1), records=made, columns=table.names)
            if month != MONTH:
                await connection.execute("analyze")
    finally:
        await connection.close()


@pytest.mark.parametrize("whole", [False, True])
async def test_no_answer_compares_every_row_with_every_area(reporting_database: Database, whole: bool) -> None:  # noqa: FBT001 - a parameter
    await fill(reporting_database)
    database = Connections(reporting_database.reader_dsn)
    sources = Sources(
        Reading(database, Horizon(database, PROJECTIONS), 0.1, time.time), Snapshots(UNIT_HISTORY, hierarchy_of)
    )
    parts = [*AREAS, IN_TRANSIT], [0] * len(AREAS) + [-1]
    try:
        async with moment(sources, None, None) as now:
            for sql, rest in (
                (stock_sql(("sex", "age"), whole=whole, single=False), (MONTH, 9)),
                (flow_sql(("month",), whole=whole), (MONTH, MONTH, 9, [1, 5])),
            ):
                # What is asked often enough may be planned once for all times, whatever is asked for.
                await now.connection.execute(f"prepare asked as {sql}")
                asked = f"execute asked ({', '.join(map(literal, (*parts, *rest)))})"
                for _ in range(ASKED_OFTEN):
                    await now.connection.execute(asked)
                plan = "\n".join(row[0] for row in await now.connection.fetch(f"explain {asked}"))
                await now.connection.execute("deallocate asked")
                assert "Nested Loop" not in plan
                assert f"rows={len(AREAS) + 1} " in plan, "planned for as many areas as it is asked about"
    finally:
        await database.close()
