"""How is Envoy, the door, configured from the policy table and the settings?"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from gateway.envoy_filters import access_log, http_filters
from gateway.envoy_routes import routes, typed
from gateway.policy import MIB, POLICY, Row
from gateway.refusals import local_replies
from gateway.settings import GatewaySettings

Json = dict[str, Any]

COLLECTOR: Final = "collector"
_CERTIFICATE: Final = "door"
_HTTP_OPTIONS: Final = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def configuration(settings: GatewaySettings, table: tuple[Row, ...] = POLICY) -> Json:
    """The whole bootstrap configuration of Envoy (v3) as JSON."""
    clusters = [
        _cluster(upstream.value, addresses, idle_s=settings.upstream_idle_s)
        for upstream, addresses in settings.upstreams().items()
    ]
    if settings.otlp_endpoint:
        collector = urlsplit(settings.otlp_endpoint)
        clusters.append(_cluster(COLLECTOR, [(collector.hostname or "", collector.port or 4318)], idle_s=60))
    return {
        "node": {"id": "door", "cluster": "socai"},
        "admin": {"address": _address("127.0.0.1", settings.admin_port)},
        "static_resources": {"listeners": [_listener(settings, table)], "clusters": clusters},
        "overload_manager": {
            "resource_monitors": [
                {
                    "name": "envoy.resource_monitors.global_downstream_max_connections",
                    "typed_config": typed(
                        "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                        max_active_downstream_connections=10_000,
                    ),
                }
            ]
        },
    }


def write(settings: GatewaySettings, table: tuple[Row, ...] = POLICY) -> Path:
    """Write the configuration (JSON, readable by its owner) and return its path."""
    path = settings.envoy_config
    path.parent.mkdir(parents=True, exist_ok=True)
    if settings.tls_certificate is not None:
        _write(_certificate_path(settings), {"resources": [_certificate(settings, settings.tls_certificate)]})
    _write(path, configuration(settings, table))
    return path


def _write(path: Path, told: Json) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")


def _address(host: str, port: int) -> Json:
    return {"socket_address": {"address": host, "port_value": port}}


def _listener(settings: GatewaySettings, table: tuple[Row, ...]) -> Json:
    chain: Json = {
        "filters": [
            {
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": _connection_manager(settings, table),
            }
        ]
    }
    if settings.tls_certificate is not None:
        chain["transport_socket"] = _tls(settings)
    return {
        "name": "door",
        "address": _address(settings.door_host, settings.door_port),
        "per_connection_buffer_limit_bytes": MIB,
        "filter_chains": [chain],
    }


def _tls(settings: GatewaySettings) -> Json:
    """Envoy reads what the bootstrap names once; what a secret of its own names it reads anew when that is renewed."""
    source = {"path_config_source": {"path": str(_certificate_path(settings))}, "resource_api_version": "V3"}
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": typed(
            "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            common_tls_context={
                "tls_certificate_sds_secret_configs": [{"name": _CERTIFICATE, "sds_config": source}],
                "alpn_protocols": ["h2", "http/1.1"],
            },
        ),
    }


def _certificate(settings: GatewaySettings, chain: Path) -> Json:
    return typed(
        "envoy.extensions.transport_sockets.tls.v3.Secret",
        name=_CERTIFICATE,
        tls_certificate={
            "certificate_chain": {"filename": str(chain)},
            "private_key": {"filename": str(settings.tls_key)},
            "watched_directory": {"path": str(chain.parent)},
        },
    )


def _certificate_path(settings: GatewaySettings) -> Path:
    return settings.envoy_config.with_suffix(".certificate.json")


def _connection_manager(settings: GatewaySettings, table: tuple[Row, ...]) -> Json:
    tracing = {"tracing": _tracing(settings)} if settings.otlp_endpoint else {}
    return typed(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix="door",
        server_name="socai",
        # Nobody outside is trusted to say who he is: not by X-Forwarded-For, not by x-envoy- headers.
        use_remote_address=True,
        skip_xff_append=True,
        internal_address_config={"unix_sockets": False, "cidr_ranges": []},
        normalize_path=True,
        merge_slashes=True,
        path_with_escaped_slashes_action="REJECT_REQUEST",
        max_request_headers_kb=32,
        common_http_protocol_options={
            "idle_timeout": "120s",
            "max_headers_count": 100,
            "headers_with_underscores_action": "REJECT_REQUEST",
        },
        http2_protocol_options={"max_concurrent_streams": 100},
        request_headers_timeout="10s",
        request_timeout="60s",
        stream_idle_timeout="80s",
        access_log=[access_log(settings.access_log)],
        local_reply_config=local_replies(settings.public_base),
        http_filters=http_filters(settings),
        route_config={
            "name": "policy",
            "request_headers_to_remove": ["x-forwarded-for", "forwarded", "x-real-ip"],
            "virtual_hosts": [{"name": "door", "domains": ["*"], "routes": routes(table)}],
        },
        **tracing,
    )


def _tracing(settings: GatewaySettings) -> Json:
    """Spans for the collector; `traceparent` passes through the door in any case."""
    collector = settings.otlp_endpoint.rstrip("/")
    return {
        "provider": {
            "name": "envoy.tracers.opentelemetry",
            "typed_config": typed(
                "envoy.config.trace.v3.OpenTelemetryConfig",
                service_name="door",
                http_service={"http_uri": {"uri": f"{collector}/v1/traces", "cluster": COLLECTOR, "timeout": "1s"}},
            ),
        },
        "random_sampling": {"value": settings.trace_ratio * 100},
        # Envoy puts the address on every span; one character of it is its slash.
        "max_path_tag_length": 1,
    }


def _cluster(name: str, addresses: Sequence[tuple[str, int]], *, idle_s: float) -> Json:
    return {
        "name": name,
        "type": "STRICT_DNS",
        "connect_timeout": "1s",
        # By the proof (see the routes): one that is shown twice comes to the replica that remembers it.
        "lb_policy": "RING_HASH",
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(*one)}} for one in addresses]}],
        },
        # A long poll holds a connection for half a minute: the defaults (1,024) would let pollers starve the rest.
        "circuit_breakers": {
            "thresholds": [{"max_connections": 4096, "max_pending_requests": 4096, "max_requests": 4096}]
        },
        "typed_extension_protocol_options": {
            _HTTP_OPTIONS: typed(
                _HTTP_OPTIONS,
                common_http_protocol_options={"idle_timeout": f"{idle_s}s"},
                explicit_http_config={"http_protocol_options": {}},
            )
        },
    }
