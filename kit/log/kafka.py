"""How do records get into Kafka and out again, whole batches at a time?"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import CorruptRecordException, KafkaError

from contracts.topics import MAX_RECORD_BYTES
from kit.log.records import Entry, LogUnavailableError, Partition, Record

# Uncompressed size of a batch; topics allow twice as much (contracts.topics.RETENTION).
_BATCH_BYTES = 1 << 20
# The broker answers a fetch without news after this time. A fetch names the partitions that were drained when
# it was sent, so this also bounds how long news of another partition may have to wait.
_FETCH_WAIT_MS = 100
_STOP_SECONDS = 5.0
# Records that are unpacked in one go: others get a turn after each millisecond.
_AT_ONCE = 256


class RecordTooLargeError(Exception):
    """A record is larger than its topic takes; nothing of the call was sent."""


class KafkaWriter:
    """Idempotent, acks=all, snappy. After a failed append it takes nothing more until it was started again."""

    def __init__(self, bootstrap: str, *, timeout: float = 15.0, security: Mapping[str, Any] | None = None) -> None:
        self._timeout = timeout
        self._options = {
            "bootstrap_servers": bootstrap,
            "enable_idempotence": True,
            "acks": "all",
            "compression_type": "snappy",
            "max_batch_size": _BATCH_BYTES,
            "max_request_size": 4 * _BATCH_BYTES,
            "request_timeout_ms": int(timeout * 1000),
            **(security or {}),
        }
        self._producer: AIOKafkaProducer | None = None
        self._turns: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def start(self) -> None:
        await self.stop()
        producer = AIOKafkaProducer(**self._options)
        try:
            await _start(producer.start())
        except BaseException as error:
            # Also when cancelled: a client that began to start holds connections and tasks.
            await _end_producer(producer)
            if isinstance(error, KafkaError | OSError):
                raise LogUnavailableError("Kafka cannot be reached for writing") from error
            raise
        self._producer = producer

    async def stop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _end_producer(producer)

    async def append(self, topic: str, partition: int, records: Sequence[Entry]) -> None:
        if any(len(value) > MAX_RECORD_BYTES for _, value, _ in records):
            raise RecordTooLargeError(f"a record for {topic} exceeds {MAX_RECORD_BYTES} bytes")
        # One batch of a partition at a time: of two that are queued, the first may expire and the second arrive.
        # The hole would stand behind the partition's last position, where no relay looks for it.
        async with self._turns[topic, partition]:
            producer = self._producer
            if producer is None:
                raise LogUnavailableError("the writer is not running: start it again from what the log holds")
            try:
                async with asyncio.timeout(2 * self._timeout):
                    for batch in self._batches(producer, records):
                        await asyncio.shield(await producer.send_batch(batch, topic, partition=partition))
            except BaseException as error:
                # Also when cancelled: the batch may be in flight, and nothing may follow it unseen.
                if self._producer is producer:
                    await self.stop()
                if isinstance(error, KafkaError | OSError):
                    raise LogUnavailableError(f"Kafka did not confirm records for {topic}/{partition}") from error
                raise

    @staticmethod
    def _batches(producer: AIOKafkaProducer, records: Sequence[Entry]) -> Iterable[Any]:
        batch = producer.create_batch()
        for key, value, headers in records:
            # The builder takes a list and nothing else.
            entry = {"key": key, "value": value, "headers": list(headers), "timestamp": None}
            if batch.append(**entry) is None:
                yield batch
                batch = producer.create_batch()
                if batch.append(**entry) is None:
                    raise RecordTooLargeError("a record does not fit into an empty batch")
        if batch.record_count():
            yield batch


class KafkaReader:
    """Reads assigned partitions; no consumer group: offsets live with the reader's own rows."""

    def __init__(self, bootstrap: str, *, timeout: float = 15.0, security: Mapping[str, Any] | None = None) -> None:
        self._options = {
            "bootstrap_servers": bootstrap,
            "group_id": None,
            "enable_auto_commit": False,
            # An offset that the log no longer has is an error to be seen, never a reason to skip.
            "auto_offset_reset": "none",
            "fetch_max_wait_ms": _FETCH_WAIT_MS,
            "fetch_max_bytes": 16 << 20,
            "max_partition_fetch_bytes": 4 << 20,
            "request_timeout_ms": int(timeout * 1000),
            **(security or {}),
        }
        self._running: AIOKafkaConsumer | None = None

    @property
    def _consumer(self) -> AIOKafkaConsumer:
        if self._running is None:
            raise LogUnavailableError("the reader is not running")
        return self._running

    async def start(self) -> None:
        await self.stop()
        consumer = AIOKafkaConsumer(**self._options)
        try:
            await _start(consumer.start())
        except BaseException as error:
            await _end_consumer(consumer)
            if isinstance(error, KafkaError | OSError):
                raise LogUnavailableError("Kafka cannot be reached for reading") from error
            raise
        self._running = consumer

    async def stop(self) -> None:
        consumer, self._running = self._running, None
        if consumer is not None:
            await _end_consumer(consumer)

    async def assign(self, offsets: Mapping[Partition, int]) -> None:
        consumer = self._consumer
        # An empty assignment would be refused; without one nothing is fetched.
        consumer.unsubscribe()
        if not offsets:
            return
        consumer.assign([TopicPartition(*partition) for partition in offsets])
        for partition, offset in offsets.items():
            consumer.seek(TopicPartition(*partition), offset)

    async def read(self, max_records: int, timeout: float) -> list[Record]:
        consumer = self._consumer
        if not consumer.assignment():
            await asyncio.sleep(timeout)
            return []
        records: list[Record] = []
        while len(records) < max_records:
            at_most = min(max_records - len(records), _AT_ONCE)
            some = await self._some(consumer, at_most, 0 if records else timeout)
            if not some:
                break
            records += some
            await asyncio.sleep(0)
        return records

    @staticmethod
    async def _some(consumer: AIOKafkaConsumer, at_most: int, timeout: float) -> list[Record]:
        try:
            fetched = await consumer.getmany(timeout_ms=int(timeout * 1000), max_records=at_most)
        except CorruptRecordException as error:
            # It names the partition, and nothing of what stands there.
            raise LogUnavailableError(f"a batch of the log is damaged: {error}") from error
        except (KafkaError, OSError) as error:
            raise LogUnavailableError("Kafka does not give records") from error
        return [
            Record(m.topic, m.partition, m.offset, m.key, m.value, m.headers)
            for messages in fetched.values()
            for m in messages
        ]

    async def beginning_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        return await self._offsets(self._consumer.beginning_offsets, partitions)

    async def end_offsets(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        return await self._offsets(self._consumer.end_offsets, partitions)

    @staticmethod
    async def _offsets(ask: Any, partitions: Iterable[Partition]) -> dict[Partition, int]:
        try:
            offsets = await ask([TopicPartition(*partition) for partition in partitions])
        except (KafkaError, OSError) as error:
            raise LogUnavailableError("Kafka does not give offsets") from error
        return {Partition(*partition): offset for partition, offset in offsets.items()}


async def _start(starting: Coroutine[Any, Any, None]) -> None:
    """Let a client of aiokafka come to the end of its start also where that is cancelled: cut off while it asks who is
    in the cluster it forgets a connection, which stays open.
    """
    task = asyncio.create_task(starting)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        # Nobody asks any more what came of it.
        await _well_ended(task)
        raise


async def _end_producer(producer: AIOKafkaProducer) -> None:
    if not await _ended(producer.stop()):
        # What it still holds was never confirmed to anybody; without this it would go on sending.
        await _ended(producer._sender.close())  # noqa: SLF001 - see _ended
        await producer.client.close()


async def _end_consumer(consumer: AIOKafkaConsumer) -> None:
    if not await _ended(consumer.stop()):
        await consumer._client.close()  # noqa: SLF001 - see _ended


async def _ended(stopping: Coroutine[Any, Any, None]) -> bool:
    """Whether a client of aiokafka stopped in its own way. That may wait for a broker that is away, or end in a
    cancellation of its own making (Fetcher.close awaits tasks that it cancelled), and then leave tasks and connections.
    """
    return await _well_ended(asyncio.create_task(stopping))


async def _well_ended(task: asyncio.Task[None]) -> bool:
    """Wait for a task, cancel it where it takes too long, and say whether it ended in its own way."""
    await asyncio.wait({task}, timeout=_STOP_SECONDS)
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=1)
    return task.done() and not task.cancelled() and task.exception() is None
