"""Through which checks does a request pass at the door, in which order, and what is logged of it?"""

from typing import Any, Final

from gateway.envoy_routes import (
    BUFFER_FILTER,
    CLAIMS,
    FAULT,
    JWT_FILTER,
    LANGUAGE,
    LIMIT_FILTER,
    MOST_BYTES,
    RBAC_FILTER,
    REQUIREMENT,
    ROUTE_METADATA,
    SIZE_FILTER,
    typed,
)
from gateway.limits import BUCKETS, BY_ADDRESS, Bucket, ClientClass
from gateway.policy import KIB, Upstream
from gateway.settings import GatewaySettings
from kit.http.problem import LONGEST_LANGUAGES, UNNAMED_WEIGHT

Json = dict[str, Any]

# Buckets of clients and addresses that are held at once; the default of 20 would forget a client's count at once.
MOST_BUCKETS: Final = 20_000
# What no bucket counts: never reached, the filter only needs one.
_UNCOUNTED: Final = Bucket(1_000_000, 1_000_000)
# `Accept-Language` as kit.http.problem.language_of reads it: Envoy's own matchers cannot compare weights.
_READ_LANGUAGE: Final = f"""
function envoy_on_request(handle)
  local asked = handle:headers():get("accept-language")
  if asked == nil then return end
  local weights = {{}}
  for entry in (#asked > {LONGEST_LANGUAGES} and "" or asked:lower()):gmatch("[^,]+") do
    local language = entry:match("^%s*([^;-]*[^;%s-])")
    local told = entry:match(";%s*q%s*=%s*([^;]*)")
    local weight = 1
    if told then
      told = told:match("^(0%.?%d*)%s*$") or told:match("^(1%.?0*)%s*$")
      weight = tonumber(told or "0")
    end
    if language then weights[language] = math.max(weight, weights[language] or 0) end
  end
  local unnamed = weights["*"] or {UNNAMED_WEIGHT}
  local vietnamese = (weights["vi"] or unnamed) > (weights["en"] or unnamed)
  handle:streamInfo():dynamicMetadata():set("{ROUTE_METADATA}", "{LANGUAGE}", vietnamese and "vi" or "en")
end
"""
# What says itself that it is too large is refused at once: the next filter would wait for all of it first.
_ANNOUNCED: Final = f"""
function envoy_on_request(handle)
  local announced = tonumber(handle:headers():get("content-length") or 0)
  local most = handle:metadata():get("{MOST_BYTES}")
  if most and announced > most then handle:respond({{[":status"] = "413"}}, "") end
end
"""
_COMPRESSED: Final = "(application/(json|x-ndjson)|text/(csv|html))(;.*)?"
_ALWAYS: Final = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}, "runtime_key": "unused"}


def http_filters(settings: GatewaySettings) -> list[Json]:
    """Language, token, scope, limit, size, then on to the service; its answer is compressed for who takes that."""
    return [
        {"name": "language", "typed_config": _script(_READ_LANGUAGE)},
        {"name": JWT_FILTER, "typed_config": _token(settings)},
        # Denies everything; each route of the table brings its own rule.
        {
            "name": RBAC_FILTER,
            "typed_config": typed("envoy.extensions.filters.http.rbac.v3.RBAC", rules={"action": "ALLOW"}),
        },
        {"name": LIMIT_FILTER, "typed_config": _limits()},
        {"name": SIZE_FILTER, "typed_config": _script(_ANNOUNCED)},
        {
            "name": BUFFER_FILTER,
            "typed_config": typed("envoy.extensions.filters.http.buffer.v3.Buffer", max_request_bytes=64 * KIB),
        },
        {"name": "envoy.filters.http.compressor", "typed_config": _compression()},
        {
            "name": "envoy.filters.http.router",
            "typed_config": typed("envoy.extensions.filters.http.router.v3.Router", suppress_envoy_headers=True),
        },
    ]


def _script(source: str) -> Json:
    return typed("envoy.extensions.filters.http.lua.v3.Lua", default_source_code={"inline_string": source})


def _token(settings: GatewaySettings) -> Json:
    keys = {
        "http_uri": {
            "uri": f"{settings.authority_address.rstrip('/')}/oauth/jwks",
            "cluster": Upstream.AUTHORITY.value,
            "timeout": "3s",
        },
        "cache_duration": "300s",
        "async_fetch": {"failed_refetch_duration": "1s"},
    }
    provider = {
        "issuer": settings.issuer,
        "audiences": [settings.audience],
        "require_expiration": True,
        "clock_skew_seconds": 5,
        "remote_jwks": keys,
        "forward": True,
        "from_headers": [
            {"name": "authorization", "value_prefix": "DPoP "},
            {"name": "authorization", "value_prefix": "Bearer "},
        ],
        "payload_in_metadata": CLAIMS,
        "failed_status_in_metadata": FAULT,
        "normalize_payload_in_metadata": {"space_delimited_claims": ["scope"]},
        "jwt_cache_config": {"jwt_cache_size": 1_000, "jwt_max_token_size": 8 * KIB},
    }
    return typed(
        "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
        providers={"authority": provider},
        # Its own challenge would name Bearer, and the address that was asked for.
        strip_failure_response=True,
        requirement_map={REQUIREMENT: {"provider_name": "authority"}},
    )


def _compression() -> Json:
    """Answers shrink to a tenth, which telephones pay for by the byte. A page of the feed stays as it is: its digest is
    that of what is sent. Nothing secret can be guessed by the length: nobody lets another's program ask with her key.
    """
    gzip = typed("envoy.extensions.compression.gzip.compressor.v3.Gzip", compression_level="BEST_SPEED")
    return typed(
        "envoy.extensions.filters.http.compressor.v3.Compressor",
        compressor_library={"name": "gzip", "typed_config": gzip},
        response_direction_config={
            "common_config": {
                "min_content_length": KIB,
                "content_type_matcher": [{"safe_regex": {"regex": _COMPRESSED}}],
            }
        },
    )


def _limits() -> Json:
    by_client = [
        _counted({"client_id": "", "rate_class": client.value, "route_class": rate.value}, bucket)
        for (client, rate), bucket in BUCKETS.items()
    ]
    by_address = [
        _counted({"remote_address": "", "route_class": rate.value}, bucket) for rate, bucket in BY_ADDRESS.items()
    ]
    return typed(
        "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        stat_prefix="door",
        rate_limits=_counted_by(),
        token_bucket=_bucket(_UNCOUNTED),
        filter_enabled=_ALWAYS,
        filter_enforced=_ALWAYS,
        descriptors=by_client + by_address,
        max_dynamic_descriptors=MOST_BUCKETS,
        always_consume_default_token_bucket=False,
        enable_x_ratelimit_headers="DRAFT_VERSION_03",
    )


def _counted_by() -> list[Json]:
    """A request counts for its client, or without a token for its address; what has no bucket is not counted."""
    route_class = _from("route_class", ROUTE_METADATA, ["route_class"], source="ROUTE_ENTRY")
    client = _from("client_id", JWT_FILTER, [CLAIMS, "client_id"])
    client_class = _from("rate_class", JWT_FILTER, [CLAIMS, "rate_class"], default=ClientClass.FIELD)
    return [{"actions": [client, client_class, route_class]}, {"actions": [{"remote_address": {}}, route_class]}]


def _from(name: str, space: str, path: list[str], *, source: str = "DYNAMIC", default: str = "") -> Json:
    metadata_key = {"key": space, "path": [{"key": key} for key in path]}
    action = {"descriptor_key": name, "metadata_key": metadata_key, "source": source}
    return {"metadata": action | ({"default_value": default} if default else {})}


def _counted(entries: dict[str, str], bucket: Bucket) -> Json:
    """An entry without a value stands for each value: every client has a bucket of its own."""
    named = [{"key": key, "value": value} if value else {"key": key} for key, value in entries.items()]
    return {"entries": named, "token_bucket": _bucket(bucket)}


def _bucket(bucket: Bucket) -> Json:
    return {
        "max_tokens": bucket.burst,
        "tokens_per_fill": bucket.per_second,
        "fill_interval": "1s",
    }


def access_log(path: str) -> Json:
    """One JSON line a request: the route instead of the address, no query, no header of the caller's."""
    claim = f"%DYNAMIC_METADATA({JWT_FILTER}:{CLAIMS}:{{}})%".format
    fields = {
        "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
        "logger": "door",
        "method": "%REQ(:METHOD)%",
        "route": "%ROUTE_NAME%",
        "upstream": "%UPSTREAM_CLUSTER%",
        "status": "%RESPONSE_CODE%",
        "reason": "%RESPONSE_CODE_DETAILS%",
        "flags": "%RESPONSE_FLAGS%",
        "client_id": claim("client_id"),
        "jti": claim("jti"),
        "request_id": "%STREAM_ID%",
        "trace_id": "%TRACE_ID%",
        "received_bytes": "%BYTES_RECEIVED%",
        "sent_bytes": "%BYTES_SENT%",
        "duration_ms": "%DURATION%",
        "request_ms": "%REQUEST_DURATION%",
        "upstream_ms": "%RESPONSE_DURATION%",
    }
    return {
        "name": "envoy.access_loggers.file",
        "typed_config": typed(
            "envoy.extensions.access_loggers.file.v3.FileAccessLog",
            path=path,
            log_format={"json_format": fields},
        ),
    }
