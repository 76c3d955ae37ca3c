"""Where do logs, figures and traces of a process come from? One place to import them from.

`metrics` holds the figures, `journal` the log lines, `tracing` the spans; `kit.edge` applies them to requests.
"""

from kit import journal, metrics
from kit.serving import start_tracing
from kit.tracing import carry, current_traceparent, span, spans, trace_id_of, tracing

__all__ = [
    "carry",
    "current_traceparent",
    "journal",
    "metrics",
    "span",
    "spans",
    "start_tracing",
    "trace_id_of",
    "tracing",
]
