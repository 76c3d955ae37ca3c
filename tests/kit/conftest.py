"""What do the tests of the kit share?"""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from kit.process import tracing


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    """Where spans go that are made while the test runs."""
    exporter = InMemorySpanExporter()
    tracing.start("tested", exporter)
    yield exporter
    tracing.stop()
