"""How is the application that serves figures put together?"""

import time
from contextlib import AbstractAsyncContextManager, nullcontext

from fastapi import FastAPI

from kit.reading import Clock, Reading, create_reading
from services.reporting.api import reporting
from services.reporting.projections import PROJECTIONS
from services.reporting.projections.units import hierarchies
from services.reporting.reading import Sources
from services.reporting.settings import ReportingSettings

ABOUT = """How many people live where, and what happened to them, for any month, as known at any moment.

Figures are sums over signed rows of the ledger's facts, so a correction changes exactly the months that it is about.
"""


def create_app(settings: ReportingSettings, clock: Clock = time.time) -> FastAPI:
    """Make the application."""

    def sources(reading: Reading) -> AbstractAsyncContextManager[Sources]:
        return nullcontext(
            Sources(
                database=reading.database,
                horizon=reading.horizon,
                hierarchies=hierarchies(),
                patience=reading.patience,
                clock=reading.clock,
            )
        )

    return create_reading(
        "reporting",
        "Socai reporting",
        settings,
        PROJECTIONS,
        sources,
        description=ABOUT,
        routers=[reporting],
        clock=clock,
    )
