"""What do the tests of the authority and the door share?"""

from collections.abc import Iterator

import pytest

from deploy.local.databases import Database
from tests.support.databases import Postgres
from tests.support.gateway import migrate_gateway


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> Iterator[Database]:
    with postgres.database("socai_gateway", build=migrate_gateway) as made:
        yield made
