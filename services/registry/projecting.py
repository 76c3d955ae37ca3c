"""How does the process that projects facts into the registry run, and what does it tell of itself?"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import asyncpg
from fastapi import FastAPI

from kit import metrics
from kit.builds import ensure
from kit.database import Connections
from kit.health import NotReady
from kit.http import create
from kit.kafka import KafkaReader
from kit.log import LogReader, LogUnavailableError, Record
from kit.progress import Progress
from kit.projector import Projector, ProjectorSettings
from kit.rebuild import BusyError, RebuildSettings, rebuild
from kit.tracing import spans, tracing
from services.registry.projections import PROJECTIONS
from services.registry.settings import RegistrySettings

_STALLED_SECONDS = 60.0
_PAUSE_SECONDS = 5.0

_log = logging.getLogger("socai.registry")


def create_projector(settings: RegistrySettings) -> tuple[FastAPI, Callable[[], Awaitable[None]]]:
    """Make the application that answers for the process's health, and the work beside it."""
    database = Connections(settings.writer_dsn, size=1, command_timeout=None, name="socai-registry-projector")
    projector = Projector(
        PROJECTIONS,
        database,
        reader_of(settings),
        ProjectorSettings(
            group=settings.projector_group,
            topic_prefix=settings.topic_prefix,
            batch_records=settings.batch_records,
        ),
        observe=observe,
    )
    _show(projector.progress)

    async def moves(_: FastAPI) -> str:
        progress = projector.progress
        if not progress.ready or time.monotonic() - progress.turned_at > _STALLED_SECONDS:
            raise NotReady(progress.failure or "starting")
        return f"complete up to {progress.position}"

    async def work() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(projector.run())
            tasks.create_task(keep_current(settings))

    app = create("registry", "Socai registry projector", settings, checks={"projector": moves}, documented=False)
    return app, work


def reader_of(settings: RegistrySettings) -> Callable[[], LogReader]:
    """Give readers of the log that the settings name."""
    return lambda: KafkaReader(settings.kafka)


async def renew(settings: RegistrySettings, names: Sequence[str] = ()) -> None:
    """Build anew the projections named, or those whose serving build is of another version, while the rest go on."""
    outdated = names or await ensure(PROJECTIONS, settings.owner_dsn, topic_prefix=settings.topic_prefix)
    for projection in PROJECTIONS:
        if projection.name in outdated:
            build = RebuildSettings(topic_prefix=settings.topic_prefix)
            await rebuild(projection, settings.owner_dsn, reader_of(settings), build)


async def keep_current(settings: RegistrySettings) -> None:
    """Renew once; what is away, or a replica that does the same, is waited for."""
    while settings.owner_dsn:
        try:
            await renew(settings)
        except (OSError, asyncpg.PostgresError, LogUnavailableError, BusyError) as error:
            _log.warning("Building anew waits", extra={"reason": type(error).__name__})
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return


def observe(records: Sequence[Record], seconds: float) -> None:
    """Count a batch, and let it appear in the traces of the reports behind it."""
    facts = [record for record in records if not record.is_watermark]
    for projection in PROJECTIONS:
        metrics.FACTS_APPLIED.labels(projection.name).inc(len(facts))
    metrics.BATCH_SECONDS.labels("project").observe(seconds)
    if tracing():
        started = time.time_ns() - int(seconds * 1e9)
        traced = ((record.traceparent or "", {"socai.position": record.position}) for record in facts)
        spans("project registry", "consumer", started, traced)


def _show(progress: Progress) -> None:
    for projection in PROJECTIONS:
        name = projection.name
        metrics.PROJECTION_POSITION.labels(name).set_function(partial(_position, progress, name))
        metrics.PROJECTION_LAG_FACTS.labels(name).set_function(lambda: progress.lag_facts)
        metrics.PROJECTION_LAG_SECONDS.labels(name).set_function(lambda: progress.lag_seconds)


def _position(progress: Progress, projection: str) -> float:
    return progress.positions.get(projection, 0)
