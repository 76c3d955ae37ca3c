"""What may every test ask for? Real parts, one of each a run, started when first asked for.

Of PostgreSQL, a database of its own with the three roles of a service, dropped when the test ends:

    def test_x(fresh_database):
        database = fresh_database("socai_registry")
        database.owner_dsn, database.writer_dsn, database.reader_dsn

With `build=` a named function that fills a database (runs the migrations, say) it is called once a run, and each
database is a copy of what it made. `postgres.database(service, build)` does the same as a context manager.
Of Kafka, the two topics of the ledger under a prefix of its own:

    async def test_y(kafka):
        kafka.bootstrap, kafka.prefix, kafka.facts, kafka.reports

Session fixtures build on `postgres` (`admin_dsn`, `database`) and `kafka_bootstrap`.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import Any

import hypothesis
import pytest

from deploy.local.databases import Database
from deploy.local.topics import create_topics, delete_topics
from tests.support.databases import Build, Postgres
from tests.support.parts import Keeper, ask
from tests.support.topics import Topics

KEEPER = pytest.StashKey[Keeper]()
ADDRESS = pytest.StashKey[str]()
PARTS = ("postgres", "kafka")

# A shared machine stalls now and then; how long an example took says nothing about whether it is right.
hypothesis.settings.register_profile("socai", deadline=None, print_blob=True)
hypothesis.settings.load_profile("socai")


def pytest_configure(config: pytest.Config) -> None:
    inherited = getattr(config, "workerinput", None)
    if inherited is not None:
        config.stash[ADDRESS] = inherited["socai_parts"]
    elif not config.option.collectonly:
        config.stash[KEEPER] = Keeper()
        config.stash[ADDRESS] = config.stash[KEEPER].address


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Of pytest-xdist: tells a worker where to ask."""
    node.workerinput["socai_parts"] = node.config.stash[ADDRESS]


def pytest_unconfigure(config: pytest.Config) -> None:
    keeper = config.stash.get(KEEPER, None)
    if keeper is not None:
        keeper.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a test needs is seen from its fixtures, so `-m "not kafka"` works without anybody marking."""
    for item in items:
        for part in PARTS:
            if part in getattr(item, "fixturenames", ()):
                item.add_marker(part)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest, worker_id: str) -> Postgres:
    """The PostgreSQL of the run: `admin_dsn`, and `database(service, build=None)` as a context manager."""
    return Postgres(ask(request.config.stash[ADDRESS], "postgres"), worker_id)


@pytest.fixture
def fresh_database(postgres: Postgres) -> Iterator[Callable[..., Database]]:
    """`fresh_database(service, build=None)`: any number of databases that last as long as the test."""
    with ExitStack() as stack:

        def make(service: str, build: Build | None = None) -> Database:
            return stack.enter_context(postgres.database(service, build))

        yield make


@pytest.fixture(scope="session")
def kafka_bootstrap(request: pytest.FixtureRequest) -> str:
    """The Kafka of the run."""
    return ask(request.config.stash[ADDRESS], "kafka")


@pytest.fixture
async def kafka(kafka_bootstrap: str) -> AsyncIterator[Topics]:
    """Two topics of the test's own, 16 partitions each, deleted when it ends."""
    topics = Topics(kafka_bootstrap, f"t{secrets.token_hex(4)}.")
    await create_topics(topics.bootstrap, [topics.facts, topics.reports])
    yield topics
    await delete_topics(topics.bootstrap, [topics.facts, topics.reports])
