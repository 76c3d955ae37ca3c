"""Is the policy table whole, and does every row name one permission?"""

import re

import pytest

from contracts.scopes import PERMISSIONS, Scope
from gateway.limits import BUCKETS, BY_ADDRESS, ClientClass, RateClass
from gateway.policy import MIB, POLICY, PUBLIC, Row, Upstream, by_path, path_pattern
from services.exchange.api import MOST_BYTES


def find_row(method: str, path: str) -> Row | None:
    """The row that a request falls under, as at the door: the first path that fits decides, then the method."""
    for template, rows in by_path(POLICY):
        if re.fullmatch(path_pattern(template), path):
            return next((row for row in rows if row.method == method), None)
    return None


def example(row: Row) -> str:
    return re.sub(r"\{[^}]+\}", "abc", row.path)


@pytest.mark.parametrize("row", POLICY, ids=lambda row: row.name)
def test_each_row_is_found_by_its_own_method_and_path(row: Row) -> None:
    assert find_row(row.method, example(row)) is row


@pytest.mark.parametrize("row", [row for row in POLICY if row.scope != PUBLIC], ids=lambda row: row.name)
def test_what_is_not_public_names_a_declared_scope_and_is_counted_by_client(row: Row) -> None:
    assert row.scope in PERMISSIONS
    assert all((client, row.rate) in BUCKETS for client in ClientClass)


@pytest.mark.parametrize("row", [row for row in POLICY if row.scope == PUBLIC], ids=lambda row: row.name)
def test_what_is_public_shows_no_data_and_is_counted_by_address(row: Row) -> None:
    assert row.upstream == Upstream.AUTHORITY or row.path.endswith(("/openapi.json", "/docs"))
    assert row.rate in BY_ADDRESS


@pytest.mark.parametrize("row", [row for row in POLICY if row.upstream != Upstream.AUTHORITY], ids=lambda row: row.name)
def test_a_service_is_reached_under_its_own_name_only(row: Row) -> None:
    assert row.path.startswith(f"/{row.upstream}/")


def test_every_scope_opens_something_or_is_judged_by_the_kind_of_report_or_by_what_is_shown() -> None:
    used = {row.scope for row in POLICY}
    assert {scope for scope in Scope if scope not in used} == {
        Scope.EVENTS_UNIT_WRITE,
        Scope.REGISTRY_CARE_READ,
        Scope.REGISTRY_DISABILITY_READ,
        Scope.EVENTS_IDENTITY_WRITE,
    }


def test_every_scope_is_described_in_both_languages() -> None:
    assert set(PERMISSIONS) == set(Scope)
    assert all(permission.en and permission.vi for permission in PERMISSIONS.values())
    assert [scope for scope, permission in PERMISSIONS.items() if permission.low_risk] == [Scope.REPORTING_FIGURES_READ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/events/v1/reports"),
        ("GET", "/events/v1/reports/"),
        ("GET", "/events/v1/reports/a/b"),
        ("GET", "/events/v1/reports\n"),
        ("GET", "/registry/v1/persons/123456789012"),
        ("GET", "/metrics"),
        ("GET", "/events/metrics"),
        ("GET", "/eventsXv1/reports"),
        ("GET", ""),
    ],
)
def test_what_is_not_listed_does_not_exist(method: str, path: str) -> None:
    assert find_row(method, path) is None


def test_a_dot_in_a_path_is_a_dot() -> None:
    assert not re.fullmatch(path_pattern("/events/openapi.json"), "/events/openapiXjson")


def test_the_closest_path_is_tried_first() -> None:
    closest = ["/a/status", "/a/{id}", "/a/{rest...}"]
    table = tuple(Row("GET", path, Upstream.AUTHORITY, PUBLIC, RateClass.PUBLIC) for path in reversed(closest))
    assert [path for path, _ in by_path(table)] == closest


def test_a_question_of_as_many_people_as_its_service_takes_passes_the_door() -> None:
    row = find_row("POST", "/exchange/v1/persons/query")
    assert row is not None
    assert row.max_bytes >= MOST_BYTES


def test_no_row_stands_twice() -> None:
    assert len({row.name for row in POLICY}) == len(POLICY)


def test_only_reports_come_in_bulk_and_every_size_is_bounded() -> None:
    assert {row.name: row.max_bytes for row in POLICY if row.max_bytes > MIB} == {"POST /events/v1/reports": 16 * MIB}


def test_every_rate_class_is_counted_somewhere() -> None:
    assert set(RateClass) == {rate for _, rate in BUCKETS} | set(BY_ADDRESS)
