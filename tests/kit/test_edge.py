"""Does each request leave a duration, a line and a trace, and nothing of what it asked for?"""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from kit.http import edge
from kit.http.application import PlainRoute, create, json_response, router
from kit.http.edge import AccessLog, note_client
from kit.process import metrics, tracing
from kit.process.settings import ProcessSettings
from tests.kit.asking import asking
from tests.support.spans import finished

CANARY = "NGUYEN-THI-LAN-012345678901"
INCOMING = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

persons = router("/tested/v1")


@persons.get("/persons/{number}")
async def get_person(number: str, request: Request, q: str = "") -> dict[str, str]:
    note_client(request.scope, "agency-health")
    return {"traceparent": tracing.current_traceparent()}


@persons.get("/broken")
async def get_broken() -> None:
    raise RuntimeError(CANARY)


async def plain(_: Request) -> Response:
    return json_response({})


PLAIN = PlainRoute("/tested/v1/plain/{number}", plain, {"responses": {}}, methods=("GET",))


def application() -> FastAPI:
    return create("tested", "Tested", ProcessSettings(), routers=[persons], plain=[PLAIN])


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    monkeypatch.setattr(AccessLog, "add", lambda _, line: kept.append(line))
    return kept


async def test_a_line_names_the_method_that_was_asked_by(lines: list[dict[str, Any]]) -> None:
    async with asking(application()) as client:
        await client.head("/tested/v1/persons/1")
    (line,) = lines
    assert (line["method"], line["route"], line["client_id"]) == (
        "HEAD",
        "/tested/v1/persons/{number}",
        "agency-health",
    )


async def test_a_line_names_the_template_the_client_and_the_trace(lines: list[dict[str, Any]]) -> None:
    async with asking(application()) as client:
        await client.get(f"/tested/v1/persons/{CANARY}?q={CANARY}", headers={"traceparent": INCOMING})
    (line,) = lines
    assert line["route"] == "/tested/v1/persons/{number}"
    assert (line["method"], line["status"], line["client_id"]) == ("GET", 200, "agency-health")
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert CANARY not in json.dumps(lines)


async def test_a_plain_route_an_unknown_path_and_an_odd_method_leave_lines_without_their_words(
    lines: list[dict[str, Any]],
) -> None:
    async with asking(application()) as client:
        await client.get(f"/tested/v1/plain/{CANARY}")
        await client.get(f"/{CANARY}")
        await client.request(CANARY, "/tested/v1/plain/1")
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/tested/v1/plain/{number}", 200),
        ("GET", "", 404),
        ("_OTHER", "/tested/v1/plain/{number}", 405),
    ]
    assert CANARY not in json.dumps(lines)


async def test_a_line_says_how_long_the_answer_took(lines: list[dict[str, Any]]) -> None:
    async with asking(application()) as client:
        began = time.perf_counter()
        await client.get("/tested/v1/persons/1")
        took = (time.perf_counter() - began) * 1000
    assert 0 < lines[0]["ms"] <= took


async def test_a_client_that_goes_away_before_its_answer_is_noted_as_gone(lines: list[dict[str, Any]]) -> None:
    async def gone(_: Request) -> Response:
        raise ClientDisconnect

    route = PlainRoute("/tested/v1/gone", gone, {"responses": {}}, methods=("GET",))
    with pytest.raises(AssertionError):
        async with asking(create("tested", "Tested", ProcessSettings(), plain=[route])) as client:
            await client.get("/tested/v1/gone")
    assert [line["status"] for line in lines] == [edge.CLIENT_GONE]


async def test_an_answer_that_breaks_off_is_not_ended_as_if_it_were_whole() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError(CANARY)

    async def breaks_off(_: Request) -> Response:
        return StreamingResponse(pieces())

    route = PlainRoute("/tested/v1/half", breaks_off, {"responses": {}}, methods=("GET",))
    async with asking(create("tested", "Tested", ProcessSettings(), plain=[route])) as client:
        with pytest.raises(RuntimeError):
            await client.get("/tested/v1/half")


def test_only_the_header_for_languages_says_which_one_is_asked_for() -> None:
    headers = [(b"accept", b"vi"), (b"accept-language", b"en"), (b"cookie", b"vi")]
    assert edge.language_in({"headers": headers}) == "en"


async def test_health_is_asked_too_often_to_be_logged(lines: list[dict[str, Any]]) -> None:
    async with asking(application()) as client:
        await client.get("/livez")
    assert lines == []


async def test_a_duration_is_kept_by_route_and_status() -> None:
    labels = {
        "http_request_method": "GET",
        "http_route": "/tested/v1/broken",
        "http_response_status_code": "500",
    }

    def counted() -> float:
        name = "http_server_request_duration_seconds_count"
        return metrics.REGISTRY.get_sample_value(name, labels) or 0.0

    before = counted()
    async with asking(application()) as client:
        await client.get("/tested/v1/broken")
    assert counted() == before + 1


async def test_an_incoming_trace_is_carried_on_when_no_spans_are_made() -> None:
    async with asking(application()) as client:
        answer = await client.get("/tested/v1/persons/1", headers={"traceparent": INCOMING})
    assert answer.json()["traceparent"] == INCOMING


@pytest.mark.parametrize("incoming", ["", "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01", INCOMING + "x"])
async def test_a_trace_begins_here_when_none_that_is_valid_came(incoming: str) -> None:
    async with asking(application()) as client:
        answer = await client.get("/tested/v1/persons/1", headers={"traceparent": incoming})
    begun = answer.json()["traceparent"]
    assert begun.endswith("-00")
    assert len(begun) == len(INCOMING)


async def test_a_server_span_continues_the_incoming_trace(exported: InMemorySpanExporter) -> None:
    async with asking(application()) as client:
        answer = await client.get(f"/tested/v1/persons/{CANARY}", headers={"traceparent": INCOMING})
    (made,) = finished(exported)
    assert made.name == "GET /tested/v1/persons/{number}"
    assert made.parent is not None
    assert f"{made.parent.span_id:016x}" == "b7ad6b7169203331"
    assert dict(made.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/tested/v1/persons/{number}",
        "http.response.status_code": 200,
    }
    assert answer.json()["traceparent"][3:35] == "0af7651916cd43dd8448eb211c80319c"
    assert answer.json()["traceparent"] != INCOMING


async def test_a_trace_that_begins_here_is_kept(exported: InMemorySpanExporter) -> None:
    async with asking(application()) as client:
        answer = await client.get("/tested/v1/persons/1")
    (made,) = finished(exported)
    assert made.parent is None
    assert answer.json()["traceparent"][-1] in "13"


async def test_no_cache_keeps_an_answer_unless_its_route_says_so() -> None:
    async def kept(_: Request) -> Response:
        return Response(headers={"Cache-Control": "max-age=60"})

    public = PlainRoute("/tested/v1/public", kept, {"responses": {}}, methods=("GET",))
    app = create("tested", "Tested", ProcessSettings(), routers=[persons], plain=[public, PLAIN])
    async with asking(app) as client:
        assert (await client.get("/tested/v1/public")).headers["cache-control"] == "max-age=60"
        for path in ("/tested/v1/plain/1", "/tested/v1/persons/1", "/tested/v1/broken", "/nowhere"):
            assert (await client.get(path)).headers["cache-control"] == "no-store"


async def test_lines_are_written_together_and_none_is_lost() -> None:
    written: list[bytes] = []
    access = AccessLog(written.append)
    for number in range(edge._FLUSH_AT + 1):
        access.add({"number": number})
    assert len(written) == 1
    access.flush()
    numbers = [json.loads(line)["number"] for line in b"".join(written).splitlines()]
    assert numbers == list(range(edge._FLUSH_AT + 1))
