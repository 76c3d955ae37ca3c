"""Do the laws hold over the real log: relay, Kafka, projectors as they run, a ledger that comes back from it?"""

import random
from collections.abc import Callable

import asyncpg

from deploy.local.databases import Database
from services.events.store.comparing import compare
from services.events.store.restore import restore
from tests.laws.figure_laws import check_figures
from tests.laws.killing import crew
from tests.laws.ledgers import Ledgers
from tests.laws.partner_laws import check_lookups
from tests.laws.people_laws import check_registry
from tests.laws.reads import Reads, databases_for
from tests.laws.telling import Teller
from tests.services.events.conftest import build
from tests.services.events.publishing import settings_for
from tests.services.events.test_restore import STATES
from tests.services.exchange.conftest import access_of
from tests.support.topics import Topics

SEED = 3
# Who was refused or told something twice at once left an outcome and no entry: the log does not know of it.
RESTORED = [statement.replace("fate <> 'refused'", "fate not in ('refused', 'duplicate')") for statement in STATES]
# What waits for somebody to come or go, of whom only a later move is known, is looked at once more after a restore, to
# no effect.
READY = "case when need = 'ready' or need ~ '^(arrived|departed|left):' then 'moved or ready' else need end"
RESTORED = [statement.replace("select report, need,", f"select report, {READY},") for statement in RESTORED]


async def contents(database: Database) -> list[list[tuple[object, ...]]]:
    """Everything that a ledger's decisions rest on."""
    connection = await asyncpg.connect(database.owner_dsn)
    try:
        return [[tuple(row) for row in await connection.fetch(statement)] for statement in RESTORED]
    finally:
        await connection.close()


async def differences(database: Database) -> list[tuple[str, str, str]]:
    """What of a ledger's tables is not what the ledger makes of them."""
    found = list[tuple[str, str, str]]()
    await compare(database.writer_dsn, lambda _: None, lambda *told: found.append(told))
    return found


async def test_what_came_over_kafka_is_what_was_told(
    ledgers: Ledgers, fresh_database: Callable[..., Database], kafka: Topics
) -> None:
    settings = settings_for(ledgers.database, kafka)
    databases = await databases_for(fresh_database, kafka.prefix)
    reads = Reads(databases)

    async def law(teller: Teller) -> None:
        chance, end = random.Random(len(teller.rows)), len(teller.rows)
        async with crew(settings, databases) as at:
            await at.reach(end, 30)
        async with reads.asking("registry") as client:
            await check_registry(client, teller, chance)
        async with reads.asking("reporting") as client:
            await check_figures(client, teller, chance)
        async with reads.asking("exchange", access_of("police")) as client:
            await check_lookups(client, "police", teller)
        restored = fresh_database("socai_events", build)
        await restore(settings_for(restored, kafka))
        assert await contents(restored) == await contents(ledgers.database)
        for database in (ledgers.database, restored):
            assert await differences(database) == []

    await ledgers.random(SEED, law, shrink=False)
