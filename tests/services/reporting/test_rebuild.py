"""Do figures that are built anew from the log equal those that serve?"""

import random

from deploy.local.databases import Database
from kit.projections.rebuild import rebuild
from services.reporting.projections import PROJECTIONS
from tests.services.reporting.conftest import asking
from tests.services.reporting.lives import random_book
from tests.support.applying import apply_shuffled
from tests.support.facts import publish
from tests.support.memory_log import MemoryLog


async def test_a_rebuild_equals_what_was_delivered_in_another_order(reporting_database: Database) -> None:
    chance = random.Random(11)
    book = random_book(chance)
    log = MemoryLog()
    await publish(log.writer(), book.facts)
    await apply_shuffled(reporting_database, PROJECTIONS, book.facts, chance)
    async with asking(reporting_database) as client:
        before = (await client.get("/population?by=area,sex,birth_month")).json()
        rebuilt = await rebuild(PROJECTIONS, reporting_database.owner_dsn, log.reader)
        assert all(one.compared for one in rebuilt)
        assert (await client.get("/population?by=area,sex,birth_month")).json() == before
    assert before["total"] > 0
