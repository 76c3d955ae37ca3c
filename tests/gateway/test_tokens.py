"""Which token requests are granted, and which are refused: one line for each clause."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from contracts.scopes import Scope
from gateway import assertions, keys
from gateway.agreements import Agreement, in_force
from gateway.clients import Client, ClientStatus, check_key
from gateway.limits import ClientClass
from gateway.tokens import Asked, Issued, Terms, TokenRefused, issue
from socai.client import assertion, proof
from tests.support.tokens import BASE, CLIENT_KEY, NOW, OTHER_KEY, sign, signed_anyhow, unsigned

ENDPOINT = BASE + "/oauth/token"
TERMS = Terms(BASE, BASE, ENDPOINT, 300)
KEY = keys.make_key(keys.utc(NOW) - timedelta(days=1), keys.utc(NOW) + timedelta(days=1))
PUBLIC = dict(CLIENT_KEY.as_dict(private=False))
CLINIC = Client(
    "clinic",
    "Clinic",
    (check_key(PUBLIC),),
    frozenset({Scope.REGISTRY_PERSON_READ, Scope.REPORTING_FIGURES_READ}),
    ClientClass.PARTNER,
)
AGREED = Agreement("clinic", "health.care", "act-1", "health", ("31-20250701", "10507-20250701"), date(2026, 1, 1))
RSA = RSAKey.generate_key(2048, private=True)


def form(**changed: str | None) -> dict[str, str]:
    whole = {
        "grant_type": "client_credentials",
        "scope": "registry.person.read",
        "client_assertion_type": assertions.TYPE,
        "client_assertion": assertion("clinic", CLIENT_KEY, BASE, NOW),
    } | changed
    return {name: value for name, value in whole.items() if value is not None}


def ask(
    given: Mapping[str, str] | None = None,
    proofs: list[str] | None = None,
    client: Client | None = CLINIC,
    agreements: tuple[Agreement, ...] = (AGREED,),
) -> Issued:
    shown = [proof(CLIENT_KEY, "POST", ENDPOINT, NOW)] if proofs is None else proofs
    return issue(Asked(form() if given is None else given, shown, client, agreements, NOW, "token-1"), TERMS, KEY)


def claims(issued: Issued) -> dict[str, Any]:
    decoded = jwt.decode(issued.body["access_token"], CLIENT_KEY.import_key(KEY.public_jwk()), algorithms=["ES256"])
    assert decoded.header == {"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid}
    return dict(decoded.claims)


def test_a_token_says_who_may_do_what_for_which_purpose_and_to_whose_key_it_is_bound() -> None:
    issued = ask()
    assert claims(issued) == {
        "iss": BASE,
        "aud": BASE,
        "sub": "clinic",
        "client_id": "clinic",
        "iat": int(NOW),
        "exp": int(NOW) + 300,
        "jti": "token-1",
        "scope": "registry.person.read",
        "rate_class": "partner",
        "cnf": {"jkt": CLIENT_KEY.thumbprint()},
        "authorization_details": [
            {
                "type": "registry_purpose",
                "purpose": "health.care",
                "legal_basis": "act-1",
                "areas": ["31-20250701", "10507-20250701"],
                "view": "health",
            }
        ],
    }
    assert {name: issued.body[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "DPoP",
        "expires_in": 300,
        "scope": "registry.person.read",
    }
    assert issued.body["access_token"]
    (used, client, jti), (shown, key, proved) = issued.once
    assert (used, client, shown, key) == ("assertion", "clinic", "proof", CLIENT_KEY.thumbprint())
    assert jti != proved
    assert issued.once_until >= NOW + 120, "a proof of a clock ahead is good for as long"


def test_without_a_wish_a_client_gets_all_its_scopes_and_never_an_empty_token() -> None:
    assert ask(form(scope=None)).scope == "registry.person.read reporting.figures.read"
    with pytest.raises(TokenRefused, match="invalid_scope"):
        ask(form(scope=None), client=msgspec.structs.replace(CLINIC, scopes=frozenset()))


def test_open_figures_may_be_read_with_a_token_bound_to_no_key() -> None:
    issued = ask(form(scope="reporting.figures.read"), proofs=[])
    assert issued.body["token_type"] == "Bearer"
    assert "cnf" not in claims(issued)
    with pytest.raises(TokenRefused, match="invalid_dpop_proof"):
        ask(form(scope="reporting.figures.read registry.person.read"), proofs=[])


WHOLE = {"iss": "clinic", "sub": "clinic", "aud": BASE, "exp": int(NOW) + 50, "jti": "a"}


def signed_assertion(header: Mapping[str, Any] | None = None, key: Any = CLIENT_KEY, **changed: Any) -> str:
    whole = WHOLE | changed
    return sign(header or {}, {name: value for name, value in whole.items() if value is not None}, key)


DEEP = b'{"sub":"clinic","x":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"

WRONG_ASSERTIONS = {
    "none": None,
    "empty": "",
    "garbage": "\0\ud800.\xff",
    "huge": "a" * 30_000,
    "nested a million deep": unsigned({"alg": "ES256"}, DEEP),
    "nested a few thousand deep": unsigned({"alg": "ES256"}, b'{"x":' + b"[" * 2_500 + b"]" * 2_500 + b"}"),
    "another issuer than subject": signed_assertion(iss="police"),
    "an array of audiences": signed_assertion(aud=[BASE]),
    "the token endpoint as audience": signed_assertion(aud=ENDPOINT),
    "another audience": signed_assertion(aud="http://elsewhere"),
    "no audience": signed_assertion(aud=None),
    "expired": signed_assertion(exp=int(NOW) - 5),
    "no exp": signed_assertion(exp=None),
    "exp too far": signed_assertion(exp=int(NOW) + 66),
    "not yet valid": signed_assertion(nbf=int(NOW) + 6),
    "no jti": signed_assertion(jti=None),
    "an empty jti": signed_assertion(jti=""),
    "an endless jti": signed_assertion(jti="j" * 129),
    "sub that is no text": signed_assertion(sub=7, iss=7),
    "alg none": unsigned({"alg": "none"}, {"iss": "clinic", "sub": "clinic", "aud": BASE, "exp": NOW + 9, "jti": "a"}),
    "RS256": signed_assertion({"alg": "RS256"}, RSA),
    "another algorithm's name": signed_anyhow({"alg": "ES256K"}, WHOLE, CLIENT_KEY),
    "a critical extension": signed_anyhow({"alg": "ES256", "crit": ["b64"]}, WHOLE, CLIENT_KEY),
    "signed by another key": signed_assertion(key=OTHER_KEY),
    "an unknown kid": signed_assertion({"kid": "another"}),
}


@pytest.mark.parametrize("text", WRONG_ASSERTIONS.values(), ids=WRONG_ASSERTIONS.keys())
def test_a_wrong_assertion_is_an_invalid_client(text: str | None) -> None:
    given = form(client_assertion=text)
    assert assertions.claimed_client(given) in {None, "clinic"}
    with pytest.raises(TokenRefused) as refused:
        ask(given)
    assert (refused.value.error, refused.value.status) == ("invalid_client", 401)


@pytest.mark.parametrize(
    "changed",
    [{}, {"exp": int(NOW) - 4}, {"exp": int(NOW) + 65}, {"nbf": int(NOW)}, {"nbf": int(NOW) + 5}, {"jti": "j" * 128}],
    ids=str,
)
def test_an_assertion_at_the_edge_of_its_time_and_size_is_taken(changed: dict[str, Any]) -> None:
    for text in (signed_assertion(**changed), signed_anyhow({"alg": "ES256"}, WHOLE | changed, CLIENT_KEY)):
        assert ask(form(client_assertion=text)).scope == "registry.person.read"


def test_an_assertion_may_name_its_key() -> None:
    named = signed_assertion({"kid": CLINIC.jwks[0]["kid"]})
    assert ask(form(client_assertion=named)).scope == "registry.person.read"


def test_an_assertion_is_looked_up_by_its_subject_only() -> None:
    assert assertions.claimed_client(form()) == "clinic"
    for odd in ("", "x" * 129, "a\0b"):
        assert assertions.claimed_client(form(client_assertion=signed_assertion(sub=odd))) is None


@pytest.mark.parametrize(
    "client",
    [
        None,
        msgspec.structs.replace(CLINIC, status=ClientStatus.REVOKED),
        msgspec.structs.replace(CLINIC, client_id="x"),
    ],
    ids=["unknown", "revoked", "another"],
)
def test_unknown_and_revoked_clients_look_alike(client: Client | None) -> None:
    with pytest.raises(TokenRefused, match="invalid_client") as refused:
        ask(client=client)
    assert refused.value.description == "The client is unknown, or the signature is wrong."


WRONG_FORMS = {
    "another grant": (form(grant_type="password"), "unsupported_grant_type"),
    "a grant of odd letters": (form(grant_type='"\u1ea5\\'), "unsupported_grant_type"),
    "no grant": (form(grant_type=None), "unsupported_grant_type"),
    "a secret instead of an assertion": (
        form(client_assertion=None, client_assertion_type=None) | {"client_id": "clinic", "client_secret": "s"},
        "invalid_client",
    ),
    "another assertion type": (form(client_assertion_type="saml2"), "invalid_client"),
    "another client_id beside": (form(client_id="police"), "invalid_client"),
    "a scope of somebody else": (form(scope="registry.person.read registry.search"), "invalid_scope"),
    "an unknown scope": (form(scope="everything"), "invalid_scope"),
    "an empty scope": (form(scope=""), "invalid_scope"),
    "a scope of odd letters": (form(scope='"\u1ea5\\'), "invalid_scope"),
}


@pytest.mark.parametrize(("given", "error"), WRONG_FORMS.values(), ids=WRONG_FORMS.keys())
def test_a_wrong_form_is_refused(given: dict[str, str], error: str) -> None:
    with pytest.raises(TokenRefused, match=f"^{error}$") as refused:
        ask(given)
    assert refused.value.status == (401 if error == "invalid_client" else 400)
    assert refused.value.body().keys() == {"error", "error_description"}


WRONG_PROOFS = {
    "none": [],
    "two": [proof(CLIENT_KEY, "POST", ENDPOINT, NOW)] * 2,
    "another method": [proof(CLIENT_KEY, "GET", ENDPOINT, NOW)],
    "another address": [proof(CLIENT_KEY, "POST", BASE + "/events/v1/reports", NOW)],
    "too old": [proof(CLIENT_KEY, "POST", ENDPOINT, NOW - 61)],
    "with the digest of a token": [proof(CLIENT_KEY, "POST", ENDPOINT, NOW, "token")],
    "garbage": ["\0"],
}


@pytest.mark.parametrize("shown", WRONG_PROOFS.values(), ids=WRONG_PROOFS.keys())
def test_a_wrong_proof_is_refused(shown: list[str]) -> None:
    with pytest.raises(TokenRefused, match="invalid_dpop_proof"):
        ask(proofs=shown)
    if shown:
        with pytest.raises(TokenRefused, match="invalid_dpop_proof"):
            ask(form(scope="reporting.figures.read"), proofs=shown)


def wish(**fields: Any) -> dict[str, str]:
    detail = {"type": "registry_purpose", "purpose": "health.care", **fields}
    return form(authorization_details=msgspec.json.encode([detail]).decode())


def test_a_purpose_may_be_narrowed_to_some_of_the_agreed_areas() -> None:
    details = ask(wish(areas=["10507-20250701"], legal_basis="act-1")).body["authorization_details"]
    assert details[0]["areas"] == ["10507-20250701"]


def test_of_several_purposes_one_must_be_named() -> None:
    other = msgspec.structs.replace(AGREED, purpose="health.study", view="study")
    with pytest.raises(TokenRefused, match="invalid_authorization_details"):
        ask(agreements=(AGREED, other))
    assert (
        ask(wish(purpose="health.study"), agreements=(AGREED, other)).body["authorization_details"][0]["view"]
        == "study"
    )


def test_a_client_without_agreements_gets_a_token_without_a_purpose() -> None:
    assert "authorization_details" not in ask(agreements=()).body


def test_an_agreement_holds_from_its_first_to_its_last_day_in_viet_nam() -> None:
    day = datetime.fromtimestamp(NOW, UTC) + timedelta(hours=7)
    for first, last, holds in ((0, 0, True), (1, None, False), (-9, -1, False), (-9, 0, True)):
        until = None if last is None else day.date() + timedelta(days=last)
        agreement = msgspec.structs.replace(AGREED, valid_from=day.date() + timedelta(days=first), valid_to=until)
        assert ("authorization_details" in ask(agreements=(agreement,)).body) is holds


def test_the_days_of_an_agreement_begin_and_end_at_midnight_in_viet_nam() -> None:
    agreement = msgspec.structs.replace(AGREED, valid_from=date(2026, 3, 2), valid_to=date(2026, 3, 2))
    begins = datetime(2026, 3, 1, 17, tzinfo=UTC)
    for seconds, holds in ((-1, False), (0, True), (86_399, True), (86_400, False)):
        assert bool(in_force((agreement,), begins + timedelta(seconds=seconds))) is holds


WRONG_DETAILS = {
    "no JSON": form(authorization_details="x"),
    "nested a million deep": form(authorization_details="[" * 1_000_000),
    "no array": form(authorization_details="{}"),
    "empty": form(authorization_details="[]"),
    "two": form(
        authorization_details='[{"type":"registry_purpose","purpose":"health.care"},{"type":"x","purpose":"y"}]'
    ),
    "another type": wish(type="payment_initiation"),
    "an unknown field": wish(datasets=["all"]),
    "another purpose": wish(purpose="police.search"),
    "another legal basis": wish(legal_basis="because"),
    "no areas": wish(areas=[]),
    "areas beyond the agreement": wish(areas=["10507-20250701", "01-20080801"]),
    "a lone surrogate": form(authorization_details='[{"type":"registry_purpose","purpose":"\\ud800"}]'),
}


@pytest.mark.parametrize("given", WRONG_DETAILS.values(), ids=WRONG_DETAILS.keys())
def test_details_beyond_the_agreement_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(TokenRefused, match="invalid_authorization_details"):
        ask(given)


@pytest.mark.parametrize(
    "field", ["grant_type", "scope", "client_id", "client_assertion_type", "authorization_details"]
)
def test_a_refusal_repeats_nothing_of_the_request(field: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        ask(form(**{field: "canary-value"}))
    assert "canary" not in str(refused.value.body())
