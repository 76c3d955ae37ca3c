"""Does every log keep what it promises? One suite for the log in memory and for Kafka."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import CorruptRecordException

from contracts.topics import (
    HASH,
    ID,
    RECORDED_TIME,
    SEQUENCE,
    TRACEPARENT,
    TYPE,
    encode_watermark,
    instant_text,
    partition_of,
)
from kit.log.kafka import KafkaReader, KafkaWriter, RecordTooLargeError
from kit.log.records import (
    Entry,
    LogReader,
    LogUnavailableError,
    LogWriter,
    Partition,
    Record,
    Tail,
    find_tail,
    find_tails,
    resume_points,
)
from tests.support.memory_log import MemoryLog
from tests.support.topics import Topics


@dataclass(frozen=True)
class Log:
    topic: str
    writer: Callable[[], LogWriter]
    reader: Callable[[], LogReader]

    def partition(self, number: int) -> Partition:
        return Partition(self.topic, number)


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.kafka)])
def log(request: pytest.FixtureRequest) -> Log:
    if request.param == "memory":
        memory = MemoryLog()
        return Log("facts", memory.writer, memory.reader)
    topics: Topics = request.getfixturevalue("kafka")
    return Log(topics.facts, lambda: KafkaWriter(topics.bootstrap), lambda: KafkaReader(topics.bootstrap))


@pytest.fixture
async def writer(log: Log) -> AsyncIterator[LogWriter]:
    writer = log.writer()
    await writer.start()
    yield writer
    await writer.stop()


@pytest.fixture
async def reader(log: Log) -> AsyncIterator[LogReader]:
    reader = log.reader()
    await reader.start()
    yield reader
    await reader.stop()


def fact(position: int, value: bytes = b"{}") -> Entry:
    return b"31", value, ((SEQUENCE, b"%d" % position), (TYPE, b"vn.socai.person.died.v1"))


async def read_all(reader: LogReader, count: int, at_once: int = 1_000) -> list[Record]:
    found: list[Record] = []
    while len(found) < count:
        records = await reader.read(at_once, 15)
        assert records, f"only {len(found)} of {count} records came"
        found += records
    return found


async def test_records_come_back_in_order_with_every_byte(log: Log, writer: LogWriter, reader: LogReader) -> None:
    headers = (
        (SEQUENCE, b"7"),
        (TYPE, b"vn.socai.person.born.v1"),
        (ID, b"0190b0a4"),
        (RECORDED_TIME, instant_text(1_751_328_000_000_001).encode()),
        (TRACEPARENT, b"00-1-2-01"),
        (HASH, b"abc123"),
    )
    await writer.append(log.topic, 3, [(b"31", b"first", headers), (None, b"\x00\xff", ())])
    await writer.append(log.topic, 3, [(b"32", b"third", ())])
    await reader.assign({log.partition(3): 0})
    first, second, third = await read_all(reader, 3)
    assert (first.offset, first.key, first.value, first.headers) == (0, b"31", b"first", headers)
    assert (second.offset, second.key, second.value, second.headers) == (1, None, b"\x00\xff", ())
    assert (third.offset, third.value, third.address) == (2, b"third", log.partition(3))
    assert (first.position, first.type, first.id) == (7, "vn.socai.person.born.v1", "0190b0a4")
    assert (first.recorded_at, first.traceparent, first.hash) == (1_751_328_000_000_001, "00-1-2-01", "abc123")
    assert not first.is_watermark


async def test_a_watermark_carries_its_position_in_value_and_header(
    log: Log, writer: LogWriter, reader: LogReader
) -> None:
    await writer.append(log.topic, 0, [encode_watermark(41), (None, b"42", ((TYPE, b"vn.socai.watermark.v1"),))])
    await reader.assign({log.partition(0): 0})
    watermark, bare = await read_all(reader, 2)
    assert (watermark.is_watermark, watermark.position, watermark.value) == (True, 41, b"41")
    assert (bare.is_watermark, bare.position, bare.recorded_at) == (True, 42, None)


async def test_reading_begins_at_the_offset_asked_for_in_each_partition(
    log: Log, writer: LogWriter, reader: LogReader
) -> None:
    for number in (1, 2, 5):
        await writer.append(log.topic, number, [fact(n) for n in range(10)])
    await reader.assign({log.partition(1): 4, log.partition(2): 9})
    found = await read_all(reader, 7)
    assert [(r.partition, r.offset) for r in sorted(found, key=lambda r: (r.partition, r.offset))] == [
        *((1, offset) for offset in range(4, 10)),
        (2, 9),
    ]
    assert await reader.read(10, 0.2) == []


async def test_a_new_assignment_replaces_the_old_one_and_may_go_back(
    log: Log, writer: LogWriter, reader: LogReader
) -> None:
    for number in (1, 2):
        await writer.append(log.topic, number, [fact(n) for n in range(3)])
    await reader.assign({log.partition(1): 0})
    assert len(await read_all(reader, 3)) == 3
    await reader.assign({log.partition(1): 2, log.partition(2): 1})
    assert sorted((r.partition, r.offset) for r in await read_all(reader, 3)) == [(1, 2), (2, 1), (2, 2)]
    await reader.assign({})
    assert await reader.read(10, 0.05) == []


async def test_small_reads_lose_nothing_and_keep_the_order(log: Log, writer: LogWriter, reader: LogReader) -> None:
    for number in (0, 1):
        await writer.append(log.topic, number, [fact(n) for n in range(50)])
    await reader.assign({log.partition(0): 0, log.partition(1): 0})
    found = await read_all(reader, 100, at_once=7)
    for number in (0, 1):
        assert [r.offset for r in found if r.partition == number] == list(range(50))


async def test_a_waiting_reader_gets_what_is_appended_meanwhile(log: Log, writer: LogWriter, reader: LogReader) -> None:
    await reader.assign({log.partition(4): 0})
    waiting = asyncio.create_task(reader.read(10, 20))
    await writer.append(log.topic, 4, [fact(1)])
    assert [r.position for r in await waiting] == [1]


async def test_offsets_name_the_first_and_the_next_record(log: Log, writer: LogWriter, reader: LogReader) -> None:
    partitions = [log.partition(0), log.partition(1)]
    await writer.append(log.topic, 1, [fact(1), fact(2)])
    assert await reader.end_offsets(partitions) == {log.partition(0): 0, log.partition(1): 2}
    assert await reader.beginning_offsets(partitions) == dict.fromkeys(partitions, 0)


async def test_large_batches_keep_their_order(log: Log, writer: LogWriter, reader: LogReader) -> None:
    value = os.urandom(200_000)
    await writer.append(log.topic, 6, [fact(n, value) for n in range(1, 31)])
    await reader.assign({log.partition(6): 0})
    found = await read_all(reader, 30)
    assert [r.position for r in found] == list(range(1, 31))
    assert all(r.value == value for r in found)


async def test_calls_for_one_partition_arrive_in_the_order_in_which_they_were_made(
    log: Log, writer: LogWriter, reader: LogReader
) -> None:
    await asyncio.gather(*(writer.append(log.topic, 0, [fact(n), fact(n + 1)]) for n in range(0, 40, 2)))
    await reader.assign({log.partition(0): 0})
    assert [r.position for r in await read_all(reader, 40)] == list(range(40))


async def test_the_tail_of_a_partition_is_found_from_its_end(log: Log, writer: LogWriter, reader: LogReader) -> None:
    await writer.append(log.topic, 0, [fact(1), encode_watermark(2), *(fact(n) for n in range(3, 60))])
    await writer.append(log.topic, 1, [encode_watermark(n) for n in range(1, 40)])
    await writer.append(log.topic, 2, [fact(5)])
    assert await find_tail(reader, log.partition(0), step=4) == Tail(2, 59)
    tails = await find_tails(reader, [log.partition(number) for number in range(4)])
    assert list(tails.values()) == [Tail(2, 59), Tail(39, 0), Tail(0, 5), Tail(0, 0)]
    assert resume_points(tails).start == 40
    assert resume_points(tails).skip_up_to[log.partition(0)] == 59


async def test_a_tail_costs_no_more_the_longer_a_partition_is(
    log: Log, writer: LogWriter, reader: LogReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    await writer.append(log.topic, 0, [encode_watermark(n) for n in range(1, 200)])
    await writer.append(log.topic, 1, [fact(n) for n in range(1, 200)])
    given, read = [0], reader.read

    async def counted(most: int, timeout: float) -> list[Record]:
        found = await read(most, timeout)
        given[0] += len(found)
        return found

    monkeypatch.setattr(reader, "read", counted)
    assert await find_tail(reader, log.partition(0), step=10) == Tail(199, 0)
    assert await find_tail(reader, log.partition(1), marked=False, step=10) == Tail(0, 199)
    assert given == [20]


async def test_a_stopped_writer_takes_nothing(kafka: Topics) -> None:
    writer = KafkaWriter(kafka.bootstrap)
    with pytest.raises(LogUnavailableError):
        await writer.append(kafka.facts, 0, [fact(1)])
    await writer.start()
    await writer.stop()
    with pytest.raises(LogUnavailableError):
        await writer.append(kafka.facts, 0, [fact(1)])


async def test_a_record_that_no_topic_takes_is_refused_before_anything_is_sent(kafka: Topics) -> None:
    writer, reader = KafkaWriter(kafka.bootstrap), KafkaReader(kafka.bootstrap)
    await writer.start()
    await reader.start()
    with pytest.raises(RecordTooLargeError):
        await writer.append(kafka.facts, 0, [fact(1), fact(2, b"x" * 1_100_000)])
    await writer.append(kafka.facts, 0, [fact(3, os.urandom(990_000))])
    assert await reader.end_offsets([Partition(kafka.facts, 0)]) == {Partition(kafka.facts, 0): 1}
    await reader.stop()
    await writer.stop()


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 3, 4, 6, 8, 12])
@pytest.mark.parametrize("client", [KafkaReader, KafkaWriter])
async def test_who_is_cancelled_while_it_starts_leaves_no_connection_open(
    kafka: Topics, client: type[KafkaReader | KafkaWriter], milliseconds: int
) -> None:
    before = open_connections()
    started = client(kafka.bootstrap)
    starting = asyncio.create_task(started.start())
    await asyncio.sleep(milliseconds / 1_000)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await started.stop()
    assert open_connections() <= before


def open_connections() -> set[int]:
    return {id(one) for one in gc.get_objects() if isinstance(one, AIOKafkaConnection) and one.connected()}


async def test_an_offset_that_the_log_does_not_have_is_an_error_and_no_reason_to_skip(kafka: Topics) -> None:
    reader = KafkaReader(kafka.bootstrap)
    await reader.start()
    await reader.assign({Partition(kafka.facts, 0): 17})
    with pytest.raises(LogUnavailableError):
        await read_all(reader, 1)
    await reader.stop()


async def test_others_get_a_turn_while_many_records_are_unpacked(kafka: Topics) -> None:
    writer, reader, at = KafkaWriter(kafka.bootstrap), KafkaReader(kafka.bootstrap), Partition(kafka.facts, 0)
    await writer.start()
    await reader.start()
    await writer.append(*at, [fact(n) for n in range(3_000)])
    await reader.assign({at: 0})
    turns = 0

    async def work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    first = await reader.read(1, 15)
    other = asyncio.create_task(work())
    found = await reader.read(2_000, 15)
    other.cancel()
    await reader.stop()
    await writer.stop()
    assert [r.offset for r in (*first, *found)] == list(range(2_001))
    assert turns >= 5


async def test_a_log_that_is_away_is_told_apart_from_an_empty_one() -> None:
    nowhere = "127.0.0.1:1"
    for client in (KafkaReader(nowhere, timeout=1), KafkaWriter(nowhere, timeout=1)):
        with pytest.raises(LogUnavailableError):
            await client.start()


def test_keys_keep_their_partition_for_ever() -> None:
    assert [partition_of(key) for key in ("", "units", "10507", "00001", "đ")] == [0, 9, 13, 3, 7]


def test_instants_are_exact_to_the_microsecond() -> None:
    assert instant_text(0) == "1970-01-01T00:00:00.000000Z"
    assert instant_text(1_751_328_000_000_001) == "2025-07-01T00:00:00.000001Z"


async def test_a_batch_that_a_disk_has_changed_is_told_from_a_broker_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Damaged:
        def assignment(self) -> list[int]:
            return [0]

        async def getmany(self, **_: int) -> None:
            raise CorruptRecordException("Invalid CRC - population.facts 6")

    reader = KafkaReader("127.0.0.1:1")
    monkeypatch.setattr(reader, "_running", Damaged())
    with pytest.raises(LogUnavailableError, match=r"a batch of the log is damaged: .*population.facts 6"):
        await reader.read(1, 0.1)
