"""Is what is asked for taken as it is told, or refused precisely, without a word of it?"""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.kit.tested import CANARY

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


async def test_a_body_sent_in_pieces_is_measured_as_it_comes(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"[" * 100

    answer = await client.post("/tested/v1/lookups/x", content=pieces(), headers={"content-type": "application/json"})
    assert answer.json()["type"] == "/problems/payload-too-large"
