"""Does the real Envoy let through what the policy table says, and refuse all else in our words?"""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.local.databases import Database
from gateway import keys, tokens
from gateway.agreements import read_agreements
from gateway.clients import find_client
from gateway.limits import BUCKETS, ClientClass, RateClass
from kit.auth import jose
from kit.http.problems import Unauthenticated
from socai.client import Client, Entry, Run, proof
from tests.support.databases import Postgres
from tests.support.door import CANARY, SEARCH, Door, open_door, problem, wait_for
from tests.support.gateway import migrate_gateway, token_form
from tests.support.languages import LANGUAGES


async def test_a_good_request_reaches_its_service_with_the_token_and_without_false_witnesses(door: Door) -> None:
    whence = {"X-Forwarded-For": "10.0.0.1", "Forwarded": "for=10.0.0.1", "X-Real-IP": "10.0.0.1"}
    false = whence | {"X-Envoy-Retry-On": "5xx", "X-Request-Id": CANARY}
    answer = await door.send("officer", "POST", SEARCH, json={}, headers=false)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-service"] == "echo"
    seen = answer.json()["headers"]
    assert seen["authorization"].startswith("DPoP ")
    assert "x-envoy-retry-on" not in seen
    assert not {"x-forwarded-for", "forwarded", "x-real-ip"} & set(seen)
    assert seen["x-request-id"] != CANARY


async def test_a_replica_that_has_gone_costs_nobody_an_answer(door: Door) -> None:
    """Each request has a proof of its own, so half of them are led to the one that is not there."""
    answers = [await door.send("officer", "GET", "/reporting/v1/population") for _ in range(24)]
    assert [answer.status_code for answer in answers] == [200] * 24


async def test_what_a_device_signed_reaches_its_service(door: Door) -> None:
    answer = await door.send("officer", "POST", SEARCH, json={}, headers={"Socai-Signature": "e30..c2ln"})
    assert answer.json()["headers"]["socai-signature"] == "e30..c2ln"


async def test_the_client_of_this_project_gets_through_with_plain_http(door: Door) -> None:
    entries = {name: Entry(one["client_id"], one["private_jwk"]) for name, one in door.clients.items()}

    def ask() -> list[int]:
        client = Client(Run(door.base, door.base, entries), "officer")
        try:
            again = [client.request("POST", f"{SEARCH}?x=1", json={}) for _ in range(3)]
            return [answer.status_code for answer in again]
        finally:
            client.close()

    assert await asyncio.to_thread(ask) == [200, 200, 200]


@pytest.mark.parametrize("path", ["/", "/oauth/jwks", "/.well-known/oauth-protected-resource", "/problems/not-found"])
async def test_what_is_public_needs_no_token(door: Door, path: str) -> None:
    assert (await door.http.get(path)).status_code == 200


async def test_without_a_token_the_door_names_the_challenge_and_the_metadata(door: Door) -> None:
    refused = await door.http.post(SEARCH, json={"name": CANARY}, headers={"Accept-Language": "vi-VN,vi;q=0.9"})
    document = problem(refused, 401, "unauthenticated")
    assert document["title"].startswith("Chưa xác thực")
    assert refused.headers.get_list("www-authenticate") == [
        f'DPoP realm="socai", resource_metadata="{door.base}/.well-known/oauth-protected-resource", algs="ES256"'
    ]


@pytest.mark.parametrize("credentials", ["DPoP abc", "Bearer a.b.c", "Basic YTpi", "DPoP", "DPoP " + "a" * 20_000])
async def test_a_token_that_is_none_is_invalid(door: Door, credentials: str) -> None:
    refused = await door.http.post(SEARCH, json={}, headers={"Authorization": credentials})
    assert problem(refused, 401, "unauthenticated")["title"].startswith("Who is asking")
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


async def test_a_changed_token_is_invalid(door: Door) -> None:
    token = await door.token("officer")
    head, _, tail = token.rpartition(".")
    for wrong in (head + "." + tail[::-1], "eyJhbGciOiJub25lIn0" + token[token.index(".") :]):
        problem(await door.send("officer", "POST", SEARCH, json={}, token=wrong), 401, "unauthenticated")


async def token_of(door: Door, database: Database, at: float, audience: str, issuer: str = "") -> str:
    """A token of the authority's own key, made at another time or for another audience."""
    connection = await asyncpg.connect(database.writer_dsn)
    try:
        client_id = door.clients["officer"]["client_id"]
        client = await find_client(connection, client_id)
        agreements = await read_agreements(connection, client_id)
        key = (await keys.read_keys(connection))[0]
    finally:
        await connection.close()
    endpoint = f"{door.base}/oauth/token"
    form = token_form(client_id, door.key("officer"), at, issuer or door.base)
    asked = tokens.Asked(form, [proof(door.key("officer"), "POST", endpoint, at)], client, agreements, at, "made")
    issued = tokens.issue(asked, tokens.Terms(issuer or door.base, audience, endpoint, 300), key)
    return str(issued.body["access_token"])


async def test_a_token_of_another_time_or_for_another_audience_is_invalid(door: Door, database: Database) -> None:
    good = await token_of(door, database, time.time(), door.base)
    assert (await door.send("officer", "POST", SEARCH, json={}, token=good)).status_code == 200
    for at, audience in ((time.time() - 3600, door.base), (time.time(), "http://elsewhere")):
        wrong = await token_of(door, database, at, audience)
        refused = await door.send("officer", "POST", SEARCH, json={}, token=wrong)
        problem(refused, 401, "unauthenticated")
        assert 'error="invalid_token"' in refused.headers["www-authenticate"]


async def test_without_the_authority_a_token_is_not_called_wrong(
    door: Door, database: Database, postgres: Postgres, tmp_path: Path
) -> None:
    with postgres.database("socai_gateway", build=migrate_gateway) as other:
        async with open_door(other, tmp_path, authority=False) as alone:
            token = await token_of(door, database, time.time(), alone.base, alone.base)
            refused = await alone.http.post(SEARCH, json={}, headers={"Authorization": f"DPoP {token}"})
            assert "www-authenticate" not in refused.headers
            problem(refused, 503, "unavailable")
            assert refused.headers["retry-after"] == "2"


async def test_the_services_refuse_what_the_door_cannot_see(door: Door) -> None:
    """The door knows nothing of proofs: a stolen token gets through it, and no further."""
    token = await door.token("officer")
    address = door.base + SEARCH
    once = proof(door.key("officer"), "POST", address, time.time(), token)
    stolen = {
        "as a bearer token": {"Authorization": f"Bearer {token}"},
        "without a proof": {"Authorization": f"DPoP {token}"},
        "with a proof of another key": {
            "Authorization": f"DPoP {token}",
            "DPoP": proof(door.key("police"), "POST", address, time.time(), token),
        },
    }
    for headers in stolen.values():
        refused = await door.http.post(SEARCH, json={}, headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("DPoP ")
    headers = {"Authorization": f"DPoP {token}", "DPoP": once}
    assert (await door.http.post(SEARCH, json={}, headers=headers)).status_code == 200
    assert (await door.http.post(SEARCH, json={}, headers=headers)).status_code == 401


async def test_open_figures_can_be_read_with_a_plain_bearer_token(door: Door) -> None:
    form = token_form(
        door.clients["statistics"]["client_id"],
        door.key("statistics"),
        time.time(),
        door.base,
        scope="reporting.figures.read",
    )
    given = (await door.http.post("/oauth/token", data=form)).json()
    assert given["token_type"] == "Bearer"
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    assert (await door.http.get("/reporting/v1/population", headers=bearer)).status_code == 200
    problem(await door.http.post(SEARCH, json={}, headers=bearer), 403, "scope-insufficient")


async def test_a_scope_that_the_token_lacks_is_403(door: Door) -> None:
    refused = await door.send("police", "POST", SEARCH, json={"name": CANARY})
    problem(refused, 403, "scope-insufficient")
    assert 'error="insufficient_scope", scope="registry.search"' in refused.headers["www-authenticate"]
    narrowed = await door.token("officer", scope="registry.person.read")
    problem(await door.send("officer", "POST", SEARCH, json={}, token=narrowed), 403, "scope-insufficient")


@pytest.mark.parametrize(
    "path",
    ["/nothing", f"/registry/v1/persons/{CANARY}", "/events/metrics", "/livez", "/registry/v1/search/", "/registry"],
)
async def test_what_is_not_listed_does_not_exist_for_anybody(door: Door, path: str) -> None:
    problem(await door.http.get(path), 404, "not-found")
    problem(await door.send("officer", "GET", path), 404, "not-found")


async def test_another_method_is_405_and_names_those_allowed(door: Door) -> None:
    refused = await door.http.delete("/events/v1/reports")
    problem(refused, 405, "method-not-allowed")
    assert refused.headers["allow"] == "GET, HEAD, POST"
    problem(await door.http.get("/oauth/token"), 405, "method-not-allowed")


async def test_the_door_speaks_the_language_that_the_services_would(door: Door) -> None:
    found = {}
    for header in LANGUAGES:
        refused = await door.http.post(SEARCH, json={}, headers={"Accept-Language": header})
        language = refused.headers["content-language"]
        assert refused.headers["vary"] == "Accept-Language"
        assert problem(refused, 401, "unauthenticated")["title"] == getattr(Unauthenticated.title, language)
        found[header] = language
    assert found == LANGUAGES


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/oauth/token", 405), ("/a%2Fb", 400)])
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_refusal_of_the_door_says_in_which_language_it_is(
    door: Door, path: str, status: int, language: str
) -> None:
    refused = await door.http.get(path, headers={"Accept-Language": f"{language},fr;q=0.5"})
    assert (refused.status_code, refused.headers["content-language"]) == (status, language)
    assert refused.headers["cache-control"] == "no-store"


async def test_what_is_long_is_compressed_for_whoever_takes_it(door: Door) -> None:
    whole = await door.http.get("/gateway/openapi.json", headers={"Accept-Encoding": "identity"})
    small = await door.http.get("/gateway/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in whole.headers
    assert small.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["vary"]
    assert small.json() == whole.json()
    assert small.num_bytes_downloaded < whole.num_bytes_downloaded / 2
    again = await door.http.get("/gateway/openapi.json", headers={"If-None-Match": small.headers["etag"]})
    assert (again.status_code, small.headers["etag"]) == (304, whole.headers["etag"])


@pytest.mark.parametrize(
    ("media_type", "coding"),
    [
        ("application/json", "gzip"),
        ("text/csv; charset=utf-8", "gzip"),
        # The digest of a page of the feed is that of what is sent.
        ("application/cloudevents-batch+json", None),
    ],
)
async def test_what_is_compressed_goes_by_its_type(door: Door, media_type: str, coding: str | None) -> None:
    headers = {"Accept-Encoding": "gzip", "X-Media-Type": media_type, "X-Long": "a" * 4000}
    answer = await door.send("officer", "POST", SEARCH, json={}, headers=headers)
    assert (answer.status_code, answer.headers.get("content-encoding")) == (200, coding)


async def test_head_is_wherever_get_is_and_its_proof_is_for_head(door: Door) -> None:
    plain = {"Accept-Encoding": "identity"}
    for path in ("/", "/oauth/jwks", "/problems/not-found"):
        got, headed = await door.http.get(path, headers=plain), await door.http.head(path)
        assert (headed.status_code, headed.content) == (200, b"")
        assert headed.headers["content-length"] == got.headers["content-length"]
    figures = "/reporting/v1/population"
    assert (await door.http.head(figures)).status_code == 401
    assert (await door.send("officer", "HEAD", figures)).status_code == 200
    assert (await door.http.head("/oauth/token")).headers["allow"] == "POST"


async def test_a_service_that_is_away_is_503_with_a_time_to_come_back(door: Door) -> None:
    refused = await door.send("health", "GET", "/exchange/v1/feed")
    problem(refused, 503, "unavailable")
    assert refused.headers["retry-after"] == "2"


async def test_each_client_is_counted_by_itself(door: Door) -> None:
    """A collaborator's searches: a burst, then 429, while another client goes on."""
    burst = BUCKETS[ClientClass.FIELD, RateClass.SEARCH].burst
    answers = [await door.send("collaborator", "POST", SEARCH, json={}) for _ in range(2 * burst)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert all(answer.status_code == 200 for answer in answers[:burst])
    assert refused
    problem(refused[0], 429, "too-many-requests")
    assert refused[0].headers["retry-after"] == "1"
    assert (await door.send("officer", "POST", SEARCH, json={})).status_code == 200
    assert (await door.send("collaborator", "POST", "/registry/v1/persons/query", json={})).status_code == 200


async def test_the_access_log_tells_who_and_which_route_and_nothing_personal(door: Door) -> None:
    await door.renew("officer")
    await door.send("officer", "POST", f"{SEARCH}?name={CANARY}", json={"name": CANARY}, headers={"X-Case": CANARY})
    await door.http.get(f"/registry/v1/persons/{CANARY}")

    token = json.loads(jose.b64url_decode((await door.token("officer")).split(".")[1]))

    def of_the_officer(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [line for line in lines if line["route"] == f"POST {SEARCH}" and line["jti"] == token["jti"]]

    await door.lines(lambda all_: any(line["route"] == "unlisted" for line in all_))
    passed = of_the_officer(await door.lines(lambda all_: bool(of_the_officer(all_))))[-1]
    assert (passed["client_id"], passed["status"]) == ("sandbox-officer", 200)
    assert passed["upstream"] == "registry"
    assert isinstance(passed["duration_ms"], int)
    assert CANARY not in door.log.read_text()
    assert "127.0.0.1" not in door.log.read_text()


async def test_a_trace_passes_through_and_its_spans_name_no_address(door: Door) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    carried = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    answer = await door.send("officer", "POST", f"{SEARCH}?name={CANARY}", json={}, headers=carried)
    assert answer.json()["headers"]["traceparent"].split("-")[1] == trace
    await door.http.get(f"/registry/v1/persons/{CANARY}", headers=carried)

    def told() -> int:
        return str(door.spans).count("span_id:")

    await wait_for(lambda: told() >= 2)
    assert CANARY not in str(door.spans)


def test_the_admin_page_listens_on_loopback_only(door: Door) -> None:
    configured = (door.log.parent / "door.json").read_text()
    assert '"admin": {\n  "address": {\n   "socket_address": {\n    "address": "127.0.0.1"' in configured
    assert (door.log.parent / "door.json").stat().st_mode & 0o077 == 0


def test_the_door_says_nothing_alarming(door: Door) -> None:
    said = Path(door.log.parent / "door.log").read_text()
    assert "[warning]" not in said
    assert "[error]" not in said
