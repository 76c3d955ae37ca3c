"""Which figures does a process give about itself, and under which names?

One registry for each process. Labels are ours (kinds, reasons, routes, projections), never a caller's words.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_FAST_TO_SLOW = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUEST_SECONDS = Histogram(
    "http_server_request_duration_seconds",
    "Time from a request's arrival to the last byte of its answer",
    ["http_request_method", "http_route", "http_response_status_code"],
    buckets=_FAST_TO_SLOW,
    registry=REGISTRY,
)
PROBLEMS = Counter("socai_problems", "Requests answered by a problem", ["code"], registry=REGISTRY)

REPORTS_ACCEPTED = Counter("socai_reports_accepted", "Reports recorded in the ledger", ["kind"], registry=REGISTRY)
REPORTS_REFUSED = Counter("socai_reports_refused", "Reports refused", ["reason"], registry=REGISTRY)
REPORTS_DUPLICATE = Counter("socai_reports_duplicate", "Reports told again", registry=REGISTRY)
SHEETS_DRAWN_UP = Counter("socai_sheets_drawn_up", "Monthly sheets drawn up, late or not", ["late"], registry=REGISTRY)

LEDGER_POSITION = Gauge("socai_ledger_position", "Last position of the ledger", registry=REGISTRY)
LEDGER_AHEAD_SECONDS = Gauge(
    "socai_ledger_ahead_seconds", "By how much the last entry is recorded later than the clock says", registry=REGISTRY
)
RELAY_POSITION = Gauge("socai_relay_position", "Last position published to the log", registry=REGISTRY)
RELAY_LAG_FACTS = Gauge("socai_relay_lag_facts", "Entries recorded and not yet published", registry=REGISTRY)
RELAY_LAG_SECONDS = Gauge("socai_relay_lag_seconds", "Age of the oldest entry not yet published", registry=REGISTRY)
PROJECTION_POSITION = Gauge(
    "socai_projection_position",
    "Position up to which a projection is complete",
    ["projection"],
    registry=REGISTRY,
)
PROJECTION_LAG_FACTS = Gauge(
    "socai_projection_lag_facts", "Published and not yet applied", ["projection"], registry=REGISTRY
)
PROJECTION_LAG_SECONDS = Gauge(
    "socai_projection_lag_seconds",
    "How old the oldest fact published and not yet applied can be",
    ["projection"],
    registry=REGISTRY,
)
FACTS_APPLIED = Counter("socai_facts_applied", "Facts applied", ["projection"], registry=REGISTRY)
BATCH_SECONDS = Histogram(
    "socai_batch_seconds",
    "Time of one batch: a group commit, a publication, a projector's transaction",
    ["step"],
    buckets=_FAST_TO_SLOW,
    registry=REGISTRY,
)
