"""How is the application that serves figures put together?"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kit.auth import verifier_from
from kit.database import Connections
from kit.horizon import Horizon
from kit.http import create
from services.reporting.api import reporting
from services.reporting.projections import PROJECTIONS
from services.reporting.projections.units import hierarchies
from services.reporting.reading import Sources
from services.reporting.settings import ReportingSettings

ABOUT = """How many people live where, and what happened to them, for any month, as known at any moment.

Figures are sums over signed rows of the ledger's facts, so a correction changes exactly the months that it is about.
"""


def create_app(settings: ReportingSettings, clock: Callable[[], float] = time.time) -> FastAPI:
    """Make the application; its connections live from its start to its end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Connections(settings.reader_dsn, size=settings.connections, name="socai-reporting-api")
        app.state.verifier = verifier_from(settings, clock)
        app.state.sources = Sources(
            database=database,
            horizon=Horizon(database, PROJECTIONS),
            hierarchies=hierarchies(),
            patience=settings.patience,
            clock=clock,
        )
        try:
            yield
        finally:
            await database.close()

    async def can_read(app: FastAPI) -> str | None:
        sources: Sources = app.state.sources
        return f"complete up to {await sources.horizon.position()}"

    return create(
        "reporting",
        "Socai reporting",
        settings,
        description=ABOUT,
        routers=[reporting],
        lifespan=lifespan,
        checks={"database": can_read},
    )
