"""Does every route of every service name one scope, and does the policy table say the same of it?"""

import importlib
import re
from typing import Any

import pytest
from fastapi import FastAPI

from gateway.app import create_app
from gateway.policy import POLICY, PUBLIC, Upstream
from gateway.settings import GatewaySettings
from kit.process.settings import ProcessSettings
from tests.gateway.test_policy import find_row

SERVICES = ("events", "registry", "reporting", "exchange")
NOWHERE: dict[str, Any] = {
    "writer_dsn": "postgresql://nobody@127.0.0.1:1/x",
    "reader_dsn": "postgresql://nobody@127.0.0.1:1/x",
}


def application(service: str) -> FastAPI:
    module = importlib.import_module(f"services.{service}.settings")
    settings = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, ProcessSettings)]
    own = next(one for one in settings if one.__module__ == module.__name__)
    made: FastAPI = importlib.import_module(f"services.{service}.app").create_app(own(**NOWHERE, cursor_key="k" * 40))
    return made


def scopes(app: FastAPI) -> dict[tuple[str, str], str]:
    """The scope of each documented operation: a path operation documents it, a plain endpoint bears it."""
    plain = {route.path: str(route.endpoint.scope) for route in _plain(app)}
    found = {}
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            declared = [scope for one in operation.get("security", []) for scope in one.get("authority", [])]
            found[method.upper(), path] = plain[path] if path in plain and not declared else " ".join(declared)
    return found


def _plain(app: FastAPI) -> list[Any]:
    return [route for route in app.routes if hasattr(getattr(route, "endpoint", None), "scope")]


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_of_a_service_stands_in_the_table_with_its_own_scope(service: str) -> None:
    found = scopes(application(service))
    assert found
    for (method, path), scope in found.items():
        row = find_row(method, path.replace("{", "").replace("}", ""))
        assert row is not None, f"add {method} {path} to gateway/policy.py"
        assert (row.upstream, row.scope) == (service, scope), f"{method} {path}"


@pytest.mark.parametrize("service", SERVICES)
def test_every_row_of_the_table_leads_to_a_route(service: str) -> None:
    found = set(scopes(application(service)))
    for row in POLICY:
        if row.upstream == service and row.scope != PUBLIC:
            assert (row.method, row.path) in found, f"no route answers {row.name}: remove its row"


@pytest.mark.parametrize("service", ["registry", "reporting", "exchange"])
def test_every_read_can_wait_for_a_position(service: str) -> None:
    for path, operations in application(service).openapi()["paths"].items():
        for operation in operations.values():
            offered = {parameter["name"] for parameter in operation.get("parameters", ())}
            # What figures there are is the same at every position.
            assert "not_before" in offered or path == "/reporting/v1/statistics", path


def test_every_route_of_the_authority_stands_in_the_table_with_its_own_scope() -> None:
    for (method, path), scope in scopes(create_app(GatewaySettings(**NOWHERE))).items():
        row = find_row(method, path)
        assert row is not None, f"add {method} {path} to gateway/policy.py"
        assert (row.upstream, row.scope) == (Upstream.AUTHORITY, scope or PUBLIC), f"{method} {path}"


def test_no_address_bears_the_id_of_a_person() -> None:
    """Ids of reports, positions, codes and devices may stand in an address; people are asked for in bodies."""
    names = {name for row in POLICY for name in re.findall(r"\{([^}]+)\}", row.path)}
    assert names == {"id", "position", "code", "device", "rest...", "unit", "month"}
    assert {row.path for row in POLICY if "{id}" in row.path} == {"/events/v1/reports/{id}"}
