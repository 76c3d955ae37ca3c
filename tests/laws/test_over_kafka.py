"""Do the laws hold over the real log: relay, Kafka, projectors as they run, a ledger that comes back from it?"""

import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

import asyncpg

from deploy.local.databases import Database
from kit.builds import ensure
from kit.kafka import KafkaReader
from kit.migrate import migrate
from kit.projector import ProjectorSettings
from services.events.restore import restore
from services.exchange.__main__ import MIGRATIONS
from tests.laws.figure_laws import check_figures
from tests.laws.ledgers import Ledgers
from tests.laws.partner_laws import check_lookups
from tests.laws.people_laws import check_registry
from tests.laws.reads import SERVICES, Reads
from tests.laws.telling import Teller
from tests.services.events.conftest import build
from tests.services.events.test_relay import STATES, published, relaying, settings_for
from tests.services.exchange.conftest import access_of
from tests.support.projecting import reached, running
from tests.support.topics import Topics

SEED = 3
QUICKLY = partial(ProjectorSettings, poll_seconds=0.05, refresh_seconds=0.05, backoff_seconds=0.01)
# Who was refused or told something twice at once left an outcome and no entry: the log does not know of it.
RESTORED = [statement.replace("fate <> 'refused'", "fate not in ('refused', 'duplicate')") for statement in STATES]
# Whoever waits for a departure of which only a later one is known is looked at once more after a restore, to no effect.
READY = "case when need = 'ready' or need like 'departed:%' then 'departed or ready' else need end"
RESTORED = [statement.replace("select report, need,", f"select report, {READY},") for statement in RESTORED]


async def contents(database: Database) -> list[list[tuple[object, ...]]]:
    """Everything that a ledger's decisions rest on."""
    connection = await asyncpg.connect(database.owner_dsn)
    try:
        return [[tuple(row) for row in await connection.fetch(statement)] for statement in RESTORED]
    finally:
        await connection.close()


async def test_what_came_over_kafka_is_what_was_told(
    ledgers: Ledgers, fresh_database: Callable[..., Database], kafka: Topics
) -> None:
    settings = settings_for(ledgers.database, kafka)
    databases = {service: fresh_database(f"socai_{service}") for service in SERVICES}
    migrate(MIGRATIONS, databases["exchange"].owner_dsn)
    for service, projections in SERVICES.items():
        await ensure(projections, databases[service].owner_dsn, topic_prefix=kafka.prefix)
    reads = Reads(databases)

    async def law(teller: Teller) -> None:
        chance, end = random.Random(len(teller.rows)), len(teller.rows)
        async with AsyncExitStack() as stack:
            relay = await stack.enter_async_context(relaying(settings))
            for service, projections in SERVICES.items():
                reader = partial(KafkaReader, kafka.bootstrap)
                runs = running(databases[service], reader, projections, QUICKLY(topic_prefix=kafka.prefix))
                await stack.enter_async_context(runs)
            await published(relay, end)
            for service, projections in SERVICES.items():
                assert await reached(databases[service], end, projections)
        async with reads.asking("registry") as client:
            await check_registry(client, teller, chance)
        async with reads.asking("reporting") as client:
            await check_figures(client, teller, chance)
        async with reads.asking("exchange", access_of("police")) as client:
            await check_lookups(client, "police", teller)
        restored = fresh_database("socai_events", build)
        await restore(settings_for(restored, kafka))
        assert await contents(restored) == await contents(ledgers.database)

    await ledgers.random(SEED, law, shrink=False)
