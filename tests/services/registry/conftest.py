"""What do the registry's tests share?"""

import asyncio
from collections.abc import Callable

import pytest

from deploy.local.databases import Database
from kit.builds import ensure
from services.registry.projections import PROJECTIONS


def build_registry(database: Database) -> None:
    asyncio.run(ensure(PROJECTIONS, database.owner_dsn))


@pytest.fixture
def registry_database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_registry", build_registry)
