"""What do the tests of the whole product share? One system on the parts of the run, with a collector of its spans."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import uvicorn
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from deploy.local.databases import DATABASES
from deploy.local.operations import reset
from deploy.local.ports import free_ports
from deploy.local.processes import wait_until
from deploy.local.settings import LocalSettings
from tests.support.databases import Postgres
from tests.support.door import collector
from tests.support.system import System, opened
from tests.system.own_parts import OwnParts, own_parts
from tests.system.telling import places, tell

Spans = list[ExportTraceServiceRequest]


@pytest.fixture(scope="session")
def collected() -> Iterator[tuple[str, Spans]]:
    """The address of a collector, and what has been sent to it; its thread answers also between tests."""
    spans: Spans = []
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(collector(spans), port=port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, name="collector")
    thread.start()
    assert wait_until(lambda: server.started, 10)
    yield f"http://127.0.0.1:{port}", spans
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def spans(collected: tuple[str, Spans]) -> Spans:
    return collected[1]


@pytest.fixture(scope="session")
async def system(
    postgres: Postgres,
    kafka_bootstrap: str,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    collected: tuple[str, Spans],
) -> AsyncIterator[System]:
    """Everything, with a province and a commune on the books."""
    folder = tmp_path_factory.mktemp("system")
    with ExitStack() as stack:
        databases = {name: stack.enter_context(postgres.database(name)) for name in DATABASES}
        chosen = {"SOCAI_OTLP_ENDPOINT": collected[0], "SOCAI_PATIENCE": "2"}
        prefix = f"system.{worker_id}."
        async with opened(folder, kafka_bootstrap, databases, topic_prefix=prefix, environment=chosen) as system:
            for established in places():
                await tell(system, established)
            yield system


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a system that a test starts; its cluster, which as root stands outside of it, goes with it."""
    folder = tmp_path_factory.mktemp("system") / ".socai"
    yield folder
    assert reset(LocalSettings(data=folder), sure=True) == 0


@pytest.fixture(scope="module")
async def parts() -> AsyncIterator[OwnParts]:
    """A PostgreSQL and a Kafka that a module may kill."""
    async with own_parts() as parts:
        yield parts
