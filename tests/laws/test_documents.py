"""Does every operation of every document answer as the document says, when it is asked well and when it is not?"""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from deploy.local.databases import Database
from services.events.document import BATCH, NDJSON
from tests.laws.ground import AREAS, COMMUNES, PROVINCE
from tests.laws.histories import HOMES, PEOPLE, report_of
from tests.laws.reads import Reads
from tests.laws.whole import World, opened, told
from tests.services.events.conftest import build
from tests.support.devices import enrolment

REPORTS = "/events/v1/reports"
PID, DEVICE = "031190777777", "phone-0417"
MEMBERS = [
    {"person": PEOPLE[0], "sex": "female", "birth": "1990-05-20", "personal": {"name": "Trần Thị Lan"}},
    {"person": PEOPLE[1], "sex": "male", "personal": {"name": "Lê An", "identifiers": [{"type": "pid", "value": PID}]}},
]
SHEET = {"on": "2025-01-01", "household": HOMES[0], "area": AREAS[0], "members": MEMBERS}
PLACES = {"unit": COMMUNES[0], "month": "2025-03", "device": DEVICE, "position": "11"}
PLACES["id"] = report_of("household.registered", SHEET, 8_000).id
IDENTIFIER = {"identifier": {"type": "pid", "value": PID}}

QUESTIONS: dict[str, dict[str, Any]] = {
    "GET /events/v1/queue": {"params": {"unit": COMMUNES[0]}},
    "GET /events/v1/overdue": {"params": {"unit": COMMUNES[0], "days": 0}},
    "POST /events/v1/devices/{device}/sync": {"json": {"area": AREAS[0]}},
    "POST /registry/v1/persons/query": {"json": {"person": PEOPLE[0], "as_of": "2025-02-01"}},
    "POST /registry/v1/persons/candidates": {"json": {"name": "Trần Thị Lan", "birth": "1990-05-20"}},
    "POST /registry/v1/households/query": {"json": {"household": HOMES[0]}},
    "POST /registry/v1/history/query": {"json": {"household": HOMES[0]}},
    "POST /registry/v1/areas/changes": {"json": {"area": AREAS[0]}},
    "POST /registry/v1/search": {"json": {"name": "Lan"}},
    "GET /reporting/v1/population": {"params": {"by": ["commune", "sex", "age"], "month": "2025-02"}},
    "GET /reporting/v1/flows": {"params": {"by": ["area", "month"], "from": "2025-01", "to": "2025-02"}},
    "GET /reporting/v1/balance": {"params": {"by": "commune", "from": "2025-01", "to": "2025-02"}},
    "POST /exchange/v1/persons/query": {"json": IDENTIFIER | {"fields": ["name"]}},
    "POST /exchange/v1/verifications": {
        "json": {"subject": IDENTIFIER, "claims": [{"attribute": "sex", "value": "male"}]}
    },
}
"""Good questions, of operations that need more than their address."""

UNASKED: list[dict[str, Any]] = [
    {"params": {"nothing": "1"}},
    {"params": {"cursor": "AAAA", "limit": "0"}},
    {"params": {"not_before": "-1", "as_known": "x", "unit": "\u0000", "limit": "9" * 5000, "days": "-1"}},
    {"headers": {"content-type": "text/plain"}, "content": b"{}"},
    {"json": {}},
    {"headers": {"content-type": "application/json"}, "content": b"{"},
    {"headers": {"content-type": "application/json"}, "content": b'{"limit": 1.5, "as_known": {}, "extra": null}'},
    {"headers": {"content-type": "application/json", "content-encoding": "gzip"}, "content": b"{}"},
    {"headers": {"content-type": "application/json"}, "content": b" " * (17 * 1024 * 1024)},
]
"""What nobody should ask of any address."""


@pytest.fixture
async def world(fresh_database: Callable[..., Database], reads: Reads) -> AsyncIterator[World]:
    async with opened(fresh_database("socai_events", build), reads, SHEET) as found:
        yield found


def operations(world: World) -> Iterator[tuple[str, str, str]]:
    for service, app in world.apps.items():
        for path, methods in app.openapi()["paths"].items():
            yield from ((service, method.upper(), path) for method in methods)


def address(template: str) -> str:
    # An area has a sheet, and no other unit.
    places = PLACES | ({"unit": AREAS[0], "month": "2025-01"} if template.endswith("/lines") else {})
    return re.sub(r"\{([^}]+)\}", lambda name: places[name[1]], template)


async def test_every_operation_answers_as_its_document_says(world: World) -> None:
    await tell_all_sorts(world)
    assert {f"{method} {path}" for _, method, path in operations(world)} >= QUESTIONS.keys()
    for service, method, path in operations(world):
        if (method, path) != ("POST", REPORTS):
            question = QUESTIONS.get(f"{method} {path}", {})
            answer = await world.ask(service, method, address(path), **question)
            assert answer.status_code == 200, f"{method} {path}: {answer.text}"
            if method == "GET":
                headed = await world.ask(service, "HEAD", address(path), **question)
                assert (headed.status_code, headed.headers, headed.content) == (200, answer.headers, b"")
        for unasked in UNASKED:
            refused = await world.ask(service, method, address(path), **unasked)
            assert refused.status_code < 500, refused.text
            for fault in refused.json().get("errors", ()) if refused.is_error else ():
                assert fault.get("text"), f"{method} {path}: {fault}"
                assert fault["code"] != "value-error", f"what is wrong is not said: {method} {path}: {fault}"
        for other in ("PUT", "HEAD") if method == "POST" else ("PUT",):
            refused = await world.ask(service, other, address(path))
            assert refused.status_code == 405 or (other, path) == ("HEAD", REPORTS)
    for service in world.apps:
        assert (await world.ask(service, "GET", f"/{service}/v1/nothing/of/it")).status_code == 404


async def tell_all_sorts(world: World) -> None:
    """Reports of every fate, singly and together, and the answer to each."""
    died = {"on": "2025-02-01", "person": PEOPLE[0]}
    sorts = [
        (told("person.left", {"on": "2025-02-01", "person": PEOPLE[1], "place": PROVINCE}, 8_001), 201),
        (told("device.enrolled", enrolment(DEVICE, place=AREAS[0]), 8_002), 201),
        (told("sheet.drawn_up", {"on": "2025-04-01", "area": AREAS[0], "month": "2025-03"}, 8_003), 201),
        (told("month.closed", {"on": "2025-04-02", "commune": COMMUNES[0], "month": "2025-03"}, 8_004), 201),
        (told("person.died", died | {"person": PEOPLE[5]}, 8_005), 202),
        (told("person.died", died | {"on": "2024-01-01"}, 8_006), 409),
        (told("person.died", died | {"on": "2025-02-30"}, 8_007), 422),
        (b"{", 400),
    ]
    for body, status in sorts:
        answer = await world.report(body)
        assert answer.status_code == status, answer.text
        assert (await world.report(body)).status_code == {201: 200, 202: 200}.get(status, status)
    several = b"[" + b",".join(body for body, _ in sorts[:-1]) + b"]"
    for body, media in ((several, BATCH), (b"\n".join(body for body, _ in sorts), NDJSON)):
        answer = await world.ask("events", "POST", REPORTS, content=body, headers={"content-type": media})
        assert answer.status_code == 200, answer.text
