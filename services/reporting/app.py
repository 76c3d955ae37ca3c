"""How is the application that serves figures put together?"""

import time

from fastapi import FastAPI

from kit.projections.reading import Clock, create_reading
from services.reporting.api import reporting
from services.reporting.projections import PROJECTIONS
from services.reporting.settings import ReportingSettings
from services.reporting.sources import open_sources

ABOUT = """How many people live where, and what happened to them, for any month, as known at any moment.

Figures are sums over signed rows of the ledger's facts, so a correction changes exactly the months that it is about.
"""


def create_app(settings: ReportingSettings, clock: Clock = time.time) -> FastAPI:
    """Make the application; its connections live from its start to its end."""
    return create_reading(
        "reporting",
        "Socai reporting",
        settings,
        PROJECTIONS,
        open_sources,
        description=ABOUT,
        routers=[reporting],
        clock=clock,
    )
