"""What do the registry's tests share?"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from contracts.scopes import Scope
from deploy.local.databases import Database
from kit.auth.access import Access
from kit.projections.builds import ensure
from services.registry.app import create_app
from services.registry.projections import PROJECTIONS
from services.registry.settings import RegistrySettings
from tests.support.book import Book
from tests.support.documented import Documented
from tests.support.facts import Recorded, publish
from tests.support.granting import Granting
from tests.support.memory_log import MemoryLog
from tests.support.projecting import reached, running

NOW = datetime(2026, 2, 10, 1, tzinfo=UTC).timestamp()
EVERY_SCOPE = tuple(scope for scope in Scope if scope.startswith("registry."))


def build_registry(database: Database) -> None:
    asyncio.run(ensure(PROJECTIONS, database.owner_dsn))


@pytest.fixture
def registry_database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_registry", build_registry)


async def project(database: Database, facts: Iterable[Recorded]) -> None:
    """Bring facts through a log and a running projector into the database."""
    log, told = MemoryLog(), list(facts)
    await publish(log.writer(), told)
    async with running(database, log.reader, PROJECTIONS):
        assert await reached(database, told[-1].position, PROJECTIONS)


@asynccontextmanager
async def asking(
    database: Database,
    *,
    areas: tuple[str, ...] = ("VN",),
    scopes: Iterable[Scope] = EVERY_SCOPE,
    now: float = NOW,
    patience: float = 0.2,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the real application on this database, with a clock that stands still."""
    settings = RegistrySettings(reader_dsn=database.reader_dsn, patience=patience, cursor_key="test")
    app = create_app(settings, clock=lambda: now)
    async with app.router.lifespan_context(app):
        app.state.verifier = Granting(Access("officer", "officer", frozenset(scopes), "1", areas=areas))
        transport = Documented(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://socai.test/registry/v1") as client:
            yield client


async def ask(client: httpx.AsyncClient, **question: Any) -> list[dict[str, Any]]:
    response = await client.post("/history/query", json=question)
    assert response.status_code == 200, response.text
    history: list[dict[str, Any]] = response.json()["history"]
    return history


async def history_of(database: Database, book: Book, **question: Any) -> list[dict[str, Any]]:
    await project(database, book.facts)
    async with asking(database) as client:
        return await ask(client, **question)
