"""How is the application that answers for persons and households put together?"""

import time
from contextlib import AbstractAsyncContextManager, nullcontext

from fastapi import FastAPI

from kit.paging import Cursors
from kit.reading import Clock, Reading, create_reading
from services.registry.api import registry
from services.registry.projections import PROJECTIONS
from services.registry.projections.units import hierarchies
from services.registry.reading import Sources
from services.registry.settings import RegistrySettings

ABOUT = """Who lives where: persons and households now, as of any day, and as known at any moment, with their history.

Questions are sent by POST, because nobody's id or name may stand in an address.
"""


def create_app(settings: RegistrySettings, clock: Clock = time.time) -> FastAPI:
    """Make the application."""

    def sources(reading: Reading) -> AbstractAsyncContextManager[Sources]:
        return nullcontext(
            Sources(
                database=reading.database,
                horizon=reading.horizon,
                hierarchies=hierarchies(),
                cursors=Cursors(settings.cursor_key, "registry.search"),
                patience=reading.patience,
                clock=reading.clock,
            )
        )

    return create_reading(
        "registry",
        "Socai registry",
        settings,
        PROJECTIONS,
        sources,
        description=ABOUT,
        routers=[registry],
        clock=clock,
    )
