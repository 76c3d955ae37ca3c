"""What do the laws share? Databases that many histories use, one after the other."""

from collections.abc import AsyncIterator, Callable

import pytest

from deploy.local.databases import Database
from kit.process.database import Connections
from tests.laws.ledgers import Ledgers
from tests.laws.reads import Reads
from tests.services.events.conftest import build
from tests.services.exchange.conftest import build_exchange
from tests.services.registry.conftest import build_registry
from tests.services.reporting.conftest import build_reporting


@pytest.fixture
async def ledgers(fresh_database: Callable[..., Database]) -> AsyncIterator[Ledgers]:
    database = fresh_database("socai_events", build)
    connections = Connections(database.writer_dsn)
    yield Ledgers(database, connections)
    await connections.close()


@pytest.fixture
def reads(fresh_database: Callable[..., Database]) -> Reads:
    builds = {"registry": build_registry, "reporting": build_reporting, "exchange": build_exchange}
    return Reads({service: fresh_database(f"socai_{service}", build) for service, build in builds.items()})
