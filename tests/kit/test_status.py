"""Do operators learn how far a read service is, what serves in it and how old that is?"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

import asyncpg
import httpx
import pytest
from starlette.requests import Request

from contracts.scopes import Scope
from contracts.topics import instant_microseconds
from deploy.local.databases import Database
from kit.auth.access import Access
from kit.http.problems import ScopeInsufficient
from kit.projections.builds import ensure
from kit.projections.projection import Projection
from kit.projections.reading import ReadSettings, create_reading
from kit.projections.rebuild import rebuild
from tests.support.counting import PROJECTIONS, THING, decode, history, publish, thing_rows
from tests.support.memory_log import MemoryLog
from tests.support.projecting import build, reached, running


class Granting:
    """Stands where tokens are checked: grants one scope."""

    def __init__(self, granted: Scope) -> None:
        self._granted = granted

    async def access(self, request: Request, scope: Scope) -> Access:
        if scope is not self._granted:
            raise ScopeInsufficient
        return Access("operator", "operator", frozenset({scope}), "1")


@pytest.fixture
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_registry", build)


@asynccontextmanager
async def asking(database: Database, granted: Scope = Scope.OPERATIONS_STATUS_READ) -> AsyncIterator[httpx.AsyncClient]:
    settings = ReadSettings(reader_dsn=database.reader_dsn, patience=0.1)
    app = create_reading(
        "counting", "Counting", settings, PROJECTIONS, nullcontext, description="Counts things.", routers=[]
    )
    async with app.router.lifespan_context(app):
        app.state.verifier = Granting(granted)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test/counting/v1") as client:
            yield client


async def test_nothing_is_applied_before_the_first_fact(database: Database) -> None:
    async with asking(database) as client:
        answer = await client.get("/status")
    assert answer.headers["socai-position"] == "0"
    assert answer.json() == {
        "service": "counting",
        "position": 0,
        "projections": [
            {"name": one.name, "version": one.version, "build": 1, "position": 0, "recorded_at": None}
            for one in PROJECTIONS
        ],
    }


async def test_each_projection_says_what_serves_how_far_it_is_and_how_old(database: Database) -> None:
    log = MemoryLog()
    last = await publish(log.writer(), history(1, 60))
    async with running(database, log.reader):
        assert await reached(database, last)
    await rebuild(PROJECTIONS[:1], database.owner_dsn, log.reader)
    async with asking(database) as client:
        told = (await client.get("/status")).json()
    assert told["position"] == last
    rebuilt, other = told["projections"]
    assert (rebuilt["build"], other["build"]) == (2, 1)
    assert rebuilt["position"] == other["position"] == last
    assert rebuilt["recorded_at"] == other["recorded_at"]
    assert abs(instant_microseconds(rebuilt["recorded_at"]) / 1e6 - time.time()) < 600


async def test_it_can_be_asked_not_before_a_position_and_only_by_operators(database: Database) -> None:
    async with asking(database) as client:
        assert (await client.get("/status?not_before=1")).status_code == 412
        assert (await client.get("/status?not_before=0")).status_code == 200
    async with asking(database, Scope.REGISTRY_SEARCH) as client:
        assert (await client.get("/status")).status_code == 403


async def test_what_was_never_built_is_named_without_figures(database: Database) -> None:
    added = Projection("added", 1, (THING,), decode, thing_rows)
    settings = ReadSettings(reader_dsn=database.reader_dsn)
    app = create_reading("counting", "Counting", settings, (added,), nullcontext, description="", routers=[])
    async with app.router.lifespan_context(app):
        app.state.verifier = Granting(Scope.OPERATIONS_STATUS_READ)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            told = (await client.get("/counting/v1/status")).json()
    assert told["projections"] == [
        {"name": "added", "version": None, "build": None, "position": None, "recorded_at": None}
    ]


async def test_checkpoints_of_an_older_version_get_their_age_when_migrated(database: Database) -> None:
    owner = await asyncpg.connect(database.owner_dsn)
    try:
        await owner.execute("alter table checkpoint drop column recorded_at")
        await ensure(PROJECTIONS, database.owner_dsn)
        await ensure(PROJECTIONS, database.owner_dsn)
        assert await owner.fetchval("select max(recorded_at) from checkpoint") == 0
    finally:
        await owner.close()
    async with asking(database) as client:
        assert (await client.get("/status")).status_code == 200
