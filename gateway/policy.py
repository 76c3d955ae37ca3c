"""Which request may pass the door, to which service, with which permission?

The one auditable table. What does not stand here does not exist for the outside: Envoy's configuration is
generated from it, and the services are tested against it.
"""

import re
from enum import StrEnum
from typing import Final, Literal

import msgspec

from contracts.scopes import Scope
from gateway.limits import RateClass

KIB: Final = 1024
MIB: Final = 1024 * KIB
PUBLIC: Final = "PUBLIC"

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Upstream(StrEnum):
    """What stands behind the door; a service is reached under its own name."""

    AUTHORITY = "authority"
    EVENTS = "events"
    REGISTRY = "registry"
    REPORTING = "reporting"
    EXCHANGE = "exchange"


class Row(msgspec.Struct, frozen=True):
    """`path`: `{name}` stands for one segment, a final `{rest...}` for whatever follows.

    `scope`: what the token must carry, `PUBLIC` for none. `timeout_s`: how long the answer may take.
    """

    method: Method
    path: str
    upstream: Upstream
    scope: Scope | Literal["PUBLIC"]
    rate: RateClass
    max_bytes: int = 64 * KIB
    timeout_s: int = 15

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def path_pattern(path: str) -> str:
    return "/".join(_segment_pattern(segment) for segment in path.split("/"))


def _segment_pattern(segment: str) -> str:
    if segment.endswith("...}"):
        return ".*"
    return "[^/]+" if segment.startswith("{") else re.escape(segment)


def _public(path: str, upstream: Upstream = Upstream.AUTHORITY) -> Row:
    return Row("GET", path, upstream, PUBLIC, RateClass.PUBLIC, max_bytes=KIB)


def _read(path: str, upstream: Upstream, scope: Scope, timeout_s: int = 30) -> Row:
    return Row("GET", path, upstream, scope, RateClass.READ, max_bytes=KIB, timeout_s=timeout_s)


def _query(path: str, upstream: Upstream, scope: Scope, rate: RateClass = RateClass.READ) -> Row:
    """A read whose question names people, and therefore stands in the body."""
    return Row("POST", path, upstream, scope, rate, max_bytes=256 * KIB, timeout_s=30)


_DOCUMENTS: Final = tuple(
    _public(f"/{service}/{page}", service)
    for service in (Upstream.EVENTS, Upstream.REGISTRY, Upstream.REPORTING, Upstream.EXCHANGE)
    for page in ("openapi.json", "docs")
)

_STATUS: Final = tuple(
    _read(f"/{service}/v1/status", service, Scope.OPERATIONS_STATUS_READ)
    for service in (Upstream.EVENTS, Upstream.REGISTRY, Upstream.REPORTING, Upstream.EXCHANGE)
)

_EVENTS: Final = (
    Row(
        "POST",
        "/events/v1/reports",
        Upstream.EVENTS,
        Scope.EVENTS_REPORT_WRITE,
        RateClass.WRITE,
        max_bytes=16 * MIB,
        timeout_s=60,
    ),
    _read("/events/v1/reports", Upstream.EVENTS, Scope.EVENTS_REPORT_READ),
    _read("/events/v1/reports/{id}", Upstream.EVENTS, Scope.EVENTS_REPORT_READ),
    _read("/events/v1/devices/{device}", Upstream.EVENTS, Scope.EVENTS_REPORT_READ),
    _read("/events/v1/devices/{device}/keys", Upstream.EVENTS, Scope.EVENTS_DEVICE_WRITE),
    _query("/events/v1/devices/{device}/sync", Upstream.EVENTS, Scope.EVENTS_REPORT_READ),
    _read("/events/v1/moves/unmatched", Upstream.EVENTS, Scope.EVENTS_REPORT_READ),
    _read("/events/v1/facts/{position}", Upstream.EVENTS, Scope.EVENTS_REPORT_READ),
    _read("/events/v1/queue", Upstream.EVENTS, Scope.EVENTS_REPORT_APPROVE),
    _read("/events/v1/overdue", Upstream.EVENTS, Scope.EVENTS_REPORT_APPROVE),
    _read("/events/v1/units/{unit}/sheets", Upstream.EVENTS, Scope.EVENTS_REPORT_READ),
    _read("/events/v1/units/{unit}/sheets/{month}", Upstream.EVENTS, Scope.EVENTS_REPORT_READ),
    _read("/events/v1/units/{unit}/sheets/{month}/lines", Upstream.EVENTS, Scope.EVENTS_REPORT_READ),
    _read("/events/v1/units/{unit}/months/{month}", Upstream.EVENTS, Scope.EVENTS_REPORT_READ),
)

_REGISTRY: Final = (
    _query("/registry/v1/persons/query", Upstream.REGISTRY, Scope.REGISTRY_PERSON_READ),
    _query("/registry/v1/persons/candidates", Upstream.REGISTRY, Scope.REGISTRY_SEARCH, RateClass.SEARCH),
    _query("/registry/v1/households/query", Upstream.REGISTRY, Scope.REGISTRY_HOUSEHOLD_READ),
    _query("/registry/v1/history/query", Upstream.REGISTRY, Scope.REGISTRY_HISTORY_READ),
    _query("/registry/v1/areas/changes", Upstream.REGISTRY, Scope.REGISTRY_HOUSEHOLD_READ),
    _query("/registry/v1/search", Upstream.REGISTRY, Scope.REGISTRY_SEARCH, RateClass.SEARCH),
)

_REPORTING: Final = tuple(
    _read(f"/reporting/v1/{figure}", Upstream.REPORTING, Scope.REPORTING_FIGURES_READ, timeout_s=60)
    for figure in ("population", "flows", "balance", "units", "statistics")
)

_EXCHANGE: Final = (
    Row(
        "GET",
        "/exchange/v1/feed",
        Upstream.EXCHANGE,
        Scope.EXCHANGE_FEED_READ,
        RateClass.FEED,
        max_bytes=KIB,
        # A long poll of up to 30 s behind a wait for a position, and the time to write the answer.
        timeout_s=70,
    ),
    _query("/exchange/v1/persons/query", Upstream.EXCHANGE, Scope.EXCHANGE_VIEW_READ),
    _query("/exchange/v1/verifications", Upstream.EXCHANGE, Scope.EXCHANGE_PERSON_VERIFY),
    _read("/exchange/v1/views", Upstream.EXCHANGE, Scope.EXCHANGE_VIEW_READ),
)

_AUTHORITY: Final = (
    _public("/"),
    _public("/.well-known/oauth-authorization-server"),
    _public("/.well-known/oauth-protected-resource"),
    _public("/oauth/jwks"),
    # Where verifiers look that know nothing but the issuer.
    _public("/.well-known/jwks.json"),
    Row("POST", "/oauth/token", Upstream.AUTHORITY, PUBLIC, RateClass.TOKEN, max_bytes=32 * KIB),
    _public("/problems"),
    _public("/problems/{code}"),
    _public("/catalogue"),
    _public("/catalogue/{rest...}"),
    _read("/gateway/v1/clients", Upstream.AUTHORITY, Scope.GATEWAY_CLIENT_READ),
    _public("/gateway/openapi.json"),
    _public("/gateway/docs"),
)

POLICY: Final[tuple[Row, ...]] = (
    *_AUTHORITY,
    *_DOCUMENTS,
    *_EVENTS,
    *_REGISTRY,
    *_REPORTING,
    *_EXCHANGE,
    *_STATUS,
)


def by_path(table: tuple[Row, ...]) -> list[tuple[str, tuple[Row, ...]]]:
    """The rows of each path, in the order in which paths are tried: `/a/status` before `/a/{id}`."""
    paths = sorted({row.path for row in table}, key=lambda path: [_looseness(part) for part in path.split("/")])
    return [(path, tuple(row for row in table if row.path == path)) for path in paths]


def _looseness(segment: str) -> tuple[int, str]:
    return (2 if segment.endswith("...}") else 1 if segment.startswith("{") else 0, segment)
