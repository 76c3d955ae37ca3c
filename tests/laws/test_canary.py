"""Law 6: nothing personal gets out by another way than the answer that is due: whatever is asked of whatever route."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import asyncpg
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from deploy.local.databases import Database
from kit.process import tracing
from tests.laws.ground import AREAS
from tests.laws.histories import HOMES, PEOPLE, report_of
from tests.laws.reads import Reads
from tests.laws.whole import World, opened, told
from tests.services.events.conftest import build
from tests.support.talking import talking

NAME, ADDRESS = "Canary Thị Chim", "77 ngõ Canary"
PID, CARD, PHONE = "031190777777", "DN4010777777777", "0777777777"
SECRETS = (NAME, "Canary", "Chim", PID, CARD, PHONE, PEOPLE[0], HOMES[0])
PERSONAL = {
    "name": NAME,
    "identifiers": [{"type": "pid", "value": PID}, {"type": "bhyt", "value": CARD}],
    "contacts": [{"type": "phone", "value": PHONE}],
}
MEMBER = {"person": PEOPLE[0], "sex": "female", "birth": "1990-05-20", "personal": PERSONAL}
SHEET = {
    "on": "2025-01-01",
    "household": HOMES[0],
    "area": AREAS[0],
    "members": [MEMBER],
    "personal": {"address": ADDRESS},
}
ANSWERED: dict[str, tuple[dict[str, Any], ...]] = {
    "/registry/v1/persons/query": ({"person": PEOPLE[0]}, {"identifier": {"type": "pid", "value": PID}}),
    "/registry/v1/persons/candidates": ({"name": NAME, "birth": "1990-05-20"},),
    "/registry/v1/households/query": ({"household": HOMES[0]},),
    "/registry/v1/history/query": ({"person": PEOPLE[0]}, {"household": HOMES[0]}),
    "/registry/v1/search": ({"name": NAME}, {"identifier": {"type": "pid", "value": PID}}),
    "/exchange/v1/persons/query": ({"identifier": {"type": "pid", "value": PID}, "fields": ["name", "pid"]},),
    "/exchange/v1/verifications": (
        {
            "subject": {"identifier": {"type": "pid", "value": PID}},
            "claims": [{"attribute": "name", "value": NAME}],
        },
    ),
}
"""Questions that are well put."""

HOSTILE: tuple[bytes, ...] = (
    b'{"' + NAME.encode(),
    f'{{"{NAME}": "{PID}"}}'.encode(),
    f'["{NAME}", "{PHONE}"]'.encode(),
    f'"{ADDRESS}"'.encode(),
    f'{{"person": "{NAME}", "household": "{PID}", "name": {{"{PHONE}": 1}}, "fields": ["{NAME}"]}}'.encode(),
    f'{{"identifier": {{"type": "{NAME}", "value": "{PID} {NAME}"}}, "fields": ["{PID}"]}}'.encode(),
    f'{{"person": "{PEOPLE[0]}", "as_of": "{PID}", "as_known": "{NAME}"}}'.encode(),
    f'{{"subject": "{PID}", "claims": [{{"attribute": "{NAME}", "value": "\\u0000{PID}"}}]}}'.encode(),
    f'{{"id": "{PEOPLE[0]}", "source": "{NAME}", "type": "{PID}", "data": {{"{NAME}": "{PHONE}"}}}}'.encode(),
    NAME.encode("utf-16"),
    b"\xff" + PID.encode(),
)
"""Bodies that nobody should send."""


def refused_reports() -> Iterator[bytes]:
    """Reports that are malformed or contradict the record, all with something in them that is nobody's business."""
    died = {"on": "2024-01-01", "person": PEOPLE[0]}
    yield told("person.died", died, 8_001)
    yield told("person.died", died | {"place": NAME}, 8_002)
    yield told("household.registered", SHEET | {"number": "999"}, 8_003)
    yield told("household.registered", SHEET | {"members": [MEMBER | {"sex": NAME}]}, 8_004)
    yield told("household.registered", SHEET | {"members": [MEMBER | {NAME: PID}]}, 8_005)
    wrong = PERSONAL | {"identifiers": [{"type": "pid", "value": f"{PID}{PHONE}"}], "contacts": [{NAME: PHONE}]}
    yield told("household.registered", SHEET | {"members": [MEMBER | {"personal": wrong}]}, 8_006)
    sheet = report_of("household.registered", SHEET, 8_000).id
    yield told("fact.corrected", {"fact": sheet, "changes": {NAME: PID}}, 8_007)
    yield told("fact.corrected", {"fact": sheet, "member": PEOPLE[1], "changes": {"personal": PERSONAL}}, 8_008)


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.start("canary", exporter)
    yield exporter
    tracing.stop()


@pytest.fixture
async def world(fresh_database: Callable[..., Database], reads: Reads) -> AsyncIterator[World]:
    async with opened(fresh_database("socai_events", build), reads, SHEET) as found:
        yield found


async def ask_everything(world: World) -> None:
    """Of every route of every service: what is well put, and everything that is not."""
    for service, app in world.apps.items():
        for path, operations in app.openapi()["paths"].items():
            for method in operations:
                await ask_route(world, service, method.upper(), path)
        await world.ask(service, "GET", f"/{service}/v1/{PID}/{NAME}")
        await world.ask(service, "DELETE", f"/{service}/v1/persons/{PEOPLE[0]}")
    for body in refused_reports():
        assert (await world.report(body)).status_code >= 400
    lines = b"\n".join([*refused_reports(), *HOSTILE])
    bulk = {"content-type": "application/x-ndjson"}
    await world.ask("events", "POST", "/events/v1/reports", content=lines, headers=bulk)


async def ask_route(world: World, service: str, method: str, path: str) -> None:
    plain = re.sub(r"\{[^}]+\}", "1", path)
    for body in ANSWERED.get(path, ()):
        assert (await world.ask(service, method, path, json=body)).status_code == 200, path
    for hostile in (re.sub(r"\{[^}]+\}", PID, path), re.sub(r"\{[^}]+\}", NAME, path)):
        await world.ask(service, method, hostile)
    for name in ("cursor", "limit", "unit", "by", "month", "as_of", "as_known", "not_before", "fate", NAME):
        await world.ask(service, method, plain, params={name: f"{PID} {NAME}"})
    headers = {
        "accept-language": NAME.encode().hex() + PID,
        "traceparent": PID,
        "x-road-userid": PID,
        "x-road-issue": PID,
    }
    for content in HOSTILE if method == "POST" else ():
        for kind in ("application/json", "application/cloudevents+json", f"text/{PID}"):
            await world.ask(service, method, plain, content=content, headers=headers | {"content-type": kind})


async def break_the_databases(world: World) -> None:
    """Let PostgreSQL refuse what is written with an error that quotes the row, and refuse to read."""

    async def as_owner(database: Database, *statements: str) -> None:
        connection = await asyncpg.connect(database.owner_dsn)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    await as_owner(world.events, "alter table identifier add check (value = 'pid:nobody') not valid")
    other = SHEET | {"household": HOMES[1], "members": [MEMBER | {"person": PEOPLE[1]}]}
    assert (await world.report(told("household.registered", other, 8_100))).status_code >= 500
    reads = world.reads.databases
    await as_owner(reads["exchange"], "revoke insert on disclosure from socai_exchange_reader")
    await as_owner(reads["registry"], "revoke select on person, search, household from socai_registry_reader")
    for path, bodies in ANSWERED.items():
        service = path.split("/")[1]
        for body in bodies:
            await world.ask(service, "POST", path, json=body)


async def test_nothing_personal_gets_out_by_another_way(
    world: World, exported: InMemorySpanExporter, capfd: pytest.CaptureFixture[str]
) -> None:
    with talking():
        await ask_everything(world)
        await break_the_databases(world)
    metrics = [await world.ask(service, "GET", "/metrics") for service in world.apps]
    assert tracing._Tracing.provider is not None
    tracing._Tracing.provider.force_flush()
    spans = [span.to_json() for span in exported.get_finished_spans()]
    out, err = capfd.readouterr()
    statuses = {answer.status_code for answer in world.answers}
    assert statuses >= {200, 201, 404, 409, 422, 500}, statuses
    assert len(spans) > 100
    assert out.count('"level":"ERROR"') > 3
    ways = {
        "problems": [answer.text for answer in world.answers if answer.status_code >= 400],
        "headers": [str(answer.headers) for answer in world.answers],
        "log lines": [out],
        "standard error": [err],
        "figures": [answer.text for answer in metrics],
        "spans": spans,
    }
    for way, texts in ways.items():
        for secret in SECRETS:
            shown = next((text for text in texts if secret in text), None)
            assert shown is None, f"{secret} is told by {way}: {shown[:2000] if shown else ''}"
