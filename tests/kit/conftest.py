"""What do the tests of the kit share?"""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from kit.process import tracing
from tests.kit.asking import asking
from tests.kit.tested import application


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    """Where spans go that are made while the test runs."""
    exporter = InMemorySpanExporter()
    tracing.start("tested", exporter)
    yield exporter
    tracing.stop()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks the tested service."""
    async with asking(application()) as asked:
        yield asked
