"""Does every application answer precisely, leak nothing and never fall over?"""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, HTTPException, Query
from openapi_spec_validator import validate
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from kit.http.application import NotBefore, PlainRoute, create, json_response, not_before, reached, read_json, router
from kit.http.positions import NOT_BEFORE
from kit.http.problems import ContradictsRecord, Reason
from kit.process import database
from kit.process.settings import ProcessSettings
from tests.kit.asking import asking

CANARY = "NGUYEN-THI-LAN-012345678901"


class Person(BaseModel, extra="forbid"):
    name: str
    weight: int = 0


class Lookup(BaseModel):
    person: str


persons = router("/tested/v1", tags=["persons"])


@persons.post("/persons/{number}")
async def post_person(number: int, person: Person) -> dict[str, int]:
    return {"number": number + person.weight}


@persons.get("/broken")
async def get_broken() -> None:
    raise RuntimeError(f"duplicate key value {CANARY}")


@persons.get("/away")
async def get_away() -> None:
    raise database.Unavailable


@persons.get("/contradiction")
async def get_contradiction() -> None:
    raise ContradictsRecord(reasons=[Reason("already-dead", [7])])


@persons.get("/status/{status}")
async def get_status(status: int) -> None:
    raise HTTPException(status, detail=CANARY, headers={"X-Leak": CANARY})


async def at_seven(position: int, seconds: float) -> int:
    return 7


@persons.get("/position")
async def get_position(not_before: NotBefore = None) -> Response:
    return json_response({}, position=await reached(not_before, at_seven))


class Several(BaseModel, extra="forbid"):
    by: list[str] = []
    within: str = Field("", alias="in")


@persons.get("/several")
async def get_several(question: Annotated[Several, Query()]) -> list[str]:
    return [*question.by, question.within]


async def look_up(request: Request) -> Response:
    position = await reached(not_before(request), at_seven)
    return json_response(await read_json(request, 1000), position=position)


async def fall_over(_: Request) -> Response:
    raise ValueError(CANARY)


LOOK_UP = PlainRoute(
    "/tested/v1/lookups/{kind}",
    look_up,
    {
        "summary": "Look a person up",
        "parameters": [
            {"name": "kind", "in": "path", "required": True, "schema": {"type": "string"}},
            NOT_BEFORE,
        ],
        "requestBody": {
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lookup"}}},
            "required": True,
        },
        "responses": {"200": {"description": "The person"}},
    },
    models=(Lookup,),
)
FALL_OVER = PlainRoute("/tested/v1/fall", fall_over, {"responses": {"200": {"description": "Never"}}}, methods=("GET",))


def application(**options: Any) -> FastAPI:
    return create("tested", "Tested", ProcessSettings(), routers=[persons], plain=[LOOK_UP, FALL_OVER], **options)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with asking(application()) as asked:
        yield asked


HOSTILE = [
    (b"[" * 1_000_000, "application/json", 400, "invalid-json"),
    (b'{"name":' * 100_000, "application/json", 400, "invalid-json"),
    (b'{"name":"a","name":"b"}', "application/json", 400, "invalid-json"),
    (b'{"name":"\\u0000"}', "application/json", 400, "invalid-json"),
    (b'{"name":"\\ud800"}', "application/json", 400, "invalid-json"),
    (b'{"name":"a","weight":NaN}', "application/json", 400, "invalid-json"),
    (b'{"name":"\xff"}', "application/json", 400, "invalid-json"),
    (b"", "application/json", 422, "invalid-request"),
    (b'{"name":"a"}', "text/plain", 415, "unsupported-media-type"),
    (b'{"name":"a"}', "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
    (b'{"name":' + b'"' + b"a" * 2_000_000 + b'"}', "application/json", 413, "payload-too-large"),
    (f'{{"name":"a","weight":"{CANARY}"}}'.encode(), "application/json", 422, "invalid-request"),
    (f'{{"name":"a","{CANARY}":1}}'.encode(), "application/json", 422, "invalid-request"),
    (f'["{CANARY}"]'.encode(), "application/json", 422, "invalid-request"),
]


@pytest.mark.parametrize(("body", "media_type", "status", "code"), HOSTILE)
async def test_a_hostile_body_gets_a_precise_problem_without_a_word_of_it(
    client: httpx.AsyncClient, body: bytes, media_type: str, status: int, code: str
) -> None:
    answer = await client.post("/tested/v1/persons/1", content=body, headers={"content-type": media_type})
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{code}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    ("body", "media_type", "status", "code"), [case for case in HOSTILE if case[3] != "invalid-request"]
)
async def test_a_plain_route_is_as_strict_about_the_json_itself(
    client: httpx.AsyncClient, body: bytes, media_type: str, status: int, code: str
) -> None:
    answer = await client.post("/tested/v1/lookups/x", content=body, headers={"content-type": media_type})
    assert answer.json()["type"] in {f"/problems/{code}", "/problems/payload-too-large"}


@pytest.mark.parametrize("path", ["/tested/v1/persons/1", "/tested/v1/lookups/x"])
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": "application/json", "content-encoding": "gzip"}, gzip.compress(b'{"name":"a"}', mtime=0)),
        ({"content-type": "application/json", "content-encoding": "br"}, b'{"name":"a"}'),
        ({"content-type": "application/json", "content-encoding": "identity, GZIP"}, b'{"name":"a"}'),
        ({}, b'{"name":"a"}'),
        ({"content-type": "; charset=utf-8"}, b'{"name":"a"}'),
    ],
)
async def test_a_body_is_taken_as_what_it_is_said_to_be_or_not_at_all(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], body: bytes
) -> None:
    answer = await client.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


@pytest.mark.parametrize("path", ["/tested/v1/persons/1", "/tested/v1/lookups/x"])
async def test_a_body_may_be_said_to_be_encoded_in_no_way(client: httpx.AsyncClient, path: str) -> None:
    headers = {"content-type": "application/json", "content-encoding": "Identity"}
    assert (await client.post(path, content=b'{"name":"a"}', headers=headers)).status_code == 200


UNASKED = [
    ("GET", "/tested/v1/position", {"before": "1"}, ("query", "extra-forbidden")),
    ("GET", "/tested/v1/position", {"not_before": ["1", "2"]}, ("query/not_before", "given-twice")),
    ("POST", "/tested/v1/lookups/x", {CANARY: CANARY}, ("query", "extra-forbidden")),
    ("POST", "/tested/v1/lookups/x", {"not_before": ["1", "1"]}, ("query/not_before", "given-twice")),
]


@pytest.mark.parametrize(("method", "path", "query", "fault"), UNASKED)
async def test_a_parameter_that_is_not_offered_or_given_twice_is_refused(
    client: httpx.AsyncClient, method: str, path: str, query: dict[str, Any], fault: tuple[str, str]
) -> None:
    answer = await client.request(method, path, params=query, json={"person": "x"} if method == "POST" else None)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert [(found["pointer"], found["code"]) for found in answer.json()["errors"]] == [fault]
    assert CANARY not in answer.text
    assert all(found["text"] for found in answer.json()["errors"])


@pytest.mark.parametrize("given", ["+5", " 5", "5 ", "1_0", "5.0", "٣", "", "five"])
async def test_a_whole_number_is_written_in_digits(client: httpx.AsyncClient, given: str) -> None:
    answer = await client.get("/tested/v1/position", params={"not_before": given})
    assert answer.status_code == 422
    assert [(found["pointer"], found["code"]) for found in answer.json()["errors"]] == [
        ("query/not_before", "int-parsing")
    ]


@pytest.mark.parametrize("weight", ["1.5", "true", '"' + "1" * 5000 + '"', '"1.5"', "{}", "[]", "null"])
async def test_whatever_is_no_whole_number_is_told_so_in_words(client: httpx.AsyncClient, weight: str) -> None:
    body = f'{{"name": "a", "weight": {weight}}}'
    told = await client.post("/tested/v1/persons/1", content=body, headers={"content-type": "application/json"})
    assert told.status_code in {200, 422}
    assert all(found.get("text") for found in told.json().get("errors", ())), told.json()


async def test_a_number_with_too_many_digits_is_told_so_in_words(client: httpx.AsyncClient) -> None:
    for path in ("/tested/v1/position?not_before=", "/tested/v1/status/"):
        (found,) = (await client.get(path + "9" * 5000)).json()["errors"]
        assert (found["code"], found["text"]) == ("int-parsing-size", "A number has too many digits.")


async def test_a_parameter_that_takes_several_values_is_given_as_often_as_one_likes(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tested/v1/several", params={"by": ["a", "b"], "in": "c"})
    assert answer.json() == ["a", "b", "c"]


@pytest.mark.parametrize(
    "media_type", ["Application/JSON", "application/vnd.person+json", "application/json; charset=utf-8"]
)
async def test_json_is_taken_by_any_of_its_names(client: httpx.AsyncClient, media_type: str) -> None:
    told = await client.post("/tested/v1/persons/1", content=b'{"name":"a"}', headers={"content-type": media_type})
    assert (told.status_code, told.json()) == (200, {"number": 1})


@pytest.mark.parametrize(("size", "status"), [(1000, 200), (1001, 413)])
async def test_a_body_may_be_as_long_as_its_limit(client: httpx.AsyncClient, size: int, status: int) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'"'
        yield b"a" * (size - 2) + b'"'

    headers = {"content-type": "application/json"}
    told = await client.post("/tested/v1/lookups/a", content=pieces(), headers=headers)
    assert told.status_code == status


async def test_a_length_that_is_no_number_is_refused(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json", "content-length": "many"}
    told = await client.post("/tested/v1/lookups/a", content=b"{}", headers=headers)
    assert told.status_code == 422


async def test_what_is_waited_for_is_the_position_asked_for() -> None:
    async def echo(position: int, _: float) -> int:
        return position

    assert (await reached(5, echo), await reached(None, echo)) == (5, 0)


async def test_a_body_sent_in_pieces_is_measured_as_it_comes(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"[" * 100

    answer = await client.post("/tested/v1/lookups/x", content=pieces(), headers={"content-type": "application/json"})
    assert answer.json()["type"] == "/problems/payload-too-large"


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
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/position-not-reached")
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
