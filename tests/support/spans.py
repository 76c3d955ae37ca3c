"""How does a test look at the spans that were made?"""

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from kit.process import tracing


def finished(exporter: InMemorySpanExporter) -> tuple[ReadableSpan, ...]:
    """All spans that ended so far."""
    assert tracing._Tracing.provider is not None
    tracing._Tracing.provider.force_flush()
    return exporter.get_finished_spans()
