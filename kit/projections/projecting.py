"""How does the process of a read service that projects facts run, and what does it tell of itself?

work = Projecting("registry", PROJECTIONS, settings, group=settings.projector_group)
app = create("registry", "Socai registry projector", settings, checks=work.checks, documented=False)
run(app, settings, work.run)
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from functools import partial

from fastapi import FastAPI

from kit.http.health import Check, NotReady
from kit.log.kafka import KafkaReader
from kit.log.kafka_tls import kafka_security
from kit.log.records import LogUnavailableError, Record
from kit.process import metrics
from kit.process.database import LOST, Connections
from kit.process.progress import Say, silent
from kit.process.settings import ProcessSettings
from kit.process.tracing import spans, tracing
from kit.projections.builds import ensure
from kit.projections.projection import AnyProjection
from kit.projections.projector import Projector, ProjectorSettings
from kit.projections.rebuild import BusyError, RebuildSettings, Rebuilt, rebuild

_STALLED_SECONDS = 60.0
_PAUSE_SECONDS = 5.0

_log = logging.getLogger("socai.projecting")


class Projecting:
    """The work of a projector's process, its readiness, metrics and spans."""

    def __init__(
        self,
        service: str,
        projections: Sequence[AnyProjection],
        settings: ProcessSettings,
        *,
        group: str = "projector",
        batch_records: int = 5_000,
    ) -> None:
        self._service = service
        self._projections = projections
        self._settings = settings
        self._database = Connections(
            settings.writer_dsn, size=1, command_timeout=None, name=f"socai-{service}-projector"
        )
        self.projector = Projector(
            projections,
            self._database,
            partial(log_reader, settings),
            ProjectorSettings(group=group, topic_prefix=settings.topic_prefix, batch_records=batch_records),
            observe=self._observe,
        )
        self.checks: Mapping[str, Check] = {"projector": self._check}
        progress = self.projector.progress
        for name in (projection.name for projection in projections):
            metrics.PROJECTION_POSITION.labels(name).set_function(partial(_position, progress.positions, name))
            metrics.PROJECTION_LAG_FACTS.labels(name).set_function(lambda: progress.lag_facts)
            metrics.PROJECTION_LAG_SECONDS.labels(name).set_function(lambda: progress.lag_seconds)

    async def run(self) -> None:
        """Follow the log, and renew what is of another version beside what serves, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.projector.run())
                tasks.create_task(self._keep_current())
        finally:
            await self._database.close()

    async def _keep_current(self) -> None:
        """Renew once, if this process may; what is away, or a replica that does the same, is waited for."""
        while self._settings.owner_dsn:
            try:
                await renew(self._projections, self._settings, say=_log.info)
            except (*LOST, LogUnavailableError, BusyError) as error:
                _log.warning("Building anew waits", extra={"reason": type(error).__name__})
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return

    async def _check(self, _: FastAPI) -> str:
        progress = self.projector.progress
        if not progress.ready or time.monotonic() - progress.turned_at > _STALLED_SECONDS:
            raise NotReady(progress.failure or "starting")
        return f"complete up to {progress.position}"

    def _observe(self, records: Sequence[Record], seconds: float) -> None:
        """Count a batch, and let it appear in the traces of the reports behind it."""
        facts = [record for record in records if not record.is_watermark]
        for projection in self._projections:
            metrics.FACTS_APPLIED.labels(projection.name).inc(len(facts))
        metrics.BATCH_SECONDS.labels("project").observe(seconds)
        if tracing():
            started = time.time_ns() - int(seconds * 1e9)
            traced = ((fact.traceparent or "", {"socai.position": fact.position}) for fact in facts)
            spans(f"project {self._service}", "consumer", started, traced)


def log_reader(settings: ProcessSettings) -> KafkaReader:
    """Of the log that the settings name, showing the certificate that they name."""
    return KafkaReader(settings.kafka, security=kafka_security(settings))


async def renew(
    projections: Sequence[AnyProjection], settings: ProcessSettings, names: Sequence[str] = (), say: Say = silent
) -> list[Rebuilt]:
    """Build anew the projections named, or those whose serving build is of another version, while the rest go on; `say`
    is told how far that is.
    """
    outdated = names or await ensure(projections, settings.owner_dsn, topic_prefix=settings.topic_prefix)
    build = RebuildSettings(topic_prefix=settings.topic_prefix)
    chosen = [projection for projection in projections if projection.name in outdated]
    return await rebuild(chosen, settings.owner_dsn, partial(log_reader, settings), build, say) if chosen else []


def _position(positions: Mapping[str, int], projection: str) -> float:
    return positions.get(projection, 0)
