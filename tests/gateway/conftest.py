"""What do the tests of the authority and the door share?"""

from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.local.databases import Database
from tests.support.databases import Postgres
from tests.support.door import Door, open_door
from tests.support.gateway import migrate_gateway


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> Iterator[Database]:
    with postgres.database("socai_gateway", build=migrate_gateway) as made:
        yield made


@pytest.fixture(scope="module")
async def door(database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with open_door(database, tmp_path_factory.mktemp("door")) as opened:
        yield opened
