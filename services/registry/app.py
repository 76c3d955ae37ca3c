"""How is the application that answers for persons and households put together?"""

import time
from functools import partial

from fastapi import FastAPI

from kit.projections.reading import Clock, create_reading
from services.registry.api import registry
from services.registry.projections import PROJECTIONS
from services.registry.settings import RegistrySettings
from services.registry.sources import open_sources

ABOUT = """Who lives where: persons and households now, as of any day, and as known at any moment, with their history.

Questions are sent by POST, because nobody's id or name may stand in an address.
"""


def create_app(settings: RegistrySettings, clock: Clock = time.time) -> FastAPI:
    """Make the application; its connections live from its start to its end."""
    return create_reading(
        "registry",
        "Socai registry",
        settings,
        PROJECTIONS,
        partial(open_sources, settings),
        description=ABOUT,
        routers=[registry],
        clock=clock,
    )
