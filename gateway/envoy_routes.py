"""Which of Envoy's routes does each row of the policy table become?

Each listed path ends with an answer for the methods that it lacks (405), the table with one for every other path
(404). The rules of access stand on the route, so a path can never be matched twice with different results.
"""

from typing import Any, Final

from gateway.policy import MIB, PUBLIC, Row, by_path, path_pattern

Json = dict[str, Any]

JWT_FILTER: Final = "envoy.filters.http.jwt_authn"
RBAC_FILTER: Final = "envoy.filters.http.rbac"
BUFFER_FILTER: Final = "envoy.filters.http.buffer"
LIMIT_FILTER: Final = "envoy.filters.http.local_ratelimit"
SIZE_FILTER: Final = "announced_size"
CLAIMS: Final = "claims"
FAULT: Final = "fault"
LANGUAGE: Final = "language"
REQUIREMENT: Final = "token"
UNLISTED: Final = "unlisted"
ROUTE_METADATA: Final = "socai"
MOST_BYTES: Final = "most_bytes"
SCOPE: Final = "scope"
PROOF: Final = "dpop"


def typed(kind: str, **fields: Any) -> Json:
    return {"@type": f"type.googleapis.com/{kind}", **fields}


# Who cannot be reached has not seen the request. The proof leads to that replica again, unless another is asked for:
# each attempt looks one place further on the ring, where of two replicas every second place is still the same one's.
_RETRY: Final[Json] = {
    "retry_on": "connect-failure",
    "num_retries": 1,
    "retry_host_predicate": [
        {
            "name": "envoy.retry_host_predicates.previous_hosts",
            "typed_config": typed("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"),
        }
    ],
    "host_selection_retry_max_attempts": 20,
}

# One proof can be told with several signatures that all hold: what they sign chooses the replica that remembers it.
_UNSIGNED: Final[Json] = {"pattern": {"regex": r"\.[^.]*$"}, "substitution": ""}


def routes(table: tuple[Row, ...]) -> list[Json]:
    found = [_SEVERAL_HOSTS]
    for path, rows in by_path(table):
        found.extend(_route(row) for row in rows)
        found.append(_wrong_method(path, rows))
    found.append({"name": UNLISTED, "match": {"prefix": "/"}, "direct_response": {"status": 404}, **_unguarded()})
    return found


def methods(row: Row) -> tuple[str, ...]:
    """The methods of a row: HEAD is wherever GET is (RFC 9110 9.3.2)."""
    return ("GET", "HEAD") if row.method == "GET" else (row.method,)


def _match(path: str) -> Json:
    return {"safe_regex": {"regex": path_pattern(path)}} if "{" in path else {"path": path}


def _route(row: Row) -> Json:
    method = {"name": ":method", "string_match": {"safe_regex": {"regex": "|".join(methods(row))}}}
    return {
        "name": row.name,
        "match": {**_match(row.path), "headers": [method]},
        "metadata": {
            "filter_metadata": {
                ROUTE_METADATA: {"route_class": row.rate.value, SCOPE: str(row.scope)},
                SIZE_FILTER: _at_once(row),
            }
        },
        "route": {
            "cluster": row.upstream.value,
            "timeout": f"{row.timeout_s}s",
            "retry_policy": _RETRY,
            "hash_policy": [{"header": {"header_name": PROOF, "regex_rewrite": _UNSIGNED}}],
        },
        "typed_per_filter_config": {
            **_access(row),
            BUFFER_FILTER: typed(
                "envoy.extensions.filters.http.buffer.v3.BufferPerRoute",
                buffer={"max_request_bytes": row.max_bytes},
            ),
        },
    }


def _at_once(row: Row) -> Json:
    """Above which size a body is refused as soon as it is announced. In bulk it is read as far as it may go: whoever
    sends much without looking up loses an answer that comes earlier, with the connection.
    """
    return {MOST_BYTES: row.max_bytes} if row.max_bytes < MIB else {}


def _access(row: Row) -> Json:
    if row.scope == PUBLIC:
        return {RBAC_FILTER: _no_rbac()}
    carries_scope = {
        "sourced_metadata": {
            "metadata_matcher": {
                "filter": JWT_FILTER,
                "path": [{"key": CLAIMS}, {"key": "scope"}],
                "value": {"list_match": {"one_of": {"string_match": {"exact": str(row.scope)}}}},
            },
            "metadata_source": "DYNAMIC",
        }
    }
    policy = {"permissions": [{"any": True}], "principals": [carries_scope]}
    return {
        JWT_FILTER: typed("envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig", requirement_name=REQUIREMENT),
        RBAC_FILTER: typed(
            "envoy.extensions.filters.http.rbac.v3.RBACPerRoute",
            rbac={"rules": {"action": "ALLOW", "policies": {str(row.scope): policy}}},
        ),
    }


def _no_rbac() -> Json:
    return typed("envoy.extensions.filters.http.rbac.v3.RBACPerRoute")


def _unguarded() -> Json:
    """What the door answers by itself it answers at once, whatever else is on its way."""
    unread = typed("envoy.extensions.filters.http.buffer.v3.BufferPerRoute", disabled=True)
    return {"typed_per_filter_config": {RBAC_FILTER: _no_rbac(), BUFFER_FILTER: unread}}


# RFC 9112 3.2. Envoy puts several lines together by commas, which no name of ours has.
_SEVERAL_HOSTS: Final[Json] = {
    "name": "several hosts",
    "match": {"prefix": "/", "headers": [{"name": ":authority", "string_match": {"contains": ","}}]},
    "direct_response": {"status": 400},
    **_unguarded(),
}


def _wrong_method(path: str, rows: tuple[Row, ...]) -> Json:
    allowed = {"key": "Allow", "value": ", ".join(sorted(method for row in rows for method in methods(row)))}
    return {
        "name": f"{UNLISTED} {path}",
        "match": _match(path),
        "direct_response": {"status": 405},
        "response_headers_to_add": [{"header": allowed}],
        **_unguarded(),
    }
