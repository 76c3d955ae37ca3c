"""Does a projector end with the same tables, whatever happens on the way?"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import asyncpg
import pytest

from contracts.topics import FACTS, PARTITIONS
from deploy.local.databases import Database
from kit.log.kafka import KafkaReader, KafkaWriter
from kit.log.records import LogReader, Record
from kit.process.database import Connections
from kit.projections.horizon import Horizon
from kit.projections.projection import Projection, Row, Table
from kit.projections.projector import Projector
from tests.support.counting import (
    COUNTS,
    PROJECTIONS,
    THING,
    Counted,
    decode,
    entry,
    eventually,
    history,
    naive,
    publish,
    publish_watermark,
)
from tests.support.memory_log import MemoryLog, MemoryReader
from tests.support.projecting import QUICK, build, contents, digests_of, reached, running
from tests.support.topics import Topics


@pytest.fixture
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_registry", build)


async def test_facts_become_rows_that_a_naive_count_confirms(database: Database) -> None:
    log, facts = MemoryLog(), history(1, 700)
    last = await publish(log.writer(), facts)
    async with running(database, log.reader) as projector:
        assert await reached(database, last)
        await eventually(lambda: projector.progress.position == last)
        await eventually(lambda: projector.progress.lag_facts == 0)
    found = await contents(database)
    assert (found.things, found.cells) == naive(facts)
    assert found.moves == list(range(1, last + 1))
    assert projector.progress.facts == last
    assert projector.progress.positions == {"things": last, "counts": last}


async def test_small_and_large_batches_write_the_same(
    database: Database, fresh_database: Callable[..., Database]
) -> None:
    log = MemoryLog()
    last = await publish(log.writer(), history(2, 1_500, things=600))
    other = fresh_database("socai_registry", build)
    async with running(database, log.reader, settings=replace(QUICK, batch_records=40)):
        assert await reached(database, last)
    async with running(other, log.reader):
        assert await reached(other, last)
    assert await digests_of(database) == await digests_of(other)


async def test_records_that_come_again_change_nothing(database: Database) -> None:
    """As a relay does that died before it heard of its records, or one that lingers behind its successor."""
    log, facts = MemoryLog(), history(3, 200)
    writer = log.writer()
    last = await publish(writer, facts)
    await publish(writer, facts[:150])
    for position in range(last - 30, last + 1):
        number, record = entry(position, facts[position - 1])
        await writer.append(FACTS, number, [record])
    async with running(database, log.reader, settings=replace(QUICK, batch_records=7)):
        assert await reached(database, last)
        await publish_watermark(writer, last + 1)
        assert await reached(database, last + 1)
    found = await contents(database)
    assert (found.things, found.cells) == naive(facts)
    assert found.moves == list(range(1, last + 1))


async def test_several_replicas_share_the_partitions_and_take_over_from_one_that_dies(database: Database) -> None:
    log, facts = MemoryLog(), history(4, 400)
    writer = log.writer()
    async with running(database, log.reader) as first:
        await eventually(lambda: first.progress.partitions == PARTITIONS)
        async with running(database, log.reader) as second:
            await eventually(lambda: second.progress.partitions == PARTITIONS // 2)
            assert first.progress.partitions == PARTITIONS // 2
            half = await publish(writer, facts[:200])
            assert await reached(database, half)
            assert first.progress.facts
            assert second.progress.facts
        last = await publish(writer, facts[200:], after=half)
        assert await reached(database, last)
        await eventually(lambda: first.progress.partitions == PARTITIONS)
    found = await contents(database)
    assert (found.things, found.cells) == naive(facts)
    assert found.moves == list(range(1, last + 1))


class Gate:
    """A log whose readers can be held up, as a process that hangs between reading and writing."""

    def __init__(self, log: MemoryLog) -> None:
        self.log = log
        self.open = asyncio.Event()
        self.holding = asyncio.Event()

    def reader(self) -> "GatedReader":
        return GatedReader(self)


class GatedReader(MemoryReader):
    def __init__(self, gate: Gate) -> None:
        super().__init__(gate.log)
        self._gate = gate

    async def read(self, max_records: int, timeout: float) -> list[Record]:
        records = await super().read(max_records, timeout)
        if records and not self._gate.open.is_set():
            self._gate.holding.set()
            await self._gate.open.wait()
        return records


async def test_a_zombie_that_was_replaced_writes_nothing(database: Database) -> None:
    log, facts = MemoryLog(), history(5, 300)
    gate = Gate(log)
    last = await publish(log.writer(), facts)
    async with running(database, gate.reader, settings=replace(QUICK, group="zombie")) as zombie:
        await gate.holding.wait()
        async with running(database, log.reader):
            assert await reached(database, last)
        before = await digests_of(database)
        gate.open.set()
        await eventually(lambda: zombie.progress.failure is None and zombie.progress.position == last)
    assert zombie.progress.facts == 0
    assert await digests_of(database) == before
    found = await contents(database)
    assert (found.things, found.cells) == naive(facts)


async def test_a_lost_connection_is_replaced_and_nothing_is_lost(database: Database, postgres: object) -> None:
    log, facts = MemoryLog(), history(6, 400)
    writer = log.writer()
    async with running(database, log.reader, settings=replace(QUICK, batch_records=5)):
        for start in range(0, 400, 100):
            last = await publish(writer, facts[start : start + 100], after=start)
            await cut_connections(database)
        assert await reached(database, last)
    found = await contents(database)
    assert (found.things, found.cells) == naive(facts)
    assert found.moves == list(range(1, last + 1))


async def cut_connections(database: Database) -> None:
    """Of the projector, seen from one that may: its own role."""
    connection = await asyncpg.connect(database.writer_dsn)
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and usename = current_user and pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_a_fact_that_cannot_be_applied_stops_the_projector_and_is_never_passed_over(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    log, facts = MemoryLog(), history(7, 60)
    writer = log.writer()
    broken = [True]

    def unsure(value: bytes) -> Counted:
        fact = decode(value)
        if broken[0] and fact == facts[30]:
            raise ValueError(f"cannot be read: {fact.thing}")
        return fact

    projections = tuple(replace_decode(projection, unsure) for projection in PROJECTIONS)
    last = await publish(writer, facts)
    async with running(database, log.reader, projections) as projector:
        await eventually(lambda: projector.progress.failure == "things cannot apply position 31")
        assert not projector.progress.ready
        await eventually(lambda: projector.progress.lag_facts > 0 and projector.progress.lag_seconds > 0)
        assert not await reached(database, 31, projections, seconds=0.3)
        broken[0] = False
        assert await reached(database, last)
        await eventually(lambda: projector.progress.ready)
    assert (await contents(database)).moves == list(range(1, last + 1))
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert {record.__dict__["position"] for record in errors} == {31}
    assert not any(fact.thing in record.getMessage() for fact in facts for record in errors)


def replace_decode(projection: Projection[Counted], decode: Callable[[bytes], Counted]) -> Projection[Counted]:
    return Projection(projection.name, projection.version, projection.tables, decode, projection.rows)


async def test_a_row_that_the_database_refuses_stops_the_projector_too(database: Database) -> None:
    log, facts = MemoryLog(), history(8, 60)
    broken = [True]

    def unfit(record: Record, fact: Counted) -> Iterator[tuple[Table, Row]]:
        version = 2**40 if broken[0] and record.position == 20 else fact.version
        yield THING, (fact.thing, version, False, fact.entered, [])

    things: Projection[Counted] = Projection("things", 1, (THING,), decode, unfit)
    last = await publish(log.writer(), facts)
    async with running(database, log.reader, (things, COUNTS)) as projector:
        await eventually(lambda: projector.progress.failure == "DataError")
        assert not await reached(database, 20, (things, COUNTS), seconds=0.3)
        broken[0] = False
        assert await reached(database, last)
    assert projector.progress.failure is None


async def test_a_projector_waits_for_tables_and_for_its_own_version(fresh_database: Callable[..., Database]) -> None:
    database = fresh_database("socai_registry", build)
    newer = Projection("things", 2, (THING,), decode, PROJECTIONS[0].rows)
    async with running(database, MemoryLog().reader, (newer,)) as projector:
        await eventually(lambda: projector.progress.failure == "NotBuiltError")
    assert not projector.progress.ready


async def test_a_wait_for_a_position_that_does_not_come_ends_in_time(database: Database) -> None:
    reader = Connections(database.reader_dsn, size=2)
    horizon = Horizon(reader, PROJECTIONS)
    found = await asyncio.gather(*(horizon.wait_for(5, 0.1) for _ in range(20)))
    await reader.close()
    assert found == [0] * 20


async def test_on_kafka_a_projector_follows_and_sees_a_fact_soon(database: Database, kafka: Topics) -> None:
    facts = history(9, 300)
    await prefixed(database, kafka.prefix)
    writer = KafkaWriter(kafka.bootstrap)
    await writer.start()
    settings = replace(QUICK, topic_prefix=kafka.prefix)

    def reader() -> LogReader:
        return KafkaReader(kafka.bootstrap)

    async with running(database, reader, settings=settings) as projector:
        half = await publish(writer, facts[:200], topic=kafka.facts, every=50)
        assert await reached(database, half)
        last = await publish(writer, facts[200:], topic=kafka.facts, after=half, every=50)
        assert await reached(database, last)
        await eventually(lambda: projector.progress.lag_facts == 0 and projector.progress.ready)
    await writer.stop()
    found = await contents(database)
    assert (found.things, found.cells) == naive(facts)
    assert found.moves == list(range(1, last + 1))


async def prefixed(database: Database, prefix: str) -> None:
    """The template was built for topics without a prefix; nothing has been read yet."""
    connection = await asyncpg.connect(database.owner_dsn)
    await connection.execute("update checkpoint set topic = $1 || topic", prefix)
    await connection.close()


async def test_a_log_that_is_away_is_waited_for(database: Database) -> None:
    connections = Connections(database.writer_dsn, size=1)
    projector = Projector(PROJECTIONS, connections, lambda: KafkaReader("127.0.0.1:1", timeout=1), QUICK)
    stopping = asyncio.Event()
    task = asyncio.create_task(projector.run(stopping))
    await eventually(lambda: projector.progress.failure == "LogUnavailableError")
    stopping.set()
    await task
    await connections.close()
    assert not projector.progress.ready


@pytest.mark.parametrize("more", [0, 300])
async def test_a_log_that_was_written_anew_is_never_gone_on_in_where_the_old_one_was_left(
    database: Database, more: int
) -> None:
    """Its records stand elsewhere: behind the old offset some would be passed over that were never applied."""
    facts = history(12, 200 + more)
    old, new = MemoryLog(), MemoryLog()
    writer = old.writer()
    for position in range(200):
        await publish(writer, facts[position : position + 1], after=position)
    async with running(database, old.reader):
        assert await reached(database, 200)
    await publish(new.writer(), facts)
    async with running(database, new.reader) as projector:
        await eventually(lambda: projector.progress.failure == "AnotherLogError")
    assert (await contents(database)).moves == list(range(1, 201))
