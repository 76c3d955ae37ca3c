"""Does the authority do over HTTP and PostgreSQL what the rules of tokens say?"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import httpx
import psycopg
import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from contracts.scopes import Scope
from deploy.local.databases import Database
from gateway import metadata
from gateway.sandbox.clients import ROLES, SandboxClient, ensure
from gateway.settings import GatewaySettings
from socai.client import proof
from tests.support.databases import Postgres
from tests.support.gateway import BASE, ENDPOINT, ask_token, authority, migrate_gateway, run_gateway, token_form

AREAS = {"*": ("31-20250701",), "collaborator": ("10507-20250701-001",)}


@pytest.fixture(scope="module")
def settings(database: Database) -> GatewaySettings:
    return GatewaySettings(writer_dsn=database.writer_dsn, owner_dsn=database.owner_dsn, public_base=BASE)


@pytest.fixture(scope="module")
async def clients(database: Database) -> dict[str, SandboxClient]:
    return await ensure(database.writer_dsn, AREAS)


@pytest.fixture
async def http(settings: GatewaySettings, clients: dict[str, SandboxClient]) -> AsyncIterator[httpx.AsyncClient]:
    async with authority(settings) as client:
        yield client


def key_of(client: SandboxClient) -> ECKey:
    return ECKey.import_key(client["private_jwk"])


async def test_every_sandbox_client_gets_a_token_for_its_scopes_purpose_and_areas(
    http: httpx.AsyncClient, clients: dict[str, SandboxClient]
) -> None:
    keys = KeySet.import_key_set((await http.get("/oauth/jwks")).json())
    assert set(clients) == set(ROLES)
    for name, client in clients.items():
        answer = await ask_token(http, client["client_id"], key_of(client), time.time())
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        claims = jwt.decode(answer.json()["access_token"], keys, algorithms=["ES256"]).claims
        assert sorted(claims["scope"].split()) == client["scopes"]
        detail = claims["authorization_details"][0]
        assert detail["purpose"] in client["purposes"]
        assert detail["areas"] == client["areas"] == list(AREAS.get(name, AREAS["*"]))
        assert claims["cnf"]["jkt"] == key_of(client).thumbprint()


async def test_a_second_start_of_the_sandbox_keeps_the_keys(
    database: Database, clients: dict[str, SandboxClient]
) -> None:
    assert await ensure(database.writer_dsn, AREAS) == clients


async def test_an_assertion_and_a_proof_work_once(http: httpx.AsyncClient, clients: dict[str, SandboxClient]) -> None:
    client = clients["health"]
    key, now = key_of(client), time.time()
    form = token_form(client["client_id"], key, now)
    used = {"DPoP": proof(key, "POST", ENDPOINT, now)}
    assert (await http.post(ENDPOINT, data=form, headers=used)).status_code == 200
    again = await http.post(ENDPOINT, data=form, headers={"DPoP": proof(key, "POST", ENDPOINT, now)})
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
    replayed = await http.post(ENDPOINT, data=token_form(client["client_id"], key, now), headers=used)
    assert (replayed.status_code, replayed.json()["error"]) == (401, "invalid_client")


async def test_many_first_requests_at_once_meet_one_pair_of_keys(postgres: Postgres) -> None:
    with postgres.database("socai_gateway", build=migrate_gateway) as made:
        key = key_of((await ensure(made.writer_dsn, AREAS))["health"])
        fresh = GatewaySettings(writer_dsn=made.writer_dsn, public_base=BASE)
        async with authority(fresh) as one, authority(fresh) as other:
            asked = [ask_token(http, "sandbox-health", key, time.time()) for http in (one, other) * 10]
            assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
            assert len((await one.get("/oauth/jwks")).json()["keys"]) == 2


async def test_a_key_signs_for_as_many_days_as_the_settings_say(postgres: Postgres) -> None:
    with postgres.database("socai_gateway", build=migrate_gateway) as made:
        short = GatewaySettings(writer_dsn=made.writer_dsn, public_base=BASE, key_days=7)
        async with authority(short) as http:
            assert len((await http.get("/oauth/jwks")).json()["keys"]) == 2
        with psycopg.connect(made.owner_dsn) as connection:
            terms = connection.execute("select signs_until - signs_from from signing_key").fetchall()
    assert terms == [(timedelta(days=7),)] * 2


async def test_what_the_authority_decides_stands_in_the_audit(
    http: httpx.AsyncClient, clients: dict[str, SandboxClient], database: Database
) -> None:
    client = clients["police"]
    good = await ask_token(http, client["client_id"], key_of(client), time.time())
    bad = await ask_token(http, client["client_id"], key_of(client), time.time(), scope="events.unit.write")
    assert (good.status_code, bad.status_code) == (200, 400)
    with psycopg.connect(database.reader_dsn) as connection:
        rows = connection.execute(
            "select action, scope <> '', purpose, reason from audit where client_id = %s and action like 'token%%'"
            " order by line desc limit 2",
            [client["client_id"]],
        ).fetchall()
    assert rows == [
        ("token.refused", False, "", "invalid_scope"),
        ("token.issued", True, "police.residence-registration", ""),
    ]


async def test_nobody_who_runs_may_rewrite_the_audit_and_no_reader_sees_a_private_key(database: Database) -> None:
    writer = await asyncpg.connect(database.writer_dsn)
    reader = await asyncpg.connect(database.reader_dsn)
    try:
        for statement in ("update audit set reason = ''", "delete from audit", "truncate audit"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await writer.execute(statement)
        for statement in ("select private_jwk from signing_key", "select private_jwk from sandbox_key"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await reader.execute(statement)
    finally:
        await writer.close()
        await reader.close()


WRONG_REQUESTS = {
    "no form": {"content": b"{}", "headers": {"Content-Type": "application/json"}},
    "an empty form": {"content": b"", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    "a field twice": {
        "content": b"grant_type=client_credentials&grant_type=client_credentials",
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    },
    "too many fields": {
        "content": b"&".join(b"a%d=1" % number for number in range(50)),
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    },
    "bytes that are no text": {
        "content": b"grant_type=%ff%fe\xff",
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    },
}


@pytest.mark.parametrize("request_", WRONG_REQUESTS.values(), ids=WRONG_REQUESTS.keys())
async def test_a_malformed_request_is_an_error_of_the_protocol(
    http: httpx.AsyncClient, request_: dict[str, object]
) -> None:
    answer = await http.post(ENDPOINT, **request_)  # type: ignore[arg-type]  # keyword arguments of httpx by name
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_the_authority_and_the_services_describe_themselves(http: httpx.AsyncClient) -> None:
    server = (await http.get("/.well-known/oauth-authorization-server")).json()
    resource = (await http.get("/.well-known/oauth-protected-resource")).json()
    assert server["issuer"] == BASE
    assert server["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert set(server["scopes_supported"]) == {str(scope) for scope in Scope}
    assert (resource["resource"], resource["authorization_servers"]) == (BASE, [BASE])
    assert (await http.get("/.well-known/jwks.json")).json() == (await http.get("/oauth/jwks")).json()


def test_the_metadata_passes_the_check_of_rfc_8414() -> None:
    document = metadata.authorization_server(GatewaySettings(public_base="https://socai.example"))
    AuthorizationServerMetadata(document).validate()


async def test_published_keys_are_public(http: httpx.AsyncClient) -> None:
    keys = (await http.get("/oauth/jwks")).json()["keys"]
    assert len(keys) == 2
    assert all(set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"} for key in keys)


async def test_the_register_is_shown_to_whom_it_concerns(
    http: httpx.AsyncClient, clients: dict[str, SandboxClient]
) -> None:
    async def shown_to(name: str) -> httpx.Response:
        client, now = clients[name], time.time()
        token = (await ask_token(http, client["client_id"], key_of(client), now)).json()["access_token"]
        address = f"{BASE}/gateway/v1/clients"
        made = proof(key_of(client), "GET", address, now, token)
        return await http.get(address, headers={"Authorization": f"DPoP {token}", "DPoP": made})

    listed = await shown_to("operator")
    assert {one["client_id"] for one in listed.json()["clients"]} >= {
        client["client_id"] for client in clients.values()
    }
    assert "jwk" not in listed.text
    assert (await shown_to("police")).status_code == 403


@pytest.mark.parametrize("path", ["/", "/problems", "/catalogue"])
async def test_pages_are_for_people(http: httpx.AsyncClient, path: str) -> None:
    page = await http.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert 'lang="vi"' in page.text


async def test_every_problem_of_the_list_has_its_page(http: httpx.AsyncClient) -> None:
    listed = (await http.get("/problems")).text
    codes = [part.partition('"')[0] for part in listed.split('href="/problems/')[1:]]
    assert {"unauthenticated", "scope-insufficient", "headers-too-large"} <= set(codes)
    for code in codes:
        assert (await http.get(f"/problems/{code}")).status_code == 200
    assert (await http.get("/problems/no-such-code")).status_code == 404


async def test_the_catalogue_leads_to_schemas_and_examples_and_to_no_other_file(http: httpx.AsyncClient) -> None:
    page = (await http.get("/catalogue")).text
    links = [part.partition('"')[0] for part in page.split('href="')[1:]]
    assert any("/examples/" in link for link in links)
    for link in links:
        assert (await http.get(link)).json()
    for path in ("/catalogue/schemas/RELEASED", "/catalogue/../app.py", "/catalogue/%2e%2e/%2e%2e/pyproject.toml"):
        assert (await http.get(path)).status_code == 404


async def test_the_openapi_document_is_served(http: httpx.AsyncClient) -> None:
    paths = (await http.get("/gateway/openapi.json")).json()["paths"]
    assert {"/oauth/token", "/oauth/jwks", "/gateway/v1/clients"} <= set(paths)


async def test_the_document_describes_what_a_token_comes_with_and_every_refusal(
    http: httpx.AsyncClient, clients: dict[str, SandboxClient]
) -> None:
    document = (await http.get("/gateway/openapi.json")).json()
    schemas = document["components"]["schemas"]
    described = {
        status: schemas[answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]]
        for status, answer in document["paths"]["/oauth/token"]["post"]["responses"].items()
        if status in {"200", "400", "401"}
    }
    client = clients["health"]
    asked: tuple[tuple[str, dict[str, str]], ...] = (("200", {}), ("400", {"scope": "no.such.scope"}))
    for status, form in asked:
        answer = await ask_token(http, client["client_id"], key_of(client), time.time(), **form)
        assert str(answer.status_code) == status
        assert answer.json().keys() == described[status]["properties"].keys()
    assert described["401"] == described["400"]
    token = (await ask_token(http, client["client_id"], key_of(client), time.time())).json()
    (purpose,) = token["authorization_details"]
    assert purpose.keys() == schemas["Purpose"]["properties"].keys()
    assert document["paths"]["/gateway/v1/clients"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


async def test_a_revoked_client_gets_no_token(
    settings: GatewaySettings, database: Database, clients: dict[str, SandboxClient]
) -> None:
    client = clients["social-insurance"]
    async with authority(settings) as http:
        assert (await ask_token(http, client["client_id"], key_of(client), time.time())).status_code == 200
        assert run_gateway(database, "clients", "revoke", client["client_id"]).returncode == 0
        answer = await ask_token(http, client["client_id"], key_of(client), time.time())
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        await ensure(database.writer_dsn, AREAS)
        assert (await ask_token(http, client["client_id"], key_of(client), time.time())).status_code == 401
