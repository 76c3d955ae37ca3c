"""How do facts become rows, continuously, exactly once in effect, and in batches?

One turn: read some thousand records, compute and merge their rows, then one transaction that moves the checkpoints
(first statement) and writes each table once. Where more records wait, the next batch is computed while PostgreSQL
writes this one. Nothing is remembered between transactions that the database does not
also know, so every failure has the same cure: drop everything and begin again from the checkpoints.
"""

import asyncio
import gc
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import asyncpg

from kit.log.records import LogReader, LogUnavailableError, Record
from kit.process.beside import Beside
from kit.process.database import Connections, Unavailable
from kit.projections.applying import Gathered
from kit.projections.batch import CannotApplyError
from kit.projections.builds import NotBuiltError, serving_builds
from kit.projections.checkpoint import FencedError
from kit.projections.follower import Follower, follow
from kit.projections.progress import Progress
from kit.projections.projection import AnyProjection

_log = logging.getLogger("socai.projector")

_WAITING = (
    Unavailable,
    LogUnavailableError,
    NotBuiltError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
# After an error the batch shrinks by this, so that what stands before the offending fact goes through.
_SHRINK = 8
# A read that brings this share of a full batch says that more wait: the next batch is gathered meanwhile.
_BACKLOG = 4

Observe = Callable[[Sequence[Record], float], None]
"""Called after each commit with its records and the seconds since they were read; for spans and histograms."""


@dataclass(frozen=True, slots=True)
class ProjectorSettings:
    """How a projector works; the group names the replicas that share the partitions of one database."""

    group: str = "projector"
    topic_prefix: str = ""
    batch_records: int = 5_000
    poll_seconds: float = 0.5
    refresh_seconds: float = 1.0
    backoff_seconds: float = 0.2
    backoff_limit_seconds: float = 15.0
    collect_garbage_seconds: float = 60.0


class Projector:
    """Follows the log for some projections of one database; `progress` says how far it is."""

    def __init__(
        self,
        projections: Sequence[AnyProjection],
        database: Connections,
        reader: Callable[[], LogReader],
        settings: ProjectorSettings,
        *,
        observe: Observe | None = None,
    ) -> None:
        self.progress = Progress()
        self._projections = projections
        self._names = [projection.name for projection in projections]
        self._database = database
        self._reader = reader
        self._settings = settings
        self._observe = observe
        self._limit = self._settings.batch_records

    async def run(self, stopping: asyncio.Event | None = None) -> None:
        """Until cancelled or told to stop; every error is waited out, none is passed over."""
        stopping = stopping or asyncio.Event()
        first = wait = self._settings.backoff_seconds
        with _collector_off():
            while not stopping.is_set():
                began = time.monotonic()
                try:
                    await self._session(stopping)
                except Exception as error:  # noqa: BLE001 - whatever it was: start again from the checkpoints
                    self._report(error)
                    if time.monotonic() - began > self._settings.backoff_limit_seconds:
                        wait = first
                    await _pause(stopping, wait)
                    wait = min(wait * 2, self._settings.backoff_limit_seconds)
        self.progress.ready = False

    def _report(self, error: Exception) -> None:
        self.progress.partitions = 0
        if isinstance(error, FencedError):
            _log.info("Partitions were taken over or a build was switched; starting again")
            return
        # Only our own words are shown: those of others may quote a row.
        told = str(error) if isinstance(error, CannotApplyError) else type(error).__name__
        self.progress.ready, self.progress.failure = False, told
        if isinstance(error, _WAITING):
            _log.warning("The projector waits", extra={"reason": type(error).__name__})
            return
        self._limit = max(1, self._limit // _SHRINK)
        extra = error.record if isinstance(error, CannotApplyError) else {}
        _log.error("The projector cannot go on", extra={"batch": self._limit, **extra}, exc_info=error)

    async def _session(self, stopping: asyncio.Event) -> None:
        async with self._database.acquire(keep=False) as connection:
            reader = self._reader()
            await reader.start()
            try:
                follower = follow(
                    connection,
                    reader,
                    self._projections,
                    await serving_builds(connection),
                    topic_prefix=self._settings.topic_prefix,
                    group=self._settings.group,
                )
                await follower.prepare()
                await self._turn(follower, stopping)
            finally:
                await reader.stop()

    async def _turn(self, follower: Follower, stopping: asyncio.Event) -> None:
        settings, progress = self._settings, self.progress
        wait = min(settings.poll_seconds, settings.refresh_seconds)
        refreshed = collected = float("-inf")
        async with Beside() as writing:
            while not stopping.is_set():
                now = progress.turned_at = time.monotonic()
                if now - refreshed >= settings.refresh_seconds:
                    await writing.done()
                    refreshed = now
                    await follower.refresh(self._names, progress)
                if now - collected >= settings.collect_garbage_seconds:
                    collected = now
                    gc.collect()
                records = await follower.reader.read(self._limit, wait)
                if records:
                    started = time.perf_counter()
                    gathered = await follower.gather(records)
                    await writing.done()
                    if stopping.is_set():
                        break
                    writing.begin(self._write(follower, records, gathered, started))
                if len(records) * _BACKLOG < self._limit:
                    await writing.done()
                    progress.ready, progress.failure = True, None

    async def _write(self, follower: Follower, records: Sequence[Record], gathered: Gathered, started: float) -> None:
        await follower.write(gathered)
        progress = self.progress
        progress.facts += gathered.batch.facts
        progress.ready, progress.failure = True, None
        self._limit = min(self._limit * 2, self._settings.batch_records)
        if self._observe:
            self._observe(records, time.perf_counter() - started)


@contextmanager
def _collector_off() -> Iterator[None]:
    """Cyclic garbage is collected now and then; within batches it costs up to a third of decoding."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping.wait()
