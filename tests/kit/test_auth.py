"""Does the services' own lock hold: one line of a table for each clause of RFC 9068, 9449 and 6750?"""

import hashlib
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import OctKey, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.scopes import Scope
from kit.auth import jose
from kit.auth.access import Access
from kit.auth.callers import Verifier, guarded, require
from kit.auth.key_sets import KeySets
from kit.auth.proofs import Replays
from kit.http.problems import Problem, Unauthenticated, Unavailable
from socai.client import proof
from tests.support.tokens import (
    BASE,
    CLIENT_KEY,
    ISSUER_KEY,
    NOW,
    OTHER_KEY,
    access_claims,
    access_token,
    issuer_keys,
    key_set,
    sign,
    signed_anyhow,
    unsigned,
)

PATH = "/registry/v1/persons/query"
TOKEN = access_token()
DEEP = b'{"typ":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"
RSA = RSAKey.generate_key(2048, private=True)


def verifier(keys: bytes | None = None, at: float = NOW) -> Verifier:
    return Verifier(issuer=BASE, audience=BASE, public_base=BASE, keys=issuer_keys(keys), clock=lambda: at)


def shown(token: str, *, method: str = "POST", path: str = PATH, key: Any = CLIENT_KEY, **changed: Any) -> str:
    return proof(key, method, BASE + path, NOW, token, **changed)


async def identify(token: str, dpop: str | None = None, scheme: str = "DPoP", checks: Verifier | None = None) -> Access:
    dpops = [] if dpop is None else [dpop]
    return await (checks or verifier()).identify("POST", PATH, [f"{scheme} {token}"], dpops)


async def test_a_good_token_with_its_proof_tells_who_asks_and_for_what() -> None:
    token = access_token()
    access = await identify(token, shown(token))
    assert access == Access(
        client_id="clinic",
        subject="clinic",
        scopes=frozenset({"registry.person.read", "reporting.figures.read"}),
        jti="token-1",
        jkt=CLIENT_KEY.thumbprint(),
        purpose="health.care",
        legal_basis="act",
        areas=("31-20250701",),
        view="health",
    )


async def test_scheme_names_are_taken_in_any_case() -> None:
    token = access_token()
    assert (await identify(token, shown(token), scheme="dpop")).client_id == "clinic"


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
async def test_media_types_are_taken_in_any_case_and_in_full(typ: str) -> None:
    token = access_token({"typ": typ})
    assert (await identify(token, shown(token))).client_id == "clinic"


async def test_a_token_without_details_has_no_purpose() -> None:
    token = access_token(authorization_details=None)
    access = await identify(token, shown(token))
    assert (access.purpose, access.areas) == ("", ())


async def test_a_token_ends_with_the_key_that_signed_it_however_long_it_would_live() -> None:
    """Whoever has stolen a key signs for years; it is given up as compromised, and published no more."""
    published, now = [key_set()], [NOW]

    async def fetch() -> bytes:
        return published[0]

    keys = KeySets(fetch, lambda: now[0])
    checks = Verifier(issuer=BASE, audience=BASE, public_base=BASE, keys=keys, clock=lambda: now[0])
    token = access_token(exp=int(NOW) + 100_000_000)
    assert (await identify(token, shown(token), checks=checks)).client_id == "clinic"
    published[0] = key_set(OTHER_KEY)
    now[0] += 301
    with pytest.raises(Unauthenticated):
        await identify(token, proof(CLIENT_KEY, "POST", BASE + PATH, now[0], token), checks=checks)


WRONG_TOKENS = {
    "expired": access_token(exp=int(NOW) - 5),
    "no exp": access_token(exp=None),
    "exp as text": access_token(exp="tomorrow"),
    "exp beyond all numbers": sign(
        {"typ": "at+jwt", "kid": "issuer-1"},
        b'{"iss":"a","aud":"a","sub":"a","client_id":"a","iat":1,"jti":"a","exp":1' + b"0" * 400 + b"}",
        ISSUER_KEY,
    ),
    "issued in the future": access_token(iat=int(NOW) + 120),
    "another issuer": access_token(iss="http://elsewhere"),
    "another audience": access_token(aud="http://elsewhere"),
    "an array of audiences": access_token(aud=[BASE]),
    "no client_id": access_token(client_id=None),
    "an ID token": access_token({"typ": "JWT"}),
    "no typ": sign({"kid": "issuer-1"}, access_claims(), ISSUER_KEY),
    "alg none": unsigned({"alg": "none", "typ": "at+jwt", "kid": "issuer-1"}, access_claims()),
    "ES256 without a signature": unsigned({"alg": "ES256", "typ": "at+jwt", "kid": "issuer-1"}, access_claims()),
    "RS256": sign({"alg": "RS256", "typ": "at+jwt", "kid": "issuer-1"}, access_claims(), RSA),
    "HS256 with the public key": sign(
        {"alg": "HS256", "typ": "at+jwt", "kid": "issuer-1"}, access_claims(), OctKey.import_key(key_set())
    ),
    "signed by somebody else": access_token(key=OTHER_KEY),
    "an unknown kid": access_token({"kid": "issuer-9"}),
    "a critical extension": signed_anyhow(
        {"alg": "ES256", "typ": "at+jwt", "kid": "issuer-1", "crit": ["b64"], "b64": False}, access_claims(), ISSUER_KEY
    ),
    "another algorithm's name": signed_anyhow(
        {"alg": "ES256K", "typ": "at+jwt", "kid": "issuer-1"}, access_claims(), ISSUER_KEY
    ),
    "two purposes": access_token(authorization_details=[{"type": "registry_purpose", "purpose": "a"}] * 2),
    "details that are no array": access_token(authorization_details={"type": "registry_purpose"}),
    "a cnf without jkt": access_token(cnf={"x5t#S256": "abc"}),
    "a short signature": unsigned({"alg": "ES256", "typ": "at+jwt", "kid": "issuer-1"}, access_claims(), b"s" * 63),
    "a header nested a million deep": unsigned(DEEP, access_claims()),
    "a payload nested a few thousand deep": unsigned(
        {"alg": "ES256", "typ": "at+jwt", "kid": "issuer-1"}, b'{"x":' + b"[" * 2_500 + b"]" * 2_500 + b"}"
    ),
    "a payload that is no object": unsigned({"alg": "ES256", "typ": "at+jwt", "kid": "issuer-1"}, b"[]"),
    "a lone surrogate": unsigned({"alg": "ES256", "typ": "at+jwt"}, b'{"iss":"\\ud800"}'),
    "bytes that are no UTF-8": unsigned({"alg": "ES256", "typ": "at+jwt"}, b'{"iss":"\xff"}'),
    "NUL": "a\0.b.c",
    "letters that are not ASCII": "\u1ea5.b.c",
    "a lone surrogate in the header line": "\ud800.b.c",
    "two parts": "a.b",
    "five parts": "a.b.c.d.e",
    "empty parts": "..",
    "nothing": "",
    "no base64": "!.!.!",
    "spaces": "a b c",
    "a huge one": "a" * 100_000,
}


@pytest.mark.parametrize("token", WRONG_TOKENS.values(), ids=WRONG_TOKENS.keys())
async def test_a_wrong_token_is_refused_with_401(token: str) -> None:
    made = shown(token) if token.isascii() else shown("other")
    with pytest.raises(Unauthenticated) as refused:
        await identify(token, made)
    challenge = refused.value.headers()["WWW-Authenticate"]
    assert challenge.startswith('DPoP realm="socai", error="invalid_token"')
    assert f'resource_metadata="{BASE}/.well-known/oauth-protected-resource"' in challenge
    assert challenge.isascii()


def wrong_proofs() -> dict[str, str | None]:
    token = TOKEN
    jwk = dict(CLIENT_KEY.as_dict(private=False))
    ath = jose.b64url(hashlib.sha256(token.encode()).digest())
    good = {"htm": "POST", "htu": BASE + PATH, "iat": int(NOW), "jti": "p", "ath": ath}
    return {
        "none": None,
        "empty": "",
        "another method": shown(token, method="GET"),
        "another path": shown(token, path="/registry/v1/search"),
        "another host": shown(token, htu="http://127.0.0.2:8080" + PATH),
        "another port": shown(token, htu="http://127.0.0.1:8081" + PATH),
        "another scheme": shown(token, htu="https://127.0.0.1:8080" + PATH),
        "no address": shown(token, htu="http://[::1"),
        "a port that is no number": shown(token, htu="http://127.0.0.1:99999999" + PATH),
        "too old": shown(token, iat=int(NOW) - 61),
        "too new": shown(token, iat=int(NOW) + 61),
        "iat as text": shown(token, iat="now"),
        "no iat": shown(token, iat=None),
        "the token's digest missing": shown(token, ath=""),
        "the digest of another token": shown(access_token(jti="token-2")),
        "no jti": shown(token, jti=None),
        "an empty jti": shown(token, jti=""),
        "an endless jti": shown(token, jti="j" * 129),
        "the token as the proof": token,
        "another key": shown(token, key=OTHER_KEY),
        "signed by another key": sign({"typ": "dpop+jwt", "jwk": jwk}, good, OTHER_KEY),
        "a private key inside": sign(
            {"typ": "dpop+jwt", "jwk": dict(CLIENT_KEY.as_dict(private=True))}, good, CLIENT_KEY
        ),
        "no key inside": sign({"typ": "dpop+jwt"}, good, CLIENT_KEY),
        "an RSA key inside": sign(
            {"alg": "RS256", "typ": "dpop+jwt", "jwk": dict(RSA.as_dict(private=False))}, good, RSA
        ),
        "no curve point": unsigned({"alg": "ES256", "typ": "dpop+jwt", "jwk": {**jwk, "x": jwk["y"]}}, good, b"s" * 64),
        "a short coordinate": unsigned({"alg": "ES256", "typ": "dpop+jwt", "jwk": {**jwk, "x": "AA"}}, good, b"s" * 64),
        "another typ": sign({"typ": "JWT", "jwk": jwk}, good, CLIENT_KEY),
        "alg none": unsigned({"alg": "none", "typ": "dpop+jwt", "jwk": jwk}, good),
        "nested a million deep": unsigned(DEEP, good),
        "garbage": "\x00\xff",
        "huge": "a" * 100_000,
    }


@pytest.mark.parametrize("dpop", wrong_proofs().values(), ids=wrong_proofs().keys())
async def test_a_wrong_proof_is_refused_with_401(dpop: str | None) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await identify(TOKEN, dpop)
    assert "error=" in refused.value.headers()["WWW-Authenticate"]
    assert refused.value.errors[0].pointer == "header/dpop"


async def test_the_same_without_its_fault_is_a_good_proof() -> None:
    jwk = dict(CLIENT_KEY.as_dict(private=False))
    ath = jose.b64url(hashlib.sha256(TOKEN.encode()).digest())
    good = {"htm": "POST", "htu": BASE + PATH, "iat": int(NOW), "jti": "p", "ath": ath}
    for dpop in (shown(TOKEN), sign({"typ": "dpop+jwt", "jwk": jwk}, good, CLIENT_KEY)):
        assert (await identify(TOKEN, dpop)).client_id == "clinic"
    assert (await identify(expiring := access_token(exp=int(NOW) - 4), shown(expiring))).client_id == "clinic"


async def test_what_is_told_of_a_fault_repeats_nothing_that_was_sent() -> None:
    with pytest.raises(Unauthenticated) as refused:
        await identify("a\u1ea5b", shown("other"))
    assert 'error_description="the token is malformed"' in refused.value.headers()["WWW-Authenticate"]


async def test_without_credentials_it_is_said_what_is_missing_and_how_to_ask() -> None:
    with pytest.raises(Unauthenticated) as refused:
        await verifier().identify("POST", PATH, [], [])
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("header/authorization", "missing")]
    metadata = f'resource_metadata="{BASE}/.well-known/oauth-protected-resource"'
    assert refused.value.headers()["WWW-Authenticate"] == f'DPoP realm="socai", {metadata}, algs="ES256"'


async def test_details_of_another_type_are_no_purpose() -> None:
    purpose = access_claims()["authorization_details"][0]
    token = access_token(authorization_details=[{"type": "other", "purpose": "theirs"}, purpose])
    assert (await identify(token, shown(token))).purpose == "health.care"


async def test_a_proof_of_a_clock_ahead_works_once_in_all_of_its_time() -> None:
    now = [NOW]
    checks = Verifier(issuer=BASE, audience=BASE, public_base=BASE, keys=issuer_keys(), clock=lambda: now[0])
    made = shown(TOKEN, iat=int(NOW) + 60)
    await identify(TOKEN, made, checks=checks)
    now[0] += 120
    with pytest.raises(Unauthenticated) as refused:
        await identify(TOKEN, made, checks=checks)
    assert "used before" in refused.value.headers()["WWW-Authenticate"]


async def test_what_stands_twice_is_named_by_its_header() -> None:
    token = access_token()
    sent = {
        "authorization": ([f"DPoP {token}"] * 2, [shown(token)], "invalid_token"),
        "dpop": ([f"DPoP {token}"], [shown(token), shown(token)], "invalid_dpop_proof"),
    }
    for header, (credentials, proofs, error) in sent.items():
        with pytest.raises(Unauthenticated) as refused:
            await verifier().identify("POST", PATH, credentials, proofs)
        assert [fault.pointer for fault in refused.value.errors] == [f"header/{header}"]
        assert f'error="{error}"' in refused.value.headers()["WWW-Authenticate"]


async def test_one_signature_is_written_in_one_way() -> None:
    """Another spelling of the same numbers would be another token."""
    *signed, signature = TOKEN.split(".")
    raw = jose.b64url_decode(signature)
    other = ".".join((*signed, jose.b64url(raw[:32] + b"\0" + raw[32:])))
    with pytest.raises(Unauthenticated):
        await identify(other, shown(other))


async def test_who_could_not_be_remembered_is_not_let_in() -> None:
    checks = verifier()
    checks._replays = Replays(capacity=0)
    with pytest.raises(Unavailable):
        await identify(TOKEN, shown(TOKEN), checks=checks)


async def test_a_proof_works_once() -> None:
    token, checks = access_token(), verifier()
    made = shown(token)
    await identify(token, made, checks=checks)
    with pytest.raises(Unauthenticated, match="unauthenticated") as refused:
        await identify(token, made, checks=checks)
    assert "used before" in refused.value.headers()["WWW-Authenticate"]
    await identify(token, shown(token), checks=checks)


async def test_the_address_is_compared_without_query_and_in_its_normal_form() -> None:
    token, checks = access_token(), verifier()
    for htu in (f"{BASE}{PATH}?x=1#y", f"HTTP://127.0.0.1:8080{PATH}", f"{BASE}/registry/v1/persons/qu%65ry"):
        await identify(token, shown(token, htu=htu), checks=checks)


async def test_a_bound_token_is_no_bearer_token_and_the_other_way_round() -> None:
    bound, unbound = access_token(), access_token(cnf=None)
    for token, scheme, dpop in (
        (bound, "Bearer", None),
        (bound, "Bearer", shown(bound)),
        (unbound, "DPoP", shown(unbound)),
    ):
        with pytest.raises(Unauthenticated):
            await identify(token, dpop, scheme=scheme)
    assert not (await identify(unbound, scheme="Bearer")).jkt


@pytest.mark.parametrize("authorization", [[], ["DPoP a", "DPoP b"], ["Basic abc"], [""], ["DPoP"], ["\0"]])
async def test_missing_or_doubled_credentials_are_refused(authorization: list[str]) -> None:
    with pytest.raises(Unauthenticated):
        await verifier().identify("POST", PATH, authorization, [])


async def test_a_token_stops_working_when_it_expires_although_it_was_seen_before() -> None:
    token, now = access_token(), [NOW]
    checks = Verifier(issuer=BASE, audience=BASE, public_base=BASE, keys=issuer_keys(), clock=lambda: now[0])
    await identify(token, shown(token), checks=checks)
    now[0] = NOW + 306
    with pytest.raises(Unauthenticated) as refused:
        await identify(token, proof(CLIENT_KEY, "POST", BASE + PATH, now[0], token), checks=checks)
    assert "expired" in refused.value.headers()["WWW-Authenticate"]


async def test_without_the_issuers_keys_nobody_can_be_told_apart_for_now() -> None:
    token = access_token()
    with pytest.raises(Unavailable) as unavailable:
        await identify(token, shown(token), checks=verifier(b"no keys"))
    assert unavailable.value.retry_after


def application() -> FastAPI:
    app = FastAPI()
    app.state.verifier = verifier()

    @app.get("/figures")
    async def figures(access: Annotated[Access, require(Scope.REPORTING_FIGURES_READ)]) -> str:
        return access.client_id

    @guarded(Scope.REGISTRY_PERSON_READ)
    async def persons(_: Request, access: Access) -> Response:
        return JSONResponse(access.client_id)

    @guarded(Scope.REGISTRY_SEARCH)
    async def search(_: Request, access: Access) -> Response:
        return JSONResponse(access.client_id)

    async def on_problem(_: Request, problem: Exception) -> Response:
        assert isinstance(problem, Problem)
        return Response(problem.body(), problem.status, problem.headers())

    app.add_exception_handler(Problem, on_problem)
    app.add_route("/persons", persons, methods=["GET"])
    app.add_route("/search", search, methods=["GET"])
    return app


async def get(path: str, token: str, *, bearer: bool = False) -> httpx.Response:
    headers = {"Authorization": f"{'Bearer' if bearer else 'DPoP'} {token}"}
    if not bearer:
        headers["DPoP"] = proof(CLIENT_KEY, "GET", BASE + path, NOW, token)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application()), base_url=BASE) as client:
        return await client.get(f"{path}?of=whatever", headers=headers)


async def test_plain_routes_and_path_operations_ask_for_their_scope() -> None:
    token = access_token()
    assert (await get("/persons", token)).json() == "clinic"
    assert (await get("/figures", token)).json() == "clinic"
    refused = await get("/search", token)
    assert refused.status_code == 403
    assert 'error="insufficient_scope", scope="registry.search"' in refused.headers["WWW-Authenticate"]


async def test_a_token_bound_to_no_key_only_reads_what_is_of_low_risk() -> None:
    token = access_token(cnf=None)
    assert (await get("/figures", token, bearer=True)).status_code == 200
    assert (await get("/persons", token, bearer=True)).status_code == 401


async def test_documents_and_tests_can_read_the_scope_of_a_route() -> None:
    app = application()
    operation = app.openapi()["paths"]["/figures"]["get"]
    assert operation["security"] == [{"authority": ["reporting.figures.read"]}]
    assert any(
        getattr(getattr(route, "endpoint", None), "scope", None) == Scope.REGISTRY_SEARCH for route in app.routes
    )
