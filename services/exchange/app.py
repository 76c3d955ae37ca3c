"""How is the application that answers partner agencies put together?"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kit.auth import verifier_from
from kit.database import Connections
from kit.horizon import Horizon
from kit.http import create
from kit.paging import Cursors
from services.exchange.api import PLAIN, exchange
from services.exchange.lookups import Lookups
from services.exchange.news import News
from services.exchange.places import Places
from services.exchange.projections import PROJECTIONS
from services.exchange.settings import ExchangeSettings
from services.exchange.sources import Sources, lenses

ABOUT = """What partner agencies may see of persons, by their sharing agreement: a view, a change feed, verification.

Every answer leaves a line for each person it tells of, in the transaction that read it.
"""


def create_app(settings: ExchangeSettings, clock: Callable[[], float] = time.time) -> FastAPI:
    """Make the application; its connections live from its start to its end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        dsn, lanes, name = settings.reader_dsn, settings.lookup_lanes, "socai-exchange-api"
        database = Connections(dsn, size=settings.connections, name=name)
        for_lookups = Connections(dsn, size=lanes, name=name)
        horizon, places = Horizon(database, PROJECTIONS), Places(clock)
        app.state.verifier = verifier_from(settings, clock)
        app.state.sources = Sources(
            settings=settings,
            database=database,
            horizon=horizon,
            news=News(horizon),
            places=places,
            lookups=Lookups(for_lookups, places, lanes=lanes),
            cursors=Cursors(settings.cursor_key, "exchange.feed"),
            lenses=lenses(settings),
        )
        try:
            async with app.state.sources.lookups.running():
                yield
        finally:
            await for_lookups.close()
            await database.close()

    async def can_read(app: FastAPI) -> str | None:
        sources: Sources = app.state.sources
        return f"complete up to {await sources.horizon.position()}"

    return create(
        "exchange",
        "Socai exchange",
        settings,
        description=ABOUT,
        routers=[exchange],
        plain=PLAIN,
        lifespan=lifespan,
        checks={"database": can_read},
    )
