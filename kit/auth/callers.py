"""Who sends this request, and what may they do: is the token ours, and is it in its owner's hands?

The door checks tokens too, but it is not the only lock: here the signature (RFC 9068), the audience, the binding to
the sender's key (RFC 9449) and the single use of each proof are checked again, on every request.
"""

import functools
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

import msgspec
from fastapi import Security
from fastapi.openapi.models import OAuth2 as OAuth2Model
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security.base import SecurityBase
from starlette.requests import Request
from starlette.responses import Response

from contracts.scopes import PERMISSIONS, Scope
from kit.auth import jose, proofs
from kit.auth.access import Access
from kit.auth.key_sets import KeySets, fetch_from
from kit.http.edge import asked_method, note_client
from kit.http.faults import worded
from kit.http.problems import ScopeInsufficient, Unauthenticated, Unavailable
from kit.process.settings import ProcessSettings

REALM: Final = "socai"
PURPOSE_TYPE: Final = "registry_purpose"
METADATA_PATH: Final = "/.well-known/oauth-protected-resource"
SKEW: Final = 5.0
_MOST_TOKENS: Final = 10_000
_LOW_RISK: Final = frozenset(scope for scope, permission in PERMISSIONS.items() if permission.low_risk)


class _Confirmation(msgspec.Struct, frozen=True):
    jkt: str


class _Detail(msgspec.Struct, frozen=True):
    type: str
    purpose: str = ""
    legal_basis: str = ""
    areas: tuple[str, ...] = ()
    view: str = ""


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    aud: str
    sub: str
    client_id: str
    exp: float
    iat: float
    jti: str
    scope: str = ""
    cnf: _Confirmation | None = None
    authorization_details: tuple[_Detail, ...] = ()


class _Checked(msgspec.Struct, frozen=True):
    access: Access
    exp: float
    kid: str


class Verifier:
    """Checks tokens and proofs for one process, and remembers which were seen.

    `public_base` is the address of the door as callers see it: proofs are made for it, not for ours.
    """

    def __init__(
        self, *, issuer: str, audience: str, public_base: str, keys: KeySets, clock: Callable[[], float]
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._base = public_base.rstrip("/")
        self._keys = keys
        self._clock = clock
        self._tokens: dict[str, _Checked] = {}
        self._replays = proofs.Replays()

    async def access(self, request: Request, scope: Scope) -> Access:
        """The sender's rights if they include `scope`; raises 401, 403 or 503 problems."""
        raw_path = request.scope.get("raw_path") or request.scope["path"].encode()
        access = await self.identify(
            asked_method(request.scope),
            raw_path.decode("latin-1"),
            request.headers.getlist("authorization"),
            request.headers.getlist("dpop"),
        )
        note_client(request.scope, access.client_id)
        if not access.jkt and scope not in _LOW_RISK:
            raise self._refused("a token bound to a key is required", "authorization")
        _insist(self._base, access, scope)
        return access

    async def identify(self, method: str, path: str, authorization: Iterable[str], proof: Iterable[str]) -> Access:
        """Who sends a request to `path` (as sent, without its query) with these header values."""
        try:
            credentials = proofs.only(authorization)
        except jose.MalformedError as error:
            raise self._refused(str(error), "authorization") from None
        try:
            shown = proofs.only(proof)
        except jose.MalformedError as error:
            raise self._refused(str(error), "dpop", "invalid_dpop_proof") from None
        if credentials is None:
            raise Unauthenticated(errors=[worded("header/authorization", "missing")], headers=challenge(self._base))
        scheme, _, token = credentials.partition(" ")
        try:
            ath = jose.b64url(hashlib.sha256(token.encode("ascii")).digest())
            access = await self._read(token, ath)
        except ValueError as error:
            raise self._refused(_words(error), "authorization") from None
        bound = bool(access.jkt)
        if scheme.lower() != ("dpop" if bound else "bearer"):
            raise self._refused("the scheme does not fit the token", "authorization")
        if bound:
            self._prove(access, method, path, shown, ath)
        elif shown is not None:
            raise self._refused("the token is bound to no key", "dpop")
        return access

    async def _read(self, token: str, ath: str) -> Access:
        now = self._clock()
        checked = self._tokens.get(ath)
        # A key that was stolen signs for years: what it signed ends when it is published no more.
        if checked is None or await self._keys.find(checked.kid) is None:
            checked = await self._check(token)
            if len(self._tokens) >= _MOST_TOKENS:
                self._tokens = {key: kept for key, kept in self._tokens.items() if kept.exp > now}
            if len(self._tokens) < _MOST_TOKENS:
                self._tokens[ath] = checked
        if checked.exp + SKEW <= now:
            raise jose.MalformedError("the token has expired")
        return checked.access

    async def _check(self, token: str) -> _Checked:
        compact = jose.split(token)
        header = jose.read_header(compact.header, "at+jwt")
        claims = jose.decode_part(compact.payload, _Claims)
        if claims.iss != self._issuer:
            raise jose.MalformedError("another issuer")
        if claims.aud != self._audience:
            raise jose.MalformedError("meant for another audience")
        if claims.iat > self._clock() + proofs.WINDOW:
            raise jose.MalformedError("issued in the future")
        try:
            key = await self._keys.find(header.kid)
        except LookupError:
            raise Unavailable from None
        if key is None:
            raise jose.MalformedError("signed with an unknown key")
        jose.verify(compact, key)
        return _Checked(_access(claims), claims.exp, header.kid)

    def _prove(self, access: Access, method: str, path: str, proof: str | None, ath: str) -> None:
        if proof is None:
            raise self._refused("the proof is missing", "dpop", "invalid_dpop_proof")
        now = self._clock()
        try:
            read = proofs.check(proof, method=method, address=self._base + path, now=now, ath=ath)
        except jose.MalformedError as error:
            raise self._refused(str(error), "dpop", "invalid_dpop_proof") from None
        if read.jkt != access.jkt:
            raise self._refused("the token is bound to another key", "dpop")
        try:
            first = self._replays.first_use(read.jkt, read.jti, now=now)
        except OverflowError:
            raise Unavailable from None
        if not first:
            raise self._refused("the proof was used before", "dpop", "invalid_dpop_proof")

    def _refused(self, words: str, header: str, error: str = "invalid_token") -> Unauthenticated:
        return Unauthenticated(
            errors=[worded(f"header/{header}", "invalid")],
            headers=challenge(self._base, error=error, error_description=words),
        )


def insist(request: Request, access: Access, *scopes: Scope) -> None:
    """Raise 403 unless the sender has all of these scopes, those of the route included."""
    _insist(request.app.state.settings.public_base, access, *scopes)


def _insist(public_base: str, access: Access, *scopes: Scope) -> None:
    """What is needed is named (RFC 6750 3.1)."""
    if not access.scopes.issuperset(scopes):
        headers = challenge(public_base, error="insufficient_scope", scope=" ".join(scopes))
        raise ScopeInsufficient(headers=headers)


def challenge(public_base: str, **parameters: str) -> dict[str, str]:
    """The `WWW-Authenticate` of RFC 9449 7.1 and RFC 9728 5.1."""
    told = {
        "realm": REALM,
        **parameters,
        "resource_metadata": public_base.rstrip("/") + METADATA_PATH,
        "algs": "ES256",
    }
    return {"WWW-Authenticate": "DPoP " + ", ".join(f'{name}="{value}"' for name, value in told.items())}


def verifier_from(settings: ProcessSettings, clock: Callable[[], float] = time.time) -> Verifier:
    return Verifier(
        issuer=settings.issuer,
        audience=settings.audience,
        public_base=settings.public_base,
        keys=KeySets(fetch_from(settings.jwks_url), clock),
        clock=clock,
    )


class Guard(SecurityBase):
    """A FastAPI dependency that names its scope, so that documents and tests can read it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.scheme_name = "authority"
        flow = OAuthFlowClientCredentials(
            tokenUrl="/oauth/token", scopes={name: permission.en for name, permission in PERMISSIONS.items()}
        )
        self.model = OAuth2Model(flows=OAuthFlows(clientCredentials=flow))

    async def __call__(self, request: Request) -> Access:
        verifier: Verifier = request.app.state.verifier
        return await verifier.access(request, self.scope)


def require(scope: Scope) -> Any:
    """For a path operation's parameter: `Annotated[Access, ...]` with the answer of this function."""
    return Security(Guard(scope), scopes=[str(scope)])


def guarded(
    scope: Scope,
) -> Callable[[Callable[[Request, Access], Awaitable[Response]]], Callable[[Request], Awaitable[Response]]]:
    """For plain routes: wraps `async def endpoint(request, access)`; the result bears `.scope`."""
    guard = Guard(scope)

    def wrap(
        endpoint: Callable[[Request, Access], Awaitable[Response]],
    ) -> Callable[[Request], Awaitable[Response]]:
        @functools.wraps(endpoint)
        async def admitted(request: Request) -> Response:
            return await endpoint(request, await guard(request))

        admitted.scope = scope  # type: ignore[attr-defined]  # a function carries its declaration
        return admitted

    return wrap


def _access(claims: _Claims) -> Access:
    details = [detail for detail in claims.authorization_details if detail.type == PURPOSE_TYPE]
    if len(details) > 1:
        raise jose.MalformedError("more than one purpose")
    detail = details[0] if details else _Detail(PURPOSE_TYPE)
    return Access(
        client_id=claims.client_id,
        subject=claims.sub,
        scopes=frozenset(claims.scope.split()),
        jti=claims.jti,
        jkt=claims.cnf.jkt if claims.cnf else "",
        purpose=detail.purpose,
        legal_basis=detail.legal_basis,
        areas=detail.areas,
        view=detail.view,
    )


def _words(error: ValueError) -> str:
    return str(error) if isinstance(error, jose.MalformedError) else "the token is malformed"
