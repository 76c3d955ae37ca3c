"""How do the ledger's entries get into Kafka, each once and in order?

One leader by a session advisory lock. It copies the ledger's bytes; positions are in the headers. On every start it
goes on from what Kafka already holds (rule 3 of kit.log.records). A failed append stops it and leads through the same
start again. It never publishes a fork: if the ledger ends before Kafka does, or has another hash there, it says so
and stops.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from contracts.event import CATALOGUE, TYPE_PREFIX
from contracts.fact import STREAM_FACTS, STREAM_REPORTS
from contracts.topics import (
    CONTENT_TYPE,
    FACTS,
    HASH,
    ID,
    LEDGER_SOURCE,
    PARTITION_KEY,
    RECORDED_TIME,
    REPORTS,
    SEQUENCE,
    SOURCE,
    SPECVERSION,
    TIME,
    TRACEPARENT,
    TYPE,
    encode_watermark,
    instant_text,
    partition_of,
    topic,
)
from kit.log.records import (
    Entry,
    LogReader,
    LogUnavailableError,
    LogWriter,
    Partition,
    Record,
    Resume,
    Tail,
    find_tails,
    partitions_of,
    resume_points,
)
from kit.process import metrics, tracing
from kit.process.database import LOST, connect
from services.events.settings import EventsSettings
from services.events.store.ledger import CHANNEL, microseconds

RELAY_LOCK = 7_302_002
POLL_SECONDS = 1.0
RETRY_SECONDS = 1.0
SMALL = 200
_TYPES = {event.kind: name.encode() for name, event in CATALOGUE.items()}
_READ = (
    "select position, stream, report, recorded_at, kind, partition_key, traceparent, hash, body "
    "from ledger where position > $1 order by position limit $2"
)
_LAST_REPORT = (
    "select position, partition_key from ledger where stream = 'reports' and position <= $1 "
    "order by position desc limit 1"
)
_BEHIND = (
    "select (select max(position) from ledger) - $1 as entries, "
    "(select recorded_at from ledger where position = $1 + 1) as since"
)
_log = logging.getLogger("socai.events.relay")


class ForkError(Exception):
    """The ledger and the log disagree: publishing more would make two truths."""


class Relay:
    """Publishes until it is cancelled; `position` says how far it is."""

    def __init__(self, settings: EventsSettings, writer: LogWriter, reader: Callable[[], LogReader]) -> None:
        self._settings = settings
        self._writer = writer
        self._reader = reader
        self._topics = {
            STREAM_FACTS: topic(settings.topic_prefix, FACTS),
            STREAM_REPORTS: topic(settings.topic_prefix, REPORTS),
        }
        self._facts = partitions_of((FACTS,), settings.topic_prefix)
        # Nobody asks how complete the fates of reports are: there are no watermarks among them.
        self._reports = partitions_of((REPORTS,), settings.topic_prefix)
        self._wake = asyncio.Event()
        self._marked = 0
        self._marked_at = 0.0
        self._behind_since: float | None = None
        self.position = 0
        self.leading = False
        self.fork: str | None = None
        self.trouble: str | None = None
        metrics.RELAY_LAG_SECONDS.set_function(self._lag_seconds)

    async def run(self) -> None:
        """Lead, publish, and start again after whatever went wrong; a fork ends it."""
        while True:
            try:
                await self._lead()
            except ForkError as fork:
                self.fork = str(fork)
                _log.critical("%s; nothing more is published", self.fork)
                raise
            except (LogUnavailableError, *LOST) as error:
                self.trouble = "the log or the ledger is away; starting again"
                _log.warning("the relay starts again", extra={"reason": type(error).__name__})
            finally:
                self.leading = False
            await asyncio.sleep(RETRY_SECONDS)

    async def _lead(self) -> None:
        connection = await connect(self._settings.writer_dsn, name="socai-events-relay", by_key=True, timeout=5)
        try:
            if not await connection.fetchval(f"select pg_try_advisory_lock({RELAY_LOCK})"):
                self._stand_by()
                await connection.execute(f"select pg_advisory_lock({RELAY_LOCK})", timeout=None)
            self.leading = True
            await self._measure(connection)
            await self._writer.start()
            await connection.add_listener(CHANNEL, self._woken)
            resume = await self._resume(connection)
            self.trouble = None
            await self._publish(connection, resume)
        finally:
            await self._writer.stop()
            connection.terminate()

    def _stand_by(self) -> None:
        """Leave it to whoever leads to say what is wrong, and how much is not published yet."""
        self.trouble = self._behind_since = None
        metrics.RELAY_LAG_FACTS.set(0)

    def _woken(self, *_: Any) -> None:
        self._wake.set()

    async def _resume(self, connection: Any) -> Resume:
        """Find where to go on, and check that the ledger agrees with what the log already holds."""
        reader = self._reader()
        await reader.start()
        try:
            tails = await find_tails(reader, self._facts)
            tails |= await find_tails(reader, self._reports, marked=False)
            resume = resume_points(tails)
            highest = max([resume.start - 1, *resume.skip_up_to.values()])
            last = await connection.fetchval("select coalesce(max(position), 0) from ledger")
            if last < highest:
                raise ForkError(f"the ledger ends at {last}, the log at {highest}")
            await self._compare(connection, reader, tails)
        finally:
            await reader.stop()
        self._marked = resume.start - 1
        behind = {one: tails[one].watermark for one in self._facts if tails[one].watermark < self._marked}
        behind |= await self._short_of_reports(connection, tails)
        if behind:
            resume = self._filled(resume, behind, tails)
        self.position = resume.start - 1
        return resume

    async def _short_of_reports(self, connection: Any, tails: Mapping[Partition, Tail]) -> dict[Partition, int]:
        """Give where a partition of reports ends that lacks the last one for which the facts' watermarks vouch."""
        last = await connection.fetchrow(_LAST_REPORT, self._marked)
        if last is None:
            return {}
        partition = Partition(self._topics[STREAM_REPORTS], partition_of(last["partition_key"]))
        held = tails[partition].position
        return {partition: held} if held < last["position"] else {}

    def _filled(self, resume: Resume, behind: Mapping[Partition, int], tails: Mapping[Partition, Tail]) -> Resume:
        """Go on where the first of the partitions `behind` is whole: the others vouch for nothing that these may lack.

        Every partition of facts gets every watermark. One that lacks the last was lost, or lost its end, unless the
        relay was cut off in the middle of the last: then it holds all, and nothing is sent again.
        """
        _log.warning("partitions of the log lack what was published and are filled", extra={"count": len(behind)})
        vouched = self._marked
        # That watermark comes again; none comes before it.
        self._marked -= 1
        skip = {one: max(position, vouched) for one, position in resume.skip_up_to.items()}
        skip |= {one: max(whole, tails[one].position) for one, whole in behind.items()}
        return Resume(min(behind.values()) + 1, skip)

    @staticmethod
    async def _compare(connection: Any, reader: LogReader, tails: Any) -> None:
        """Compare the hash of each partition's last fact with the ledger's."""
        for partition, tail in tails.items():
            if not tail.position:
                continue
            end = (await reader.end_offsets([partition]))[partition]
            found = await _last(reader, partition, end, tail.position)
            known = await connection.fetchval("select hash from ledger where position = $1", tail.position)
            if known is None or found.hash != known.hex():
                raise ForkError(f"position {tail.position} has another hash in the log than in the ledger")

    async def _publish(self, connection: Any, resume: Resume) -> None:
        position = resume.start - 1
        while True:
            self._wake.clear()
            rows = await connection.fetch(_READ, position, self._settings.relay_batch)
            await self._measure(connection, behind=bool(rows))
            if rows:
                await self._send(rows, resume)
                position = rows[-1]["position"]
                self.position = position
                metrics.RELAY_POSITION.set(position)
            await self._mark(position)
            if len(rows) < SMALL:
                await self._rest(position, found=bool(rows))

    async def _measure(self, connection: Any, *, behind: bool = True) -> None:
        """Note how much is not published yet, and since when: before trying, so that it shows when that fails.

        Until the log has been asked what it holds, everything counts.
        """
        entries, since = await connection.fetchrow(_BEHIND, self.position) if behind else (0, None)
        metrics.RELAY_LAG_FACTS.set(entries or 0)
        self._behind_since = None if since is None else since.timestamp()

    def _lag_seconds(self) -> float:
        return 0.0 if self._behind_since is None else max(0.0, time.time() - self._behind_since)

    async def _send(self, rows: list[Any], resume: Resume) -> None:
        started, began = time.time_ns(), time.perf_counter()
        batches: dict[Partition, list[Entry]] = defaultdict(list)
        instants: dict[datetime, bytes] = {}
        for row in rows:
            partition = Partition(self._topics[row["stream"]], partition_of(row["partition_key"]))
            if row["position"] > resume.skip_up_to.get(partition, 0):
                moment = instants.get(row["recorded_at"])
                if moment is None:
                    moment = instant_text(microseconds(row["recorded_at"])).encode()
                    instants[row["recorded_at"]] = moment
                batches[partition].append(record_of(row, moment))
        await asyncio.gather(
            *(self._writer.append(name, number, entries) for (name, number), entries in batches.items())
        )
        metrics.BATCH_SECONDS.labels("relay").observe(time.perf_counter() - began)
        tracing.spans(
            "publish",
            "producer",
            started,
            ((row["traceparent"], {"socai.position": row["position"], "socai.kind": row["kind"]}) for row in rows),
        )

    async def _mark(self, position: int) -> None:
        """Say to every partition of facts up to where all is published; every append before was confirmed."""
        now = time.monotonic()
        if position <= self._marked or now - self._marked_at < self._settings.watermark_gap:
            return
        mark = encode_watermark(position)
        await asyncio.gather(*(self._writer.append(name, number, [mark]) for name, number in self._facts))
        self._marked, self._marked_at = position, now

    async def _rest(self, position: int, *, found: bool) -> None:
        """Wait for more: a moment between small batches, until the next watermark is due, or until told."""
        if found:
            await asyncio.sleep(self._settings.relay_gap)
            return
        patience = POLL_SECONDS
        if position > self._marked:
            patience = max(0.0, self._marked_at + self._settings.watermark_gap - time.monotonic())
        try:
            async with asyncio.timeout(patience):
                await self._wake.wait()
        except TimeoutError:
            return


def record_of(row: Any, moment: bytes) -> Entry:
    """Make a record in CloudEvents binary mode; its value is the ledger's very bytes."""
    key = row["partition_key"].encode()
    headers = [
        (SEQUENCE, b"%d" % row["position"]),
        (TYPE, _TYPES.get(row["kind"]) or f"{TYPE_PREFIX}{row['kind']}.v1".encode()),
        (SPECVERSION, b"1.0"),
        (ID, row["report"].encode()),
        (SOURCE, LEDGER_SOURCE.encode()),
        (TIME, moment),
        (RECORDED_TIME, moment),
        (PARTITION_KEY, key),
        (CONTENT_TYPE, b"application/json"),
        (HASH, row["hash"].hex().encode()),
    ]
    if row["traceparent"]:
        headers.append((TRACEPARENT, row["traceparent"].encode()))
    return key, row["body"], tuple(headers)


async def _last(reader: LogReader, partition: Partition, end: int, position: int) -> Record:
    step = SMALL
    while True:
        lower = max(0, end - step)
        await reader.assign({partition: lower})
        offset = lower
        while offset < end:
            for record in await reader.read(end - offset, 10.0):
                offset = record.offset + 1
                if not record.is_watermark and record.position == position:
                    return record
        if lower == 0:
            raise ForkError(f"position {position} cannot be found again in the log")
        step *= 4
