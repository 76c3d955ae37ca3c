"""How is the application of a read service put together?

    class RegistrySettings(ReadSettings): ...

    def create_app(settings: RegistrySettings, clock: Clock = time.time) -> FastAPI:
        def sources(reading: Reading) -> AbstractAsyncContextManager[Sources]: ...
        return create_reading("registry", "Socai registry", settings, PROJECTIONS, sources, ...)

A service says what its answers are made with (`sources`, found in `app.state.sources`) and which routes give them;
connections, readiness and status, and the processes that fill its tables, are the same in all of them.
"""

import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import asyncpg
from fastapi import APIRouter, FastAPI
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from contracts.calendar import today
from kit.auth.callers import verifier_from
from kit.http.application import PlainRoute, create, problem_response, reached
from kit.http.problems import Unavailable
from kit.process.database import Connections
from kit.process.settings import ProcessSettings
from kit.projections.horizon import Horizon
from kit.projections.projection import AnyProjection
from kit.projections.status import status_router

Clock = Callable[[], float]
_log = logging.getLogger("socai.reading")


class ReadSettings(ProcessSettings):
    """What the processes of a read service need to know besides."""

    connections: int = Field(8, ge=1, le=100, description="Most connections that a process holds to its database.")
    patience: float = Field(5.0, ge=0, le=60, description="Seconds that a read waits for the position asked for.")
    batch_records: int = Field(5_000, ge=1, le=100_000, description="Most records that a projector takes at once.")
    projector_group: str = Field("projector", description="Projectors of one group share the partitions of the log.")


@dataclass(frozen=True, slots=True)
class Reading:
    """What every read service answers from; lives as long as the process."""

    database: Connections
    horizon: Horizon
    patience: float
    clock: Clock

    def today(self) -> str:
        """Give today's date in Viet Nam: the sender's clock never decides."""
        return today(self.clock())

    async def reached(self, not_before: int | None) -> int:
        """Wait for the position asked for, give the one that is complete; raises PositionNotReached when time is up."""
        return await reached(not_before, self.horizon.wait_for, self.patience)


Sources = Callable[[Reading], AbstractAsyncContextManager[object]]


def create_reading(
    name: str,
    title: str,
    settings: ReadSettings,
    projections: Sequence[AnyProjection],
    sources: Sources,
    *,
    description: str,
    routers: Sequence[APIRouter],
    plain: Sequence[PlainRoute] = (),
    clock: Clock = time.time,
) -> FastAPI:
    """Make the application that answers; its connections and sources live from its start to its end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Connections(settings.reader_dsn, size=settings.connections, name=f"socai-{name}-api")
        reading = Reading(database, Horizon(database, projections), settings.patience, clock)
        app.state.verifier = verifier_from(settings, clock)
        app.state.reading = reading
        try:
            async with sources(reading) as app.state.sources:
                yield
        finally:
            await database.close()

    async def can_read(app: FastAPI) -> str | None:
        reading: Reading = app.state.reading
        return f"complete up to {await reading.horizon.position()}"

    app = create(
        name,
        title,
        settings,
        description=description,
        routers=[*routers, status_router(name, projections)],
        plain=plain,
        lifespan=lifespan,
        checks={"database": can_read},
    )
    for error in (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
        app.add_exception_handler(error, _of_another_shape)
    return app


async def _of_another_shape(request: Request, error: Exception) -> Response:
    """Ask for patience where what serves lacks what we read: a build of before serves until ours is done."""
    _log.warning("What serves is of another shape", extra={"reason": type(error).__name__})
    return problem_response(Unavailable(), request)
