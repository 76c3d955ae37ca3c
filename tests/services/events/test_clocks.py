"""Does a clock that is wrong keep reports away, and does an operator see what a wrong one has left behind?"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from kit.process.metrics import REGISTRY
from services.events.app import create_app
from services.events.settings import EventsSettings
from tests.services.events.telling import Teller

AN_HOUR = 3600.0


@asynccontextmanager
async def ready(teller: Teller, ahead: float) -> AsyncIterator[httpx.Response]:
    """What a process says of itself whose clock is ahead of PostgreSQL's by some seconds."""
    database = teller.database
    settings = EventsSettings(writer_dsn=database.writer_dsn, reader_dsn=database.reader_dsn, cursor_key="k")
    app = create_app(settings, lambda: time.time() + ahead)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://a") as http:
        yield await http.get("/readyz")


@pytest.mark.parametrize(("ahead", "said"), [(AN_HOUR, "3600 s ahead of"), (-AN_HOUR, "3600 s behind")])
async def test_whoever_takes_reports_is_not_ready_while_its_clock_and_that_of_postgresql_differ(
    teller: Teller, ahead: float, said: str
) -> None:
    async with ready(teller, ahead) as answer:
        assert answer.status_code == 503
        assert answer.json()["checks"]["clock"] == f"{said} PostgreSQL"
    async with ready(teller, 0) as answer:
        assert (answer.status_code, answer.json()["checks"]["clock"]) == (200, "ok")


async def test_how_far_the_ledger_is_ahead_of_the_clock_is_a_figure(teller: Teller) -> None:
    teller.intake._clock = lambda: time.time() + AN_HOUR
    await teller.places()
    async with ready(teller, 0) as answer:
        assert answer.status_code == 200
    ahead = REGISTRY.get_sample_value("socai_ledger_ahead_seconds")
    assert ahead == pytest.approx(AN_HOUR, abs=60)
