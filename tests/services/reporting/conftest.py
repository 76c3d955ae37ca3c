"""What do the tests of figures share?"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from deploy.local.databases import Database
from kit.auth.access import Access
from kit.projections.builds import ensure
from services.reporting.app import create_app
from services.reporting.projections import PROJECTIONS
from services.reporting.settings import ReportingSettings
from tests.services.reporting.story import BOOK
from tests.support.applying import apply_shuffled
from tests.support.documented import Documented
from tests.support.granting import Granting

NOW = datetime(2026, 2, 10, 1, tzinfo=UTC).timestamp()
Ask = Callable[..., Any]


def build_reporting(database: Database) -> None:
    asyncio.run(ensure(PROJECTIONS, database.owner_dsn))


@pytest.fixture
def reporting_database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_reporting", build_reporting)


@asynccontextmanager
async def asking(
    database: Database, *, areas: tuple[str, ...] = ("VN",), now: float = NOW, patience: float = 0.2
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the real application on this database, with a clock that stands still."""
    app = create_app(ReportingSettings(reader_dsn=database.reader_dsn, patience=patience), clock=lambda: now)
    async with app.router.lifespan_context(app):
        app.state.verifier = Granting(Access("planner", "planner", frozenset(), "1", areas=areas))
        transport = Documented(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://socai.test/reporting/v1") as client:
            yield client


def build_story(database: Database) -> None:
    build_reporting(database)
    asyncio.run(apply_shuffled(database, PROJECTIONS, BOOK.facts, random.Random(3)))


@pytest.fixture
def told(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_reporting", build_story)


@pytest.fixture
async def client(told: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(told) as asked:
        yield asked
