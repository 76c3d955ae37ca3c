"""Does everything recorded reach Kafka once and in order, whatever the relay and the log go through?"""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from contracts.topics import REPORTS
from deploy.local.databases import Database
from kit.log.kafka import KafkaReader, KafkaWriter
from kit.log.records import LogUnavailableError, partitions_of
from kit.process.metrics import REGISTRY, RELAY_LAG_FACTS
from services.events.settings import EventsSettings
from services.events.store.relay import ForkError, Relay
from services.events.store.verify import verify
from tests.services.events.conftest import build
from tests.services.events.publishing import (
    FACT_PARTITIONS,
    PATIENCE,
    a_life,
    a_life_in_kafka,
    a_life_in_the_log,
    everything,
    marked,
    published,
    publishing,
    relaying,
    settings_for,
    told,
)
from tests.services.events.telling import AREA, FAR, Teller, ids
from tests.support.memory_log import MemoryLog, MemoryReader
from tests.support.topics import Topics


async def figure(name: str, value: float) -> None:
    async with asyncio.timeout(PATIENCE):
        while REGISTRY.get_sample_value(name) != value:  # noqa: ASYNC110 - a gauge tells nobody
            await asyncio.sleep(0.02)


async def test_fates_of_reports_have_no_watermarks_and_the_relay_goes_on_behind_them(
    teller: Teller, kafka: Topics
) -> None:
    last = await a_life(teller)
    settings = settings_for(teller.database, kafka)
    for _ in range(2):
        async with relaying(settings) as relay:
            await published(relay, last)
    reader = KafkaReader(kafka.bootstrap)
    await reader.start()
    partitions = partitions_of((REPORTS,), kafka.prefix)
    ends = await reader.end_offsets(partitions)
    await reader.stop()
    entries = [record for record in await everything(settings) if record.topic.endswith(REPORTS)]
    assert sum(ends.values()) == len(entries) > 0


async def test_all_entries_are_in_kafka_once_after_the_relay_was_cut_off_again_and_again(
    teller: Teller, kafka: Topics
) -> None:
    settings = settings_for(teller.database, kafka)
    last = await a_life(teller)
    for step in (1, last // 2, last):
        async with relaying(settings) as relay:
            await published(relay, step)
    records = await everything(settings)
    assert [record.position for record in records] == list(range(1, last + 1))
    async with relaying(settings) as relay:
        await published(relay, last)
    again = await everything(settings)
    assert len(again) == last
    assert await verify(settings) == 0


@pytest.mark.parametrize("kept", [0, 1])
async def test_a_partition_that_a_disk_has_lost_is_filled_anew(teller: Teller, kept: int) -> None:
    log = MemoryLog()
    settings, last, lost = await a_life_in_the_log(teller, log)
    held = {partition: told(log, partition) for partition in FACT_PARTITIONS}
    assert len(held[lost]) > 2
    # As far as it came when it was cut off while it was filled.
    came = [record for record in log.records(lost) if not record.is_watermark][:kept]
    log.records(lost).clear()
    log.extend(lost, [(record.key, record.value, record.headers) for record in came])
    async with publishing(settings, log, last):
        await marked(log, FACT_PARTITIONS, last)
    assert {partition: told(log, partition) for partition in FACT_PARTITIONS} == held


async def test_a_partition_that_lost_its_end_gets_it_again(teller: Teller) -> None:
    log = MemoryLog()
    settings, last, lost = await a_life_in_the_log(teller, log)
    held = {partition: told(log, partition) for partition in FACT_PARTITIONS}
    assert log.records(lost)[0].is_watermark
    # What a broker cuts off behind a batch that it cannot read.
    del log.records(lost)[3:]
    async with publishing(settings, log, last):
        await marked(log, FACT_PARTITIONS, last)
    assert {partition: told(log, partition) for partition in FACT_PARTITIONS} == held


@pytest.mark.parametrize("kept", [0, 1, 2])
async def test_reports_that_the_log_has_lost_are_told_it_anew(teller: Teller, kept: int) -> None:
    log = MemoryLog()
    settings, last, _ = await a_life_in_the_log(teller, log)
    partitions = [*FACT_PARTITIONS, *partitions_of((REPORTS,), "")]
    held = {partition: told(log, partition) for partition in partitions}
    lost = max(partitions_of((REPORTS,), ""), key=lambda partition: len(held[partition]))
    assert len(held[lost]) > 2
    del log.records(lost)[kept:]
    async with publishing(settings, log, last):
        async with asyncio.timeout(PATIENCE):
            while told(log, lost)[-1:] != held[lost][-1:]:  # noqa: ASYNC110 - looked at from outside
                await asyncio.sleep(0.02)
    assert {partition: told(log, partition) for partition in partitions} == held


async def test_a_ledger_that_lost_its_end_is_never_published(
    teller: Teller, kafka: Topics, fresh_database: Callable[..., Database], caplog: pytest.LogCaptureFixture
) -> None:
    _, last = await a_life_in_kafka(teller, kafka)
    younger = settings_for(fresh_database("socai_events", build), kafka)
    relay = Relay(younger, KafkaWriter(younger.kafka), lambda: KafkaReader(younger.kafka))
    with pytest.raises(ForkError, match=f"the ledger ends at 0, the log at {last}"):
        await asyncio.wait_for(relay.run(), PATIENCE)
    assert f"the ledger ends at 0, the log at {last}" in caplog.text


async def test_what_is_not_published_yet_shows_also_while_kafka_is_away(teller: Teller, kafka: Topics) -> None:
    settings = settings_for(teller.database, kafka)
    last = await a_life(teller)
    nowhere = settings.model_copy(update={"kafka": "127.0.0.1:1"})
    # What the relay of another test left in this process says nothing of this one.
    RELAY_LAG_FACTS.set(0)
    async with relaying(nowhere):
        await figure("socai_relay_lag_facts", last)
        assert (REGISTRY.get_sample_value("socai_relay_lag_seconds") or 0) > 0
    async with relaying(settings) as relay:
        await published(relay, last)
        await figure("socai_relay_lag_facts", 0)
        assert REGISTRY.get_sample_value("socai_relay_lag_seconds") == 0


def unreachable() -> MemoryReader:
    raise LogUnavailableError


async def test_who_stands_by_is_in_no_trouble_and_behind_nothing_whatever_it_was_before(teller: Teller) -> None:
    """One leads and does not reach Kafka; the other takes its place, and does."""
    last, log = await a_life(teller), MemoryLog()
    settings = EventsSettings(writer_dsn=teller.database.writer_dsn)
    cut_off = Relay(settings, log.writer(), unreachable)
    running = asyncio.create_task(cut_off.run())
    try:
        async with asyncio.timeout(PATIENCE):
            while cut_off.trouble is None:  # noqa: ASYNC110 - looked at from outside, the relay tells nobody
                await asyncio.sleep(0.02)
        assert cut_off._lag_seconds() > 0
        async with publishing(settings, log, last), asyncio.timeout(PATIENCE):
            while cut_off.trouble is not None:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)
            assert (cut_off.leading, cut_off._lag_seconds()) == (False, 0)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_person_stands_in_one_area_of_the_two_that_a_move_names(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, area=AREA, lan="female")
    await teller.family(ids.other, area=FAR)
    await teller.tell("person.moved", person=ids.lan, household=ids.other)
    _, fact = (await teller.facts())[-1]
    (step,) = fact.asserts.persons
    assert (step.before.area if step.before else None, step.after.area if step.after else None) == (AREA, FAR)


async def test_a_server_that_is_killed_in_the_middle_of_an_answer_does_not_end_the_relay(
    teller: Teller, kafka: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, broken = asyncpg.Connection.fetch, [asyncpg.InternalClientError("got result for unknown protocol state 0")]

    async def fetch(self: Any, *asked: Any, **more: Any) -> Any:
        if "from ledger" in str(asked[0]) and broken:
            raise broken.pop()
        return await whole(self, *asked, **more)

    await teller.places()
    monkeypatch.setattr(asyncpg.Connection, "fetch", fetch)
    async with relaying(settings_for(teller.database, kafka)) as relay:
        await published(relay, 5)
    assert not broken
