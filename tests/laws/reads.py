"""How do the real read services come to answer from a history that a real ledger recorded?"""

import random
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI
from starlette.requests import Request

from contracts.scopes import Scope
from deploy.local.databases import Database
from kit.auth.access import Access
from kit.process.migrate import migrate
from kit.projections.builds import ensure
from kit.projections.projection import AnyProjection
from services.exchange.__main__ import MIGRATIONS
from services.exchange.app import create_app as exchange_app
from services.exchange.projections import PROJECTIONS as EXCHANGE
from services.exchange.settings import ExchangeSettings
from services.registry.app import create_app as registry_app
from services.registry.projections import PROJECTIONS as REGISTRY
from services.registry.settings import RegistrySettings
from services.reporting.app import create_app as reporting_app
from services.reporting.projections import PROJECTIONS as REPORTING
from services.reporting.settings import ReportingSettings
from tests.laws.filling import empty, fill, publish
from tests.laws.telling import START, Row
from tests.services.exchange.conftest import KEY
from tests.support.documented import Documented
from tests.support.memory_log import MemoryLog

SERVICES: dict[str, Sequence[AnyProjection]] = {"registry": REGISTRY, "reporting": REPORTING, "exchange": EXCHANGE}


async def databases_for(fresh_database: Callable[..., Database], topic_prefix: str) -> dict[str, Database]:
    """Give each service a database of its own with empty tables, for topics of this prefix."""
    databases = {service: fresh_database(f"socai_{service}") for service in SERVICES}
    migrate(MIGRATIONS, databases["exchange"].owner_dsn)
    for service, projections in SERVICES.items():
        await ensure(projections, databases[service].owner_dsn, topic_prefix=topic_prefix)
    return databases


class Granting:
    """Stands where tokens are checked, which has tests of its own: grants everything that the test says."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def access(self, request: Request, scope: Scope) -> Access:
        return msgspec.structs.replace(self._access, scopes=frozenset({*self._access.scopes, scope}))


ANYBODY = Access("law", "law", frozenset(Scope), "law", areas=("VN",))
UNINITIATED = msgspec.structs.replace(ANYBODY, scopes=frozenset(Scope) - {Scope.REGISTRY_CARE_READ})


def application(service: str, database: Database) -> FastAPI:
    """The real application, whose clock stands still on the day of the histories."""
    made: dict[str, Callable[[], FastAPI]] = {
        "registry": lambda: registry_app(RegistrySettings(reader_dsn=database.reader_dsn, cursor_key=KEY), clock),
        "reporting": lambda: reporting_app(ReportingSettings(reader_dsn=database.reader_dsn), clock),
        "exchange": lambda: exchange_app(ExchangeSettings(reader_dsn=database.reader_dsn, cursor_key=KEY), clock),
    }
    return made[service]()


def clock() -> float:
    return START


@dataclass
class Reads:
    """The databases of the three services, and the log that fills them."""

    databases: dict[str, Database]
    log: MemoryLog = field(default_factory=MemoryLog)
    sent: int = 0

    async def begin(self) -> None:
        """Empty everything for another history."""
        self.log, self.sent = MemoryLog(), 0
        for database in self.databases.values():
            await empty(database)

    async def take(self, rows: Sequence[Row], chance: random.Random, services: Iterable[str] = SERVICES) -> None:
        """Bring what was recorded since the last time into the tables."""
        publish(self.log, rows[self.sent :], chance)
        self.sent = len(rows)
        for service in services:
            await fill(self.databases[service], SERVICES[service], self.log, chance)

    @asynccontextmanager
    async def asking(self, service: str, access: Access = ANYBODY) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the service's application, made for this history alone: it has no earlier one in mind."""
        app = application(service, self.databases[service])
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            app.state.verifier = Granting(access)
            base = f"http://socai.test/{service}/v1"
            transport = Documented(app)
            yield await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=base))


def document(response: httpx.Response) -> Any:
    return response.json()
