"""Can one report be followed through all processes, and does each of them say how it is?"""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from contracts.ids import uuid7
from tests.support.system import MEMBERS, System, eventually
from tests.system.conftest import Spans
from tests.system.measuring import Samples, metrics, total
from tests.system.telling import CANARY, REPORTS, ask, bear, report

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("system")]

OURS = tuple(name for name in MEMBERS if name != "door")
PROJECTIONS = {
    "registry-projector": {"persons", "households", "units", "causes"},
    "reporting-projector": {"population", "units"},
    "exchange-projector": {"changes", "units"},
}
READS = {
    "registry": ("officer", "POST", "/registry/v1/persons/query"),
    "reporting": ("statistics", "GET", "/reporting/v1/units"),
    "exchange": ("health", "GET", "/exchange/v1/feed"),
}
FOLLOWED = {"Socai events", "Socai relay", *(f"Socai {name} projector" for name in READS)}


def services_of(spans: Spans, trace: str) -> dict[str, set[str]]:
    """The spans of one trace: their names by the service that made them."""
    found: dict[str, set[str]] = {}
    for sent in list(spans):
        for resource in sent.resource_spans:
            names = {one.key: one.value.string_value for one in resource.resource.attributes}
            made = [span.name for scope in resource.scope_spans for span in scope.spans if span.trace_id.hex() == trace]
            if made:
                found.setdefault(names["service.name"], set()).update(made)
    return found


async def test_one_report_is_followed_from_the_door_through_the_log_into_each_projection(
    system: System, spans: Spans
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    family = await bear(system, traceparent=f"00-{trace}-00f067aa0ba902b7-01")

    async def complete() -> dict[str, set[str]] | None:
        found = services_of(spans, trace)
        return found if len(found) > len(FOLLOWED) and found.keys() >= FOLLOWED else None

    found: Mapping[str, set[str]] = await eventually(complete, "spans of every process")
    (door,) = found.keys() - FOLLOWED
    assert found[door], "the door's own span"
    assert f"POST {REPORTS}" in found["Socai events"]
    assert found["Socai relay"] == {"publish"}
    assert [found[f"Socai {name} projector"] for name in READS] == [{f"project {name}"} for name in READS]
    for secret in (CANARY, family.child, family.household):
        assert secret not in str(spans)


async def test_every_process_says_that_it_lives_is_ready_and_how_long_its_requests_take(system: System) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        for name in OURS:
            assert (await http.get(f"{system.address(name)}/livez")).json() == {"status": "alive"}
            ready = await http.get(f"{system.address(name)}/readyz")
            assert ready.json()["status"] == "ready", ready.text
            assert "http_server_request_duration_seconds_bucket" in await metrics(system, name)
            exposed = await http.get(
                f"{system.address(name)}/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}
            )
            assert exposed.headers["content-type"].startswith("application/openmetrics-text")
            assert exposed.text.endswith("# EOF\n")


async def test_the_write_side_counts_what_it_accepts_and_why_it_refuses(system: System) -> None:
    family = await bear(system)
    again = report("person.born", on="2025-09-11", person=family.child, household=family.household, sex="male")
    refused = await system.send("officer", "POST", REPORTS, json=again, headers=TYPED)
    assert refused.status_code == 409, refused.text
    late = report("person.died", on="2025-09-12", person=uuid7())
    waits = await system.send("officer", "POST", REPORTS, json=late, headers=TYPED)
    assert waits.status_code == 202, waits.text
    samples = await metrics(system, "events-api")
    assert total(samples, "socai_reports_accepted_total", kind="person.born") >= 1
    (reason,) = {one["code"] for one in refused.json()["reasons"]}
    assert total(samples, "socai_reports_refused_total", reason=reason) >= 1
    assert total(samples, "socai_ledger_position") >= family.birth.position
    assert total(samples, "socai_batch_seconds_count", step="intake") >= 1


TYPED = {"Content-Type": "application/cloudevents+json"}


async def test_relay_and_projectors_say_how_far_they_are_and_how_far_behind(system: System) -> None:
    family = await bear(system)
    for service, (client, method, path) in READS.items():
        body: dict[str, Any] = {"json": {"person": family.child}} if method == "POST" else {}
        await ask(system, client, method, path, family.birth.position, **body)
        name = f"{service}-projector"

        async def current(name: str = name) -> Samples | None:
            samples = await metrics(system, name)
            behind = [one for one in PROJECTIONS[name] if position(samples, one) < family.birth.position]
            return None if behind else samples

        samples: Samples = await eventually(current, f"{name} tells that it is current")
        for projection in PROJECTIONS[name]:
            assert total(samples, "socai_projection_lag_facts", projection=projection) >= 0
            assert 0 <= total(samples, "socai_projection_lag_seconds", projection=projection) < 60
            assert total(samples, "socai_facts_applied_total", projection=projection) >= 1
        assert total(samples, "socai_batch_seconds_count", step="project") >= 1
    relay = await metrics(system, "events-relay")
    assert total(relay, "socai_relay_position") >= family.birth.position
    assert total(relay, "socai_relay_lag_facts") >= 0
    assert 0 <= total(relay, "socai_relay_lag_seconds") < 60
    assert total(relay, "socai_batch_seconds_count", step="relay") >= 1


def position(samples: Samples, projection: str) -> float:
    return total(samples, "socai_projection_position", projection=projection)


async def test_operators_see_in_one_place_how_far_every_service_is(system: System) -> None:
    family = await bear(system)
    head = (await system.send("operator", "GET", "/events/v1/status")).json()
    assert head["position"] >= family.birth.position
    for service in READS:
        told = (await ask(system, "operator", "GET", f"/{service}/v1/status", head["position"])).json()
        assert told["position"] >= head["position"]
        assert {one["name"] for one in told["projections"]} == PROJECTIONS[f"{service}-projector"]
        for one in told["projections"]:
            assert one["position"] >= family.birth.position
            assert re.fullmatch(r"20\d\d-.*Z", one["recorded_at"])


async def test_no_name_and_no_id_of_a_person_stands_in_any_log(system: System) -> None:
    family = await bear(system)
    whom = {"person": family.child}
    await ask(system, "officer", "POST", "/registry/v1/persons/query", family.birth.position, json=whom)
    assert all(system.log(name) for name in OURS), "every process has said something"
    logs = [*MEMBERS, "access"]
    for secret in (CANARY, family.child, family.mother, family.household):
        assert [name for name in logs if secret in system.log(name)] == []
