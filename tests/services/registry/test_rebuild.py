"""Do the registry's projections, built anew from the log, hold what the serving ones hold?"""

import random

from deploy.local.databases import Database
from kit.projections.rebuild import rebuild
from services.registry.projections import PROJECTIONS
from tests.services.registry.conftest import asking
from tests.services.registry.test_both_clocks import random_book
from tests.support.applying import apply_shuffled
from tests.support.facts import person_id, publish
from tests.support.memory_log import MemoryLog
from tests.support.projecting import digests_of


async def test_a_rebuild_equals_what_was_delivered_in_another_order(registry_database: Database) -> None:
    chance = random.Random(11)
    book = random_book(chance)
    log = MemoryLog()
    await publish(log.writer(), book.facts)
    await apply_shuffled(registry_database, PROJECTIONS, book.facts, chance)
    before = await digests_of(registry_database, PROJECTIONS)
    await rebuild(PROJECTIONS, registry_database.owner_dsn, log.reader)
    assert await digests_of(registry_database, PROJECTIONS) == before
    async with asking(registry_database) as client:
        answer = await client.post("/history/query", json={"person": person_id(1)})
    assert answer.status_code == 200
