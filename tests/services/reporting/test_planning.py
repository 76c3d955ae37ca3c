"""Are questions about many areas planned for many areas?"""

import time

import pytest

from deploy.local.databases import Database
from kit.database import Connections
from kit.horizon import Horizon
from services.reporting.cubes.cells import IN_TRANSIT
from services.reporting.figures import flow_sql, stock_sql
from services.reporting.projections import PROJECTIONS
from services.reporting.projections.units import hierarchies
from services.reporting.reading import Sources, moment

AREAS = list(range(10**9, 10**9 + 5_000))


@pytest.mark.parametrize("whole", [False, True])
async def test_no_answer_compares_every_row_with_every_area(reporting_database: Database, whole: bool) -> None:  # noqa: FBT001 - a parameter
    database = Connections(reporting_database.reader_dsn)
    sources = Sources(database, Horizon(database, PROJECTIONS), hierarchies(), 0.1, time.time)
    parts = [*AREAS, IN_TRANSIT], [0] * len(AREAS) + [-1]
    try:
        async with moment(sources, None, None) as now:
            for sql, rest in (
                (stock_sql(("sex", "age"), whole=whole, single=False), (24_000, 9)),
                (flow_sql(("month",), whole=whole), (24_000, 24_000, 9, [1, 2])),
            ):
                plan = "\n".join(row[0] for row in await now.connection.fetch(f"explain {sql}", *parts, *rest))
                assert "Nested Loop" not in plan
    finally:
        await database.close()
