"""Does every application answer precisely, leak nothing and never fall over?"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from openapi_spec_validator import validate

from kit.http.application import create, reached
from kit.process.settings import ProcessSettings
from tests.kit.asking import asking
from tests.kit.tested import CANARY, application, get_away


async def test_what_is_waited_for_is_the_position_asked_for() -> None:
    async def echo(position: int, _: float) -> int:
        return position

    assert (await reached(5, echo), await reached(None, echo)) == (5, 0)


@pytest.mark.parametrize("path", ["/tested/v1/broken", "/tested/v1/fall"])
async def test_a_failure_of_ours_is_a_problem_without_its_text(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal"
    assert CANARY not in answer.text


async def test_a_database_that_is_away_says_when_to_ask_again(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tested/v1/away")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_problem_keeps_its_reasons(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tested/v1/contradiction")
    assert answer.status_code == 409
    assert answer.json()["reasons"] == [{"code": "already-dead", "facts": [7]}]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 413, 415, 418, 422, 429, 500, 502, 503])
async def test_whatever_a_library_raises_becomes_one_of_our_problems(client: httpx.AsyncClient, status: int) -> None:
    answer = await client.get(f"/tested/v1/status/{status}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code == {418: 422, 502: 500}.get(status, status)
    assert CANARY not in answer.text + str(answer.headers)


async def test_an_unknown_path_is_a_problem_in_the_language_asked_for(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/tested/v1/{CANARY}", headers={"accept-language": "vi-VN"})
    assert answer.json()["title"] == "Không tìm thấy trong phạm vi quyền của bạn"
    assert (answer.headers["vary"], answer.headers["content-language"]) == ("Accept-Language", "vi")
    assert CANARY not in answer.text


async def test_a_language_may_be_asked_for_on_several_lines(client: httpx.AsyncClient) -> None:
    lines = [("accept-language", "en;q=0.5"), ("accept-language", "vi")]
    for path in ("/tested/v1/nothing", "/tested/v1/fall"):
        refused = await client.get(path, headers=lines)
        assert (refused.headers["vary"], refused.headers["content-language"]) == ("Accept-Language", "vi")
        assert refused.json()["title"] != (await client.get(path)).json()["title"]


@pytest.mark.parametrize("path", ["/tested/v1/persons/1", "/tested/v1/lookups/x"])
async def test_a_wrong_method_is_told_the_right_ones(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.delete(path)
    assert answer.json()["type"] == "/problems/method-not-allowed"
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["/tested/v1/position", "/tested/v1/fall", "/tested/openapi.json", "/livez"])
async def test_head_is_answered_as_get_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    got, headed = await client.get(path), await client.head(path)
    assert (headed.status_code, headed.headers, headed.content) == (got.status_code, got.headers, b"")


@pytest.mark.parametrize("path", ["/tested/openapi.json", "/tested/docs"])
async def test_a_document_is_sent_again_only_to_whoever_has_another_one(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    tag = first.headers["etag"]
    assert (tag[:3], first.headers["cache-control"]) == ('W/"', "no-cache")
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = await client.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["cache-control"] == "no-cache"
    several = [("if-none-match", '"other"'), ("if-none-match", tag)]
    assert (await client.get(path, headers=several)).status_code == 304
    for known in ('"other"', "", tag[3:-1], "W/"):
        assert (await client.get(path, headers={"if-none-match": known})).content == first.content


async def test_head_is_not_where_get_is_not_and_is_named_wherever_it_is(client: httpx.AsyncClient) -> None:
    refused = await client.head("/tested/v1/lookups/x")
    assert (refused.status_code, refused.headers["allow"], refused.content) == (405, "POST", b"")
    for path in ("/tested/v1/position", "/tested/openapi.json"):
        assert (await client.delete(path)).headers["allow"] == "GET, HEAD"


async def test_every_answer_names_its_position(client: httpx.AsyncClient) -> None:
    for position in (0, 7):
        answer = await client.get("/tested/v1/position", params={"not_before": position})
        assert answer.headers["socai-position"] == "7"
    answer = await client.post("/tested/v1/lookups/x", json={"person": "p"}, params={"not_before": 7})
    assert answer.headers["socai-position"] == "7"


async def test_a_position_not_reached_is_refused_for_now(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tested/v1/position", params={"not_before": 8})
    assert (answer.status_code, answer.json()["type"]) == (412, "/problems/position-not-reached")
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["socai-position"] == "7"


@pytest.mark.parametrize("given", ["-1", "x", "9" * 30, str(2**63), "1.5"])
@pytest.mark.parametrize(("method", "path"), [("GET", "position"), ("POST", "lookups/x")])
async def test_a_position_that_is_none_is_refused(
    client: httpx.AsyncClient, method: str, path: str, given: str
) -> None:
    answer = await client.request(
        method, f"/tested/v1/{path}", params={"not_before": given}, json={} if method == "POST" else None
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "query/not_before"


async def test_the_document_is_valid_openapi_and_names_plain_routes(client: httpx.AsyncClient) -> None:
    document = (await client.get("/tested/openapi.json")).json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert document["paths"]["/tested/v1/lookups/{kind}"]["post"]["summary"] == "Look a person up"
    assert document["components"]["schemas"]["Lookup"]["properties"]["person"]["type"] == "string"


async def test_every_operation_declares_problems_and_no_other_error(client: httpx.AsyncClient) -> None:
    document = (await client.get("/tested/openapi.json")).json()
    assert "HTTPValidationError" not in json.dumps(document)
    for methods in document["paths"].values():
        for operation in methods.values():
            assert {"4XX", "5XX"} <= set(operation["responses"])


async def test_the_page_for_people_names_every_path_and_fetches_nothing(client: httpx.AsyncClient) -> None:
    page = await client.get("/tested/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path in (await client.get("/tested/openapi.json")).json()["paths"]:
        assert path in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "<script" not in page.text


async def test_a_process_without_an_interface_has_no_documents() -> None:
    async with asking(create("relay", "Relay", ProcessSettings(), documented=False)) as client:
        assert (await client.get("/relay/openapi.json")).status_code == 404
        assert (await client.get("/livez")).status_code == 200


def test_a_router_that_reads_bodies_loosely_is_refused() -> None:
    loose = APIRouter()
    loose.add_api_route("/tested/loose", get_away)
    with pytest.raises(TypeError, match=r"/tested/loose: make its router with kit\.http\.application\.router"):
        create("tested", "Tested", ProcessSettings(), routers=[loose])


async def test_the_lifespan_of_the_service_runs_inside_ours() -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        steps.append("opened")
        yield
        steps.append("closed")

    app = application(lifespan=lifespan)
    async with app.router.lifespan_context(app):
        assert steps == ["opened"]
    assert steps == ["opened", "closed"]
