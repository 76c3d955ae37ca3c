"""How is a read service put together, and what can it be told to do?

    class RegistrySettings(ReadSettings): ...

    def create_app(settings: RegistrySettings, clock: Clock = time.time) -> FastAPI:
        def sources(reading: Reading) -> AbstractAsyncContextManager[Sources]: ...
        return create_reading("registry", "Socai registry", settings, PROJECTIONS, sources, ...)

    COMMANDS = commands("registry", RegistrySettings, PROJECTIONS, create_app)

A service says what its answers are made with (`sources`, found in `app.state.sources`) and which routes give them;
connections, readiness and status, and the processes that fill its tables, are the same in all of them.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fastapi import APIRouter, FastAPI
from pydantic import Field

from contracts.calendar import today
from kit.auth import verifier_from
from kit.builds import ensure
from kit.cli import Command
from kit.database import Connections
from kit.horizon import Horizon
from kit.http import PlainRoute, create, reached, run
from kit.migrate import NewerDataError
from kit.migrate import migrate as migrate_tables
from kit.projecting import Projecting, renew
from kit.projection import AnyProjection
from kit.settings import ProcessSettings
from kit.status import status_router

Clock = Callable[[], float]


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
Chosen = TypeVar("Chosen", bound=ReadSettings)


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

    return create(
        name,
        title,
        settings,
        description=description,
        routers=[*routers, status_router(name, projections)],
        plain=plain,
        lifespan=lifespan,
        checks={"database": can_read},
    )


def create_projector(
    name: str, settings: ReadSettings, projections: Sequence[AnyProjection]
) -> tuple[FastAPI, Projecting]:
    """Make the application that answers for a projector's health, and the work beside it."""
    work = Projecting(name, projections, settings, group=settings.projector_group, batch_records=settings.batch_records)
    return create(name, f"Socai {name} projector", settings, checks=work.checks, documented=False), work


def commands(
    name: str,
    settings: type[Chosen],
    projections: Sequence[AnyProjection],
    create_app: Callable[[Chosen], FastAPI],
    migrations: Path | None = None,
) -> list[Command]:
    """What `python -m services.<name>` can be told; `migrations` where something cannot be rebuilt."""
    names = [projection.name for projection in projections]

    def api(_: argparse.Namespace) -> None:
        """Answer questions."""
        loaded = settings.load()
        run(create_app(loaded), loaded)

    def projector(_: argparse.Namespace) -> None:
        """Follow the log and keep the tables; what is of an older version is built anew beside it."""
        loaded = settings.load()
        app, work = create_projector(name, loaded, projections)
        run(app, loaded, work.run)

    def migrate(_: argparse.Namespace) -> None:
        """Make the tables that do not exist yet, and bring up to date what cannot be rebuilt."""
        loaded = settings.load()
        if migrations is not None:
            try:
                migrate_tables(migrations, loaded.owner_dsn)
            except NewerDataError as error:
                raise SystemExit(str(error)) from None
        for outdated in asyncio.run(ensure(projections, loaded.owner_dsn, topic_prefix=loaded.topic_prefix)):
            sys.stdout.write(f"{outdated}: of another version, the projector builds it anew\n")

    def rebuild(arguments: argparse.Namespace) -> None:
        """Build projections anew from the log beside those that serve, compare, and switch."""
        asyncio.run(renew(projections, settings.load(), arguments.projections or names))

    def known(given: str) -> str:
        if given not in names:
            raise argparse.ArgumentTypeError(f"there is no projection of this name; there are {', '.join(names)}")
        return given

    def choose(parser: argparse.ArgumentParser) -> None:
        about = f"by default all: {', '.join(names)}"
        parser.add_argument("projections", nargs="*", type=known, metavar="PROJECTION", help=about)

    return [
        Command("api", api),
        Command("projector", projector),
        Command("migrate", migrate),
        Command("rebuild", rebuild, choose),
    ]
