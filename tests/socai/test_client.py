"""Does the client library use a token as long as it may, and a proof once?"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt

from kit.auth import proofs
from kit.auth.jose import b64url
from socai.client import Client, Entry, Run, TokenError, header_lines, read_run
from tests.support.tokens import BASE, CLIENT_KEY, NOW

ENTRY = Entry("clinic", dict(CLIENT_KEY.as_dict(private=True)))
RUN = Run(BASE, BASE, {"clinic": ENTRY})


class FakeDoor:
    """Gives tokens of 300 s, and takes them until told that they are wrong."""

    def __init__(self) -> None:
        self.now = NOW
        self.given = 0
        self.refuse_next = 0
        self.requests: list[httpx.Request] = []
        self.forms: list[dict[str, str]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            self.given += 1
            self.forms.append(dict(httpx.QueryParams(request.content.decode())))
            return httpx.Response(
                200, json={"access_token": f"token-{self.given}", "token_type": "DPoP", "expires_in": 300}
            )
        self.requests.append(request)
        self.refuse_next -= 1
        return httpx.Response(401 if self.refuse_next >= 0 else 200)

    def client(self, **options: Any) -> Client:
        http = httpx.Client(transport=httpx.MockTransport(self.answer))
        return Client(RUN, "clinic", http=http, clock=lambda: self.now, **options)


def test_one_token_serves_many_requests_each_with_a_proof_of_its_own() -> None:
    door = FakeDoor()
    client = door.client()
    assert [client.request("GET", f"/exchange/v1/feed?after={n}").status_code for n in range(5)] == [200] * 5
    assert door.given == 1
    seen = [
        proofs.check(
            request.headers["DPoP"],
            method="GET",
            address=f"{BASE}/exchange/v1/feed",
            now=NOW,
            ath=digest("token-1"),
        )
        for request in door.requests
    ]
    assert len({one.jti for one in seen}) == 5
    assert {one.jkt for one in seen} == {CLIENT_KEY.thumbprint()}


def digest(token: str) -> str:
    return b64url(hashlib.sha256(token.encode()).digest())


@pytest.mark.parametrize(("later", "tokens"), [(0, 1), (269, 1), (270, 2), (10_000, 2)])
def test_a_token_is_renewed_before_it_ends(later: int, tokens: int) -> None:
    door = FakeDoor()
    client = door.client()
    client.request("GET", "/x")
    door.now += later
    client.request("GET", "/x")
    assert door.given == tokens


def test_a_token_that_is_no_longer_taken_is_replaced_once() -> None:
    door = FakeDoor()
    client = door.client()
    client.request("GET", "/x")
    door.refuse_next = 1
    assert client.request("GET", "/x").status_code == 200
    door.refuse_next = 9
    assert client.request("GET", "/x").status_code == 401
    assert [request.headers["Authorization"] for request in door.requests] == [
        "DPoP token-1",
        "DPoP token-1",
        "DPoP token-2",
        "DPoP token-2",
        "DPoP token-3",
    ]


def test_scopes_purpose_and_areas_are_asked_for() -> None:
    door = FakeDoor()
    door.client(scopes=["a.b.c", "d.e.f"], purpose="health.care", areas=["31-20250701"]).request("GET", "/x")
    form = door.forms[0]
    assert form["scope"] == "a.b.c d.e.f"
    assert form["authorization_details"] == (
        '[{"type":"registry_purpose","purpose":"health.care","areas":["31-20250701"]}]'
    )
    claims = jwt.decode(form["client_assertion"], CLIENT_KEY, algorithms=["ES256"]).claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("clinic", "clinic", BASE)
    assert claims["exp"] - NOW <= 60
    with pytest.raises(ValueError, match="purpose"):
        door.client(areas=["31-20250701"])


REFUSALS: dict[str, tuple[Callable[[httpx.Request], httpx.Response], str]] = {
    "an OAuth error": (
        lambda _: httpx.Response(400, json={"error": "invalid_scope", "error_description": "no"}),
        "invalid_scope: no",
    ),
    "a problem": (lambda _: httpx.Response(503, json={"title": "t", "detail": "later"}), "503: later"),
    "anything else": (lambda _: httpx.Response(502, content=b"<html>"), "502: no reason given"),
}


@pytest.mark.parametrize(("answer", "words"), REFUSALS.values(), ids=REFUSALS.keys())
def test_why_there_is_no_token_is_said(answer: Callable[[httpx.Request], httpx.Response], words: str) -> None:
    client = Client(RUN, "clinic", http=httpx.Client(transport=httpx.MockTransport(answer)), clock=lambda: NOW)
    with pytest.raises(TokenError, match=words):
        client.request("GET", "/x")


def test_an_unknown_client_is_told_which_there_are() -> None:
    with pytest.raises(LookupError, match="there are: clinic"):
        Client(RUN, "nobody")


def test_headers_can_be_pasted() -> None:
    made = FakeDoor().client().headers("GET", f"{BASE}/x?y=1")
    assert header_lines(made).startswith("Authorization: DPoP token-1\nDPoP: ey")


def test_the_run_file_may_say_more_than_the_client_needs(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(
        '{"gateway":"http://127.0.0.1:8080","issuer":"http://127.0.0.1:8080","logs":"x","clients":'
        '{"health":{"client_id":"h","private_jwk":{},"scopes":["a"],"purposes":["p"],"areas":["1"]}}}'
    )
    assert read_run(path).clients["health"].scopes == ("a",)
