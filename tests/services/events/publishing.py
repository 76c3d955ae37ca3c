"""Ledgers with a life in them, and how they come into a log."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from contracts.topics import FACTS
from deploy.local.databases import Database
from kit.log.kafka import KafkaReader, KafkaWriter
from kit.log.records import Partition, Record, partitions_of
from services.events.settings import EventsSettings
from services.events.store.relay import ForkError, Relay
from services.events.store.replay import in_order
from tests.services.events.telling import COMMUNE, FAR, Teller, ids, report
from tests.support.memory_log import MemoryLog
from tests.support.topics import Topics

PATIENCE = 20.0


def settings_for(database: Database, kafka: Topics) -> EventsSettings:
    return EventsSettings(
        writer_dsn=database.writer_dsn,
        reader_dsn=database.reader_dsn,
        kafka=kafka.bootstrap,
        topic_prefix=kafka.prefix,
    )


@asynccontextmanager
async def relaying(settings: EventsSettings) -> AsyncIterator[Relay]:
    relay = Relay(settings, KafkaWriter(settings.kafka), lambda: KafkaReader(settings.kafka))
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, ForkError):
            await task


async def published(relay: Relay, position: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while relay.position < position:  # noqa: ASYNC110 - looked at from outside, the relay tells nobody
            await asyncio.sleep(0.02)


async def everything(settings: EventsSettings) -> list[Record]:
    reader = KafkaReader(settings.kafka)
    await reader.start()
    try:
        return [record async for record in in_order(reader, settings.topic_prefix)]
    finally:
        await reader.stop()


async def count(teller: Teller, told: dict[str, str]) -> None:
    """A device tells five things: the second is refused, the last waits for its turn."""
    left = {"on": "2025-04-02", "person": ids.an}
    back = {"on": "2025-04-09", "person": ids.an, "household": ids.home, "sex": "male"}
    one, two, four = (
        report("person.left", left | {"on": day}, device="d", devicesequence=number)
        for day, number in (("2025-04-02", 1), ("2025-04-03", 2), ("2025-04-20", 4))
    )
    three = report("person.arrived", back, device="d", devicesequence=3)
    answers = await teller.submit(one, two, report("person.died", told, device="d", devicesequence=6), three, four)
    assert [answer.fate for answer in answers] == ["recorded", "refused", "waiting", "recorded", "recorded"]


async def a_life(teller: Teller) -> int:
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    told = {"on": "2025-06-01", "person": ids.nobody}
    await teller.submit(report("person.died", told))
    await teller.tell("person.born", person=ids.baby, household=ids.home, sex="male", mother=ids.lan)
    await teller.tell("household.moved", on="2025-02-01", household=ids.home, area=FAR)
    born = report("person.born", {"on": "2025-04-01", "person": ids.second, "household": ids.home, "sex": "male"})
    await teller.submit(born)
    await count(teller, told)
    await teller.tell("fact.corrected", on=None, fact=born.id, changes={"sex": "female"})
    await teller.family(ids.other, area=FAR, mai="female", binh="male")
    await teller.tell("person.left", person=ids.mai, destination="inside_country", place=COMMUNE)
    await teller.tell("person.arrived", person=ids.binh, household=ids.home, sex="male")
    last = await teller.tell("fact.voided", on=None, fact=born.id)
    assert last.position is not None
    return last.position


async def a_life_in_kafka(teller: Teller, kafka: Topics) -> tuple[EventsSettings, int]:
    """Publish a life; give where it is and where it ends."""
    settings, last = settings_for(teller.database, kafka), await a_life(teller)
    async with relaying(settings) as relay:
        await published(relay, last)
    return settings, last


async def changed(teller: Teller, *statements: str) -> None:
    """Change tables as somebody might who put a disk back or has the owner's rights."""
    owner = await asyncpg.connect(teller.database.owner_dsn)
    for statement in statements:
        await owner.execute(statement)
    await owner.close()


FACT_PARTITIONS = partitions_of((FACTS,), "")


async def a_life_in_the_log(teller: Teller, log: MemoryLog) -> tuple[EventsSettings, int, Partition]:
    """Publish a life; give how it was, where it ends, and the partition that holds most of it."""
    last = await a_life(teller)
    settings = EventsSettings(writer_dsn=teller.database.writer_dsn, relay_batch=3)
    async with publishing(settings, log, last):
        pass
    return settings, last, max(FACT_PARTITIONS, key=lambda partition: len(told(log, partition)))


@asynccontextmanager
async def publishing(settings: EventsSettings, log: MemoryLog, last: int) -> AsyncIterator[None]:
    """A relay on a log in memory, once it has published everything."""
    relay = Relay(settings, log.writer(), log.reader)
    running = asyncio.create_task(relay.run())
    try:
        await published(relay, last)
        await marked(log, [Partition(FACTS, 0)], last)
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def marked(log: MemoryLog, partitions: Sequence[Partition], position: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while not all(  # noqa: ASYNC110 - looked at from outside
            any(record.is_watermark and record.position == position for record in log.records(one))
            for one in partitions
        ):
            await asyncio.sleep(0.02)


def told(log: MemoryLog, partition: Partition) -> list[int]:
    return [record.position for record in log.records(partition) if not record.is_watermark]


def punched(log: MemoryLog) -> int:
    """Take the last record out of a partition behind which others go on, as a power cut may; gives its position."""
    ends = {partition: held[-1] for partition in FACT_PARTITIONS if (held := told(log, partition))}
    holed, hole = sorted(ends.items(), key=lambda one: one[1])[-2]
    kept = [record for record in log.records(holed) if record.is_watermark or record.position != hole]
    log.records(holed).clear()
    log.extend(holed, [(record.key, record.value, record.headers) for record in kept])
    return hole
