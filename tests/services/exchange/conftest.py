"""What do the tests of the exchange share?"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from fastapi import FastAPI

from deploy.local.databases import Database
from kit.auth.access import Access
from kit.process.migrate import migrate
from kit.projections.builds import ensure
from services.exchange.__main__ import MIGRATIONS
from services.exchange.app import create_app
from services.exchange.partners import VIEWS
from services.exchange.projections import PROJECTIONS
from services.exchange.settings import ExchangeSettings
from tests.support.applying import apply_shuffled
from tests.support.documented import Documented
from tests.support.facts import Recorded
from tests.support.granting import Granting

NOW = datetime(2026, 2, 10, 1, tzinfo=UTC).timestamp()
KEY = "a key that is long enough"


def access_of(partner: str, areas: tuple[str, ...] = ("VN",)) -> Access:
    """What a token of the partner's agreement says."""
    view = VIEWS[partner]
    return Access(
        client_id=f"client-{partner}",
        subject=f"client-{partner}",
        scopes=frozenset(),
        jti=f"token-{partner}",
        purpose=min(view.purposes),
        legal_basis="act/7",
        areas=areas,
        view=view.name,
    )


def build_exchange(database: Database) -> None:
    migrate(MIGRATIONS, database.owner_dsn)
    asyncio.run(ensure(PROJECTIONS, database.owner_dsn))


@pytest.fixture
def exchange_database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_exchange", build_exchange)


def settings_for(database: Database, **given: Any) -> ExchangeSettings:
    return ExchangeSettings(reader_dsn=database.reader_dsn, cursor_key=KEY, **{"patience": 0.2, **given})


@asynccontextmanager
async def serving(database: Database, now: float = NOW, **given: Any) -> AsyncIterator[FastAPI]:
    """The real application on this database, with a clock that stands still."""
    app = create_app(settings_for(database, **given), clock=lambda: now)
    async with app.router.lifespan_context(app):
        yield app


def client_of(app: FastAPI) -> httpx.AsyncClient:
    transport = Documented(app)
    return httpx.AsyncClient(transport=transport, base_url="http://socai.test/exchange/v1")


@asynccontextmanager
async def asking(
    database: Database, partner: str, *, areas: tuple[str, ...] = ("VN",), **given: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one partner."""
    async with serving(database, **given) as app:
        app.state.verifier = Granting(access_of(partner, areas))
        async with client_of(app) as client:
            yield client


async def apply(database: Database, facts: Iterable[Recorded], seed: int = 1) -> None:
    await apply_shuffled(database, PROJECTIONS, facts, random.Random(seed))


async def disclosures(database: Database) -> list[dict[str, Any]]:
    """Every line there is, as the owner sees them."""
    connection = await asyncpg.connect(database.owner_dsn)
    try:
        return [dict(row) for row in await connection.fetch("select * from disclosure")]
    finally:
        await connection.close()


def going_on(response: httpx.Response) -> str:
    """The address that the answer says to go on at, as the client of a test takes it."""
    return response.headers["link"].partition("/exchange/v1")[2].partition(">")[0]


def bearing(name: str | None = None, **numbers: str) -> msgspec.Raw:
    """What stands under `personal` of somebody with a name and numbers."""
    identifiers = [{"type": type_, "value": value} for type_, value in numbers.items()]
    return msgspec.Raw(msgspec.json.encode({"name": name, "identifiers": identifiers, "contacts": []}))
