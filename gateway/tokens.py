"""May this client have this token, and what stands in it?

Everything here is pure: the client, its agreements, the key and the clock are given; what must be used only once is
returned, for the caller to record before the token leaves. Authlib knows the protocol (RFC 6749), we check what it
does not: `private_key_jwt` (RFC 7523) by the stricter rules of its revision, DPoP (RFC 9449), purposes (RFC 9396).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientCredentialsGrant, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidScopeError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from joserfc import jwt
from joserfc.jwk import ECKey

from contracts.scopes import PERMISSIONS, Scope
from gateway import assertions
from gateway.agreements import Agreement, Refused, granted, in_force
from gateway.clients import Client
from gateway.keys import SigningKey, utc
from kit.auth import jose, proofs

AUTH_METHOD: Final = "private_key_jwt"
GRANT: Final = "client_credentials"


class Terms(msgspec.Struct, frozen=True):
    """What every token has in common."""

    issuer: str
    audience: str
    endpoint: str
    seconds: int


class Asked(msgspec.Struct, frozen=True):
    """One token request. `client`: the registered client that the assertion names, if there is one; `token_id`: the
    id that the token shall have.
    """

    form: Mapping[str, str]
    proofs: Sequence[str]
    client: Client | None
    agreements: tuple[Agreement, ...]
    now: float
    token_id: str


class Issued(msgspec.Struct, frozen=True):
    """The answer, and what must not be used again until the given time (kind, key, id)."""

    body: dict[str, Any]
    once: tuple[tuple[str, ...], ...]
    once_until: float
    scope: str
    purpose: str


class TokenRefused(Exception):
    """No token: `error` is the code of RFC 6749 5.2 (or 9449, 9396), `status` that of the HTTP answer."""

    def __init__(self, error: str, description: str, status: int) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status

    def body(self) -> dict[str, str]:
        return {"error": self.error, "error_description": self.description}


class _ProofError(OAuth2Error):  # type: ignore[misc]  # Authlib is untyped
    error = "invalid_dpop_proof"


class _DetailsError(OAuth2Error):  # type: ignore[misc]  # Authlib is untyped
    error = "invalid_authorization_details"


def issue(asked: Asked, terms: Terms, key: SigningKey) -> Issued:
    """Check the request and make the token. Raises `TokenRefused`."""
    if asked.form.get("grant_type") != GRANT:
        raise TokenRefused("unsupported_grant_type", "Only client_credentials is offered.", 400)
    answer = _SERVER.create_token_response(_Request(asked, terms, key))
    if isinstance(answer, Issued):
        return answer
    status, body = answer
    raise TokenRefused(body["error"], body.get("error_description", ""), status)


class _Request(OAuth2Request):  # type: ignore[misc]  # Authlib is untyped
    def __init__(self, asked: Asked, terms: Terms, key: SigningKey) -> None:
        super().__init__("POST", terms.endpoint)
        self.payload = BasicOAuth2Payload(asked.form)
        self.asked = asked
        self.terms = terms
        self.key = key
        self.assertion: assertions.Assertion | None = None


def _authenticate(_query: object, request: _Request) -> "_Caller":
    """`private_key_jwt`; registered with Authlib in place of its own, which takes arrays of audiences."""
    asked = request.asked
    try:
        request.assertion = assertions.check(asked.form, asked.client, request.terms.issuer, asked.now)
    except assertions.Refused as refusal:
        raise InvalidClientError(str(refusal), status_code=401) from None
    assert asked.client is not None
    return _Caller(asked.client)


class _Caller:
    """What Authlib asks about a client."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == AUTH_METHOD

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib is untyped
    TOKEN_ENDPOINT_AUTH_METHODS = (AUTH_METHOD,)

    def create_token_response(self) -> tuple[int, Issued, tuple[()]]:
        request: _Request = self.request
        client: Client = request.client.client
        scopes = _scopes(client, request.asked.form.get("scope"))
        proof = _proof(request)
        if proof is None and not all(PERMISSIONS[scope].low_risk for scope in scopes):
            raise _ProofError("These scopes need a token that is bound to a key: send a DPoP proof.")
        try:
            details = granted(
                in_force(request.asked.agreements, utc(request.asked.now)),
                request.asked.form.get("authorization_details"),
            )
        except Refused as refusal:
            raise _DetailsError(str(refusal)) from None
        return 200, _issued(request, client, scopes, proof, details), ()


def _scopes(client: Client, wanted: str | None) -> list[Scope]:
    """What is asked for, if all of it is allowed; everything allowed if nothing is asked for. Never an empty token."""
    allowed = {str(scope) for scope in client.scopes}
    names = sorted(allowed if wanted is None else set(wanted.split(" ")))
    if not names or not set(names) <= allowed:
        raise InvalidScopeError("The client may not have all of these scopes.")
    return [Scope(name) for name in names]


def _proof(request: _Request) -> proofs.Proof | None:
    try:
        shown = proofs.only(request.asked.proofs)
        if shown is None:
            return None
        return proofs.check(shown, method="POST", address=request.terms.endpoint, now=request.asked.now)
    except jose.MalformedError as error:
        raise _ProofError(str(error)) from None


def _issued(
    request: _Request,
    client: Client,
    scopes: Sequence[Scope],
    proof: proofs.Proof | None,
    details: Sequence[Mapping[str, Any]],
) -> Issued:
    asked, terms = request.asked, request.terms
    scope = " ".join(scopes)
    bound = {} if proof is None else {"cnf": {"jkt": proof.jkt}}
    agreed = {"authorization_details": list(details)} if details else {}
    claims = {
        "iss": terms.issuer,
        "aud": terms.audience,
        "sub": client.client_id,
        "client_id": client.client_id,
        "iat": int(asked.now),
        "exp": int(asked.now) + terms.seconds,
        "jti": asked.token_id,
        "scope": scope,
        "rate_class": str(client.rate_class),
        **bound,
        **agreed,
    }
    header = {"alg": "ES256", "typ": "at+jwt", "kid": request.key.kid}
    body = {
        "access_token": jwt.encode(header, claims, ECKey.import_key(request.key.private_jwk), ["ES256"]),
        "token_type": "Bearer" if proof is None else "DPoP",
        "expires_in": terms.seconds,
        "scope": scope,
        **agreed,
    }
    assert request.assertion is not None
    once: list[tuple[str, ...]] = [("assertion", client.client_id, request.assertion.jti)]
    if proof is not None:
        once.append(("proof", proof.jkt, proof.jti))
    until = asked.now + 2 * proofs.WINDOW + assertions.SKEW
    return Issued(body, tuple(once), until, scope, details[0]["purpose"] if details else "")


class _Server(AuthorizationServer):  # type: ignore[misc]  # Authlib is untyped
    """One for all requests: what differs between them travels in the request."""

    def create_oauth2_request(self, request: _Request) -> _Request:
        return request

    def query_client(self, _client_id: str) -> None:
        return None

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens; Authlib insists."""

    def handle_response(self, status: int, body: Any, _headers: Any) -> Any:
        return body if isinstance(body, Issued) else (status, dict(body))


def _server() -> _Server:
    server = _Server()
    server.register_client_auth_method(AUTH_METHOD, _authenticate)
    server.register_grant(_Grant)
    return server


_SERVER: Final = _server()
