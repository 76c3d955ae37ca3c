"""What do the laws share? Databases that many histories use, one after the other."""

from collections.abc import AsyncIterator, Callable

import pytest

from deploy.local.databases import Database
from kit.database import Connections
from tests.laws.ledgers import Ledgers
from tests.services.events.conftest import build


@pytest.fixture
async def ledgers(fresh_database: Callable[..., Database]) -> AsyncIterator[Ledgers]:
    database = fresh_database("socai_events", build)
    connections = Connections(database.writer_dsn)
    yield Ledgers(database, connections)
    await connections.close()
