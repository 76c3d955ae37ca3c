"""How is the application that answers for persons and households put together?"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kit.auth import verifier_from
from kit.database import Connections
from kit.horizon import Horizon
from kit.http import create
from kit.paging import Cursors
from services.registry.api import registry
from services.registry.projections import PROJECTIONS
from services.registry.projections.units import hierarchies
from services.registry.reading import Sources
from services.registry.settings import RegistrySettings

ABOUT = """Who lives where: persons and households now, as of any day, and as known at any moment, with their history.

Questions are sent by POST, because nobody's id or name may stand in an address.
"""


def create_app(settings: RegistrySettings, clock: Callable[[], float] = time.time) -> FastAPI:
    """Make the application; its connections live from its start to its end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Connections(settings.reader_dsn, size=settings.connections, name="socai-registry-api")
        app.state.verifier = verifier_from(settings, clock)
        app.state.sources = Sources(
            database=database,
            horizon=Horizon(database, PROJECTIONS),
            hierarchies=hierarchies(),
            cursors=Cursors(settings.cursor_key, "registry.search"),
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
        "registry",
        "Socai registry",
        settings,
        description=ABOUT,
        routers=[registry],
        lifespan=lifespan,
        checks={"database": can_read},
    )
