"""Is what may be used once remembered for as long as anybody would take it, by every authority of the database?"""

import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import asyncpg
import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from deploy.local.databases import Database
from gateway import audit, keys
from gateway.keys import GRACE, SKEW
from gateway.sandbox.clients import ensure
from gateway.settings import GatewaySettings
from kit.auth.proofs import WINDOW
from kit.process.database import Connection
from socai.client import proof
from tests.support.gateway import BASE, ENDPOINT, ask_token, authority, migrate_gateway, token_form

NOW = float(int(time.time()))
LINE = audit.Line(audit.Action.TOKEN_ISSUED, "clinic")
AT, UNTIL = keys.utc(NOW), keys.utc(NOW + 100)


@pytest.fixture
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_gateway", build=migrate_gateway)


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    opened = await asyncpg.connect(database.writer_dsn)
    yield opened
    await opened.close()


@pytest.fixture
def settings(database: Database) -> GatewaySettings:
    return GatewaySettings(writer_dsn=database.writer_dsn, public_base=BASE)


@pytest.fixture
async def key(database: Database) -> ECKey:
    return ECKey.import_key((await ensure(database.writer_dsn, {"*": ("31",)}))["health"]["private_jwk"])


async def test_an_id_is_used_up_for_its_kind_and_its_owner_only(connection: Connection) -> None:
    used = [("proof", "ab", "c")]
    assert await audit.write_once(connection, LINE, AT, used, UNTIL)
    assert not await audit.write_once(connection, LINE, AT, used, UNTIL)
    for other in (("assertion", "ab", "c"), ("proof", "a", "bc"), ("proof", "xy", "c"), ("proof", "ab", "d")):
        assert await audit.write_once(connection, LINE, AT, [other], UNTIL)


async def test_what_is_used_up_is_forgotten_when_its_time_has_passed_and_not_before(connection: Connection) -> None:
    used = [("proof", "key", "id")]
    assert await audit.write_once(connection, LINE, AT, used, UNTIL)
    await audit.forget_used(connection, UNTIL)
    assert not await audit.write_once(connection, LINE, AT, used, UNTIL)
    await audit.forget_used(connection, UNTIL + timedelta(seconds=1))
    assert await audit.write_once(connection, LINE, AT, used, UNTIL)


@pytest.mark.parametrize("ahead", [0, SKEW.total_seconds()], ids=["same clock", "another clock ahead"])
async def test_a_proof_works_once_for_as_long_as_it_is_fresh(
    settings: GatewaySettings, key: ECKey, ahead: float
) -> None:
    """The other authority reads its keys, and forgets, at the last moment of a proof whose clock was ahead."""
    now, last = [NOW], NOW + 2 * WINDOW
    shown = {"DPoP": proof(key, "POST", ENDPOINT, NOW + WINDOW)}

    async def ask(http: httpx.AsyncClient) -> httpx.Response:
        return await http.post(ENDPOINT, data=token_form("sandbox-health", key, now[0]), headers=shown)

    async with authority(settings, lambda: now[0]) as one, authority(settings, lambda: now[0] + ahead) as other:
        assert (await ask(one)).status_code == 200
        now[0] = last
        assert (await other.get("/oauth/jwks")).status_code == 200
        again = await ask(one)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


async def test_what_was_used_up_is_not_kept_for_good(
    settings: GatewaySettings, key: ECKey, connection: Connection
) -> None:
    now = [NOW]
    async with authority(settings, lambda: now[0]) as http:
        assert (await ask_token(http, "sandbox-health", key, NOW)).status_code == 200
        assert await connection.fetchval("select count(*) from used_once") == 2
        now[0] += 600
        await http.get("/oauth/jwks")
    assert await connection.fetchval("select count(*) from used_once") == 0


async def test_an_authority_notices_within_half_a_minute_that_a_key_was_given_up(
    settings: GatewaySettings, connection: Connection
) -> None:
    now = [NOW]

    async def published(http: httpx.AsyncClient) -> set[str]:
        return {one["kid"] for one in (await http.get("/oauth/jwks")).json()["keys"]}

    async with authority(settings, lambda: now[0]) as http:
        before = await published(http)
        await keys.rotate(connection, AT, 30, compromised=True)
        assert await published(http) == before, "the database is not asked for each token"
        now[0] += 31
        assert before - await published(http)


async def test_a_token_names_its_issuer_and_audience_and_stands_in_the_audit(
    database: Database, key: ECKey, connection: Connection
) -> None:
    issuer, audience = "https://issuer.example", "https://services.example"
    settings = GatewaySettings(
        writer_dsn=database.writer_dsn, public_base=BASE + "/", issuer=issuer, audience=audience, token_seconds=60
    )
    async with authority(settings, lambda: NOW) as http:
        form, shown = token_form("sandbox-health", key, NOW, issuer), {"DPoP": proof(key, "POST", ENDPOINT, NOW)}
        answer = await http.post(ENDPOINT, data=form, headers=shown)
        known = KeySet.import_key_set((await http.get("/oauth/jwks")).json())
    claims = jwt.decode(answer.json()["access_token"], known, algorithms=["ES256"]).claims
    assert (claims["iss"], claims["aud"], claims["exp"] - claims["iat"]) == (issuer, audience, 60)
    assert await connection.fetchval("select jti from audit where action = 'token.issued'") == claims["jti"]


def test_a_key_stays_published_for_longer_than_any_token_lives() -> None:
    assert timedelta(seconds=GatewaySettings(token_seconds=600).token_seconds) + 2 * SKEW < GRACE
    with pytest.raises(ValueError, match="token_seconds"):
        GatewaySettings(token_seconds=601)
