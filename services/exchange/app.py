"""How is the application that answers partner agencies put together?"""

import time
from functools import partial

from fastapi import FastAPI

from kit.projections.reading import Clock, create_reading
from services.exchange.api import PLAIN, exchange
from services.exchange.projections import PROJECTIONS
from services.exchange.settings import ExchangeSettings
from services.exchange.sources import open_sources

ABOUT = """What partner agencies may see of persons, by their sharing agreement: a view, a change feed, verification.

Every answer leaves a line for each person it tells of, in the transaction that read it.
"""


def create_app(settings: ExchangeSettings, clock: Clock = time.time) -> FastAPI:
    """Make the application; its connections live from its start to its end."""
    return create_reading(
        "exchange",
        "Socai exchange",
        settings,
        PROJECTIONS,
        partial(open_sources, settings),
        description=ABOUT,
        routers=[exchange],
        plain=PLAIN,
        clock=clock,
    )
