"""Does everything recorded reach Kafka once and in order, and does the ledger come back from there alone?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from contracts.topics import FACTS, REPORTS
from deploy.local.databases import Database
from kit.log.kafka import KafkaReader, KafkaWriter
from kit.log.records import LogUnavailableError, Partition, Record, partitions_of
from kit.process.metrics import REGISTRY, RELAY_LAG_FACTS
from services.events.settings import EventsSettings
from services.events.signing.evidence import Evidence
from services.events.store import verify as verifying
from services.events.store.relay import ForkError, Relay
from services.events.store.replay import Chain, in_order
from services.events.store.restore import NoFurtherError, restore, restore_from
from services.events.store.verify import verify, walk_ledger
from tests.services.events.conftest import build
from tests.services.events.telling import AREA, COMMUNE, FAR, Teller, ids, report
from tests.support.memory_log import MemoryLog, MemoryReader
from tests.support.topics import Topics

PATIENCE = 20.0
STATES = (
    "select entity, kind, version, last_on, last_rank, body from state order by entity",
    "select report, sender, digest, fate, device, sequence from outcome where fate <> 'refused' order by report",
    "select * from device_key order by key",
    "select report, need, position, places, approved, decided from waiting order by report",
    "select place, month, drawn_up, appraised, closed from month order by place, month",
    "select * from half order by key",
    "select distinct entity, dependant from tie order by entity, dependant",
    "select original, position from amendment order by original, position",
    "select distinct value, holder from identifier order by value, holder",
    "select position, stream, report, recorded_at, kind, partition_key, hash, body from ledger order by position",
)


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


async def figure(name: str, value: float) -> None:
    async with asyncio.timeout(PATIENCE):
        while REGISTRY.get_sample_value(name) != value:  # noqa: ASYNC110 - a gauge tells nobody
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


FACT_PARTITIONS = partitions_of((FACTS,), "")


async def a_life_in_the_log(teller: Teller, log: MemoryLog) -> tuple[EventsSettings, int, Partition]:
    """Publish a life; give how it was, where it ends, and the partition that holds most of it."""
    last = await a_life(teller)
    settings = EventsSettings(writer_dsn=teller.database.writer_dsn, relay_batch=3)
    async with publishing(settings, log, last):
        pass
    return settings, last, max(FACT_PARTITIONS, key=lambda partition: len(told(log, partition)))


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


async def marked(log: MemoryLog, partitions: Sequence[Partition], position: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while not all(  # noqa: ASYNC110 - looked at from outside
            any(record.is_watermark and record.position == position for record in log.records(one))
            for one in partitions
        ):
            await asyncio.sleep(0.02)


def told(log: MemoryLog, partition: Partition) -> list[int]:
    return [record.position for record in log.records(partition) if not record.is_watermark]


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


async def comes_back(lost: Database, kafka: Topics, empty: Database) -> int:
    """Publish a ledger, restore it into another database from Kafka alone, and hold that nothing differs; its end."""
    old, new = await asyncpg.connect(lost.reader_dsn), await asyncpg.connect(empty.reader_dsn)
    try:
        last: int = await old.fetchval("select max(position) from ledger")
        async with relaying(settings_for(lost, kafka)) as relay:
            await published(relay, last)
        assert await restore(settings_for(empty, kafka)) == last
        for query in (*STATES, "select * from device order by device"):
            assert await new.fetch(query) == await old.fetch(query), query
    finally:
        await old.close()
        await new.close()
    return last


async def test_the_ledger_comes_back_from_kafka_alone(
    teller: Teller, kafka: Topics, fresh_database: Callable[..., Database]
) -> None:
    last = await a_life(teller)
    empty = fresh_database("socai_events", build)
    assert await comes_back(teller.database, kafka, empty) == last
    assert await restore(settings_for(empty, kafka)) == 0


async def test_of_a_log_with_a_hole_what_stands_before_it_comes_back(
    teller: Teller, fresh_database: Callable[..., Database]
) -> None:
    log = MemoryLog()
    _, last, _ = await a_life_in_the_log(teller, log)
    ends = {partition: held[-1] for partition in FACT_PARTITIONS if (held := told(log, partition))}
    holed, hole = sorted(ends.items(), key=lambda one: one[1])[-2]
    assert 1 < hole < last
    kept = [record for record in log.records(holed) if record.is_watermark or record.position != hole]
    log.records(holed).clear()
    log.extend(holed, [(record.key, record.value, record.headers) for record in kept])
    empty = await asyncpg.connect(fresh_database("socai_events", build).writer_dsn)
    old = await asyncpg.connect(teller.database.reader_dsn)
    reader = log.reader()
    await reader.start()
    try:
        for _ in range(2):
            with pytest.raises(
                NoFurtherError, match=f"up to position {hole - 1}: position {hole} is missing in the log"
            ):
                await restore_from(empty, reader, "")
            rows = "select position, hash from ledger where position < $1 order by position"
            assert await empty.fetch(rows, last + 1) == await old.fetch(rows, hole)
    finally:
        await reader.stop()
        await empty.close()
        await old.close()


async def test_a_ledger_that_lost_its_end_is_never_published(
    teller: Teller, kafka: Topics, fresh_database: Callable[..., Database], caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(teller.database, kafka)
    last = await a_life(teller)
    async with relaying(settings) as relay:
        await published(relay, last)
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


async def test_a_changed_fact_is_found_by_the_walk(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(teller.database, kafka)
    last = await a_life(teller)
    async with relaying(settings) as relay:
        await published(relay, last)
    owner = await asyncpg.connect(teller.database.owner_dsn)
    await owner.execute("update ledger set body = body || ' ' where position = 5")
    await owner.close()
    assert await verify(settings) == 1
    assert "PostgreSQL: BROKEN: position 5" in capsys.readouterr().out


async def test_what_is_published_while_the_ledger_is_walked_breaks_nothing(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(teller.database, kafka)
    last = await a_life(teller)
    async with relaying(settings) as relay:
        await published(relay, last)

        async def walked(dsn: str, evidence: Evidence) -> tuple[Chain, dict[int, bytes]]:
            found = await walk_ledger(dsn, evidence)
            later = await teller.tell("household.reviewed", household=ids.home)
            await published(relay, later.position or 0)
            return found

        monkeypatch.setattr(verifying, "walk_ledger", walked)
        assert await verify(settings) == 0
    assert "both are the same" in capsys.readouterr().out


async def test_a_ledger_that_lost_its_end_is_told_from_two_histories(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(teller.database, kafka)
    last = await a_life(teller)
    async with relaying(settings) as relay:
        await published(relay, last)
    owner = await asyncpg.connect(teller.database.owner_dsn)
    await owner.execute("delete from ledger where position = $1", last)
    await owner.close()
    assert await verify(settings) == 1
    assert f"Kafka: BROKEN: position {last} is there, but PostgreSQL ends at {last - 1}" in capsys.readouterr().out


async def test_no_role_that_runs_may_change_or_delete_a_fact(events_database: Database) -> None:
    for dsn in (events_database.writer_dsn, events_database.reader_dsn):
        connection = await asyncpg.connect(dsn)
        try:
            for statement in ("update ledger set kind = ''", "delete from ledger", "truncate ledger"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        finally:
            await connection.close()


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
