"""Does a projector's process follow, tell how it is, and renew what is of another version?"""

import asyncio
from collections.abc import Callable

import httpx

from deploy.local.databases import Database
from kit.http.application import create
from kit.log.kafka import KafkaWriter
from kit.process.settings import ProcessSettings
from kit.projections.builds import ensure
from kit.projections.projecting import Projecting, renew
from kit.projections.projection import Projection
from tests.support.counting import COUNTS, PROJECTIONS, THING, decode, eventually, history, naive, publish, thing_rows
from tests.support.projecting import contents, reached
from tests.support.topics import Topics


def settings_of(database: Database, kafka: Topics) -> ProcessSettings:
    return ProcessSettings(
        kafka=kafka.bootstrap,
        topic_prefix=kafka.prefix,
        owner_dsn=database.owner_dsn,
        writer_dsn=database.writer_dsn,
        reader_dsn=database.reader_dsn,
    )


async def test_a_process_follows_says_so_and_renews_what_is_of_another_version(
    fresh_database: Callable[..., Database], kafka: Topics
) -> None:
    database = fresh_database("socai_registry")
    settings = settings_of(database, kafka)
    await ensure(PROJECTIONS, database.owner_dsn, topic_prefix=kafka.prefix)
    newer = (Projection("things", 2, (THING,), decode, thing_rows), COUNTS)
    writer = KafkaWriter(kafka.bootstrap)
    await writer.start()
    facts = history(1, 120)
    last = await publish(writer, facts, topic=kafka.facts, every=50)
    await writer.stop()
    work = Projecting("counting", newer, settings)
    app = create("counting", "Counting", settings, checks=work.checks, documented=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/readyz")).status_code == 503
        running = asyncio.create_task(work.run())
        assert await reached(database, last, newer)
        progress = work.projector.progress
        await eventually(lambda: progress.ready and progress.positions.get("things") == last)
        assert (await client.get("/readyz")).json()["checks"] == {"projector": f"complete up to {last}"}
        assert f'socai_projection_position{{projection="things"}} {last}.0' in (await client.get("/metrics")).text
        running.cancel()
        await asyncio.wait({running})
    assert (await contents(database)).things == naive(facts)[0]
    assert await renew(newer, settings) == []
    assert [done.compared for done in await renew(newer, settings, ["things", "counts"])] == [True, True]
