"""Which spans do we make, and what may stand in one?

All spans are made here, by name; what leaves the process passes the list of allowed attributes, without events
or status texts, because those quote exceptions. With no collector configured nothing is made, and the incoming
trace context is only carried on.
"""

import random
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Literal

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

AttributeValue = str | int | float | bool
Attributes = Mapping[str, AttributeValue]
Kind = Literal["internal", "server", "client", "producer", "consumer"]

ALLOWED: Final = frozenset(
    {
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "socai.kind",
        "socai.position",
    }
)

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
# The lowest bit of the flags; others may be set beside it.
_SAMPLED = frozenset("13579bdf")
_NO_ATTRIBUTES: Attributes = {}
_KINDS: Final = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}

_current: ContextVar[str] = ContextVar("traceparent", default="")


class _Tracing:
    """The process's one tracer, while there is one."""

    tracer: trace.Tracer | None = None
    provider: TracerProvider | None = None


def start(service: str, exporter: SpanExporter, ratio: float = 1.0) -> None:
    """Make spans from now on, and hand them to the exporter in the background."""
    stop()
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(ratio)),
        resource=Resource({"service.name": service}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(AllowedOnly(exporter), schedule_delay_millis=500))
    _Tracing.provider = provider
    _Tracing.tracer = provider.get_tracer("socai")


def stop() -> None:
    """Hand over what is still held back."""
    if _Tracing.provider is not None:
        _Tracing.provider.shutdown()
    _Tracing.provider = _Tracing.tracer = None


def tracing() -> bool:
    return _Tracing.tracer is not None


def current_traceparent() -> str:
    """The W3C trace context of what runs now; empty outside of any request or span."""
    return _current.get()


def trace_id_of(traceparent: str) -> str:
    return traceparent[3:35]


def carry(incoming: str) -> str:
    """Take over a valid incoming trace context; else begin one, or leave that to the span about to be made."""
    valid = _TRACEPARENT.fullmatch(incoming) is not None
    left_to_span = not valid and _Tracing.tracer is not None
    traceparent = incoming if valid else "" if left_to_span else _fresh()
    _current.set(traceparent)
    return traceparent


@contextmanager
def span(
    name: str,
    *,
    kind: Kind = "internal",
    traceparent: str = "",
    attributes: Attributes = _NO_ATTRIBUTES,
) -> Iterator[trace.Span]:
    """A span around what runs inside, child of `traceparent` or else of what runs now."""
    tracer = _Tracing.tracer
    if tracer is None:
        token = _current.set(traceparent) if traceparent else None
        try:
            yield trace.INVALID_SPAN
        finally:
            if token is not None:
                _current.reset(token)
        return
    made = tracer.start_span(
        name, context=_parent(traceparent or _current.get()), kind=_KINDS[kind], attributes=attributes
    )
    token = _current.set(_format(made.get_span_context()))
    try:
        yield made
    except BaseException as error:
        made.set_attribute("error.type", type(error).__name__)
        made.set_status(StatusCode.ERROR)
        raise
    finally:
        _current.reset(token)
        made.end()


def spans(name: str, kind: Kind, started_ns: int, items: Iterable[tuple[str, Attributes]]) -> None:
    """One span for each item of a batch that has been done, from `started_ns` (time.time_ns) until now.

    Items are (traceparent, attributes); those without a sampled trace cost next to nothing.
    """
    tracer = _Tracing.tracer
    if tracer is None:
        return
    ended_ns = time.time_ns()
    for traceparent, attributes in items:
        if traceparent[-1:] not in _SAMPLED:
            continue
        made = tracer.start_span(
            name,
            context=_parent(traceparent),
            kind=_KINDS[kind],
            attributes=attributes,
            start_time=started_ns,
        )
        made.end(ended_ns)


class AllowedOnly(SpanExporter):
    """Passes spans on without any attribute, event or text that is not on the list."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._inner.export([_bare(one) for one in spans])

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


def _bare(made: ReadableSpan) -> ReadableSpan:
    attributes = {name: value for name, value in (made.attributes or {}).items() if name in ALLOWED}
    return ReadableSpan(
        name=made.name,
        context=made.get_span_context(),
        parent=made.parent,
        resource=made.resource,
        attributes=attributes,
        kind=made.kind,
        status=Status(made.status.status_code),
        start_time=made.start_time,
        end_time=made.end_time,
        instrumentation_scope=made.instrumentation_scope,
    )


def _parent(traceparent: str) -> Context:
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return Context()
    trace_id, span_id, flags = found.groups()
    remote = SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    return trace.set_span_in_context(NonRecordingSpan(remote), Context())


def _format(context: SpanContext) -> str:
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _fresh() -> str:
    return f"00-{random.getrandbits(128) | 1:032x}-{random.getrandbits(64) | 1:016x}-00"
