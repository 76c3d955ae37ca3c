"""Which HTTP does the real Envoy not speak, and how much of it does it take?"""

import asyncio

import httpx
import pytest

from tests.support.door import SEARCH, Door, problem


@pytest.mark.parametrize(
    "lines",
    [
        "GET / HTTP/1.0",
        "GET / HTTP/3.0",
        "CONNECT a:1 HTTP/1.1\r\nHost: a:1",
        "POST /oauth/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a",
        "GET /nothing HTTP/1.1\r\nHost: a\r\nHost: b",
    ],
)
async def test_http_that_the_door_does_not_speak_is_refused_in_our_words(door: Door, lines: str) -> None:
    problem(await sent_raw(door, lines), 400, "bad-request")


async def sent_raw(door: Door, lines: str) -> httpx.Response:
    """What the door says to these lines, after which nothing is sent and nothing closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(door.base).port)
    writer.write(f"{lines}\r\n\r\n".encode())
    head, _, body = (await asyncio.wait_for(reader.read(4096), 5)).partition(b"\r\n\r\n")
    writer.close()
    assert b"content-type: application/problem+json" in head
    return httpx.Response(int(head.split()[1]), headers={"content-type": "application/problem+json"}, content=body)


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ("POST /oauth/token", 413, "payload-too-large"),
        ("GET /oauth/jwks", 413, "payload-too-large"),
        (f"POST {SEARCH}", 401, "unauthenticated"),
        ("GET /nothing", 404, "not-found"),
        ("DELETE /oauth/token", 405, "method-not-allowed"),
    ],
)
async def test_a_body_that_is_announced_to_be_too_large_is_not_waited_for(
    door: Door, line: str, status: int, code: str
) -> None:
    problem(await sent_raw(door, f"{line} HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999"), status, code)


async def test_whoever_may_send_too_much_is_told_so_before_it_is_sent(door: Door) -> None:
    headers = await door.headers("officer", "POST", SEARCH)
    lines = [f"POST {SEARCH} HTTP/1.1", "Host: a", *(f"{name}: {value}" for name, value in headers.items())]
    problem(await sent_raw(door, "\r\n".join([*lines, "Content-Length: 262145"])), 413, "payload-too-large")


async def test_a_body_beyond_its_row_is_413_and_bulk_gets_through(door: Door) -> None:
    problem(await door.send("officer", "POST", SEARCH, content=b"x" * 300_000), 413, "payload-too-large")
    bulk = await door.send("officer", "POST", "/events/v1/reports", content=b"x" * 15_000_000)
    assert bulk.json()["bytes"] == 15_000_000
    problem(
        await door.send("officer", "POST", "/events/v1/reports", content=b"x" * 17_000_000), 413, "payload-too-large"
    )


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/registry%2Fv1/search", {}, 400, "bad-request"),
        (SEARCH, {"Connection": "Upgrade", "Upgrade": "websocket"}, 400, "bad-request"),
        (SEARCH, {"x_under_score": "1"}, 400, "bad-request"),
        (SEARCH, {"X-Large": "a" * 40_000}, 431, "headers-too-large"),
        (SEARCH, {f"X-{number}": "a" for number in range(120)}, 431, "headers-too-large"),
    ],
)
async def test_improper_http_is_refused(door: Door, path: str, headers: dict[str, str], status: int, code: str) -> None:
    problem(await door.http.post(path, json={}, headers=headers), status, code)


async def test_dots_lead_nowhere_else(door: Door) -> None:
    token = await door.token("police")
    request = httpx.Request("POST", door.base + "/x", headers={"Authorization": f"DPoP {token}"}, json={})
    request.extensions = {"target": b"/exchange/v1/verifications/../../../registry/v1/search"}
    answer = await door.http.send(request)
    problem(answer, 403, "scope-insufficient")
