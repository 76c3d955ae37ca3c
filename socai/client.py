"""How does a client speak to the door: one token for minutes, one proof for each request?

Usable by any integrator: it needs the addresses, a client id and its private key, all of which stand in the run
file of a sandbox.
"""

import hashlib
import os
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

RUN_FILE: Final = Path(".socai/run.json")
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PURPOSE_TYPE: Final = "registry_purpose"
_ASSERTION_SECONDS: Final = 50
# A token is renewed this long before its end: a request may be on its way for a while.
_EARLY: Final = 30.0


class Entry(msgspec.Struct, frozen=True):
    """One client of the run file."""

    client_id: str
    private_jwk: dict[str, Any]
    scopes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


class Run(msgspec.Struct, frozen=True):
    """What the run file says; `gateway` is the address of the door."""

    gateway: str
    issuer: str
    clients: dict[str, Entry]


class TokenError(Exception):
    """The authority gave no token; `error` is its word for why (RFC 6749 5.2)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error


class _Token(msgspec.Struct, frozen=True):
    text: str
    kind: str
    until: float


def run_file() -> Path:
    """The run file named by SOCAI_RUN, or that of the present folder."""
    return Path(os.environ.get("SOCAI_RUN", RUN_FILE))


def read_run(path: Path) -> Run:
    return msgspec.json.decode(path.read_bytes(), type=Run)


class Client:
    """Speaks to the door as one client. Not for several threads at once.

    `scopes` narrows what the token may do; `areas` and `purpose` what it is for. `Client.request` answers with
    whatever the door answers; only a missing token is an exception.
    """

    def __init__(
        self,
        run: Run,
        name: str,
        *,
        scopes: Sequence[str] = (),
        purpose: str = "",
        areas: Sequence[str] = (),
        http: httpx.Client | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if name not in run.clients:
            raise LookupError(f"no client {name}; there are: {', '.join(sorted(run.clients))}")
        self._run = run
        self._entry = run.clients[name]
        self._key = ECKey.import_key(self._entry.private_jwk)
        self._base = run.gateway.rstrip("/")
        self._form = _wishes(scopes, purpose, areas)
        self._http = http or httpx.Client(timeout=httpx.Timeout(75.0, connect=5.0), trust_env=False)
        self._clock = clock
        self._token: _Token | None = None

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        """Send one request; a token that is no longer taken is replaced once."""
        answer = self._send(method, path, headers or {}, options)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._token = None
            answer = self._send(method, path, headers or {}, options)
        return answer

    def headers(self, method: str, path: str) -> dict[str, str]:
        """Fresh `Authorization` and `DPoP` for one request; `path` may also be the whole address."""
        token = self._fresh_token()
        address = self._address(path).partition("?")[0].partition("#")[0]
        return {
            "Authorization": f"{token.kind} {token.text}",
            "DPoP": proof(self._key, method, address, self._clock(), token.text),
        }

    def close(self) -> None:
        self._http.close()

    def _send(self, method: str, path: str, headers: Mapping[str, str], options: Mapping[str, Any]) -> httpx.Response:
        sent = {**headers, **self.headers(method, path)}
        return self._http.request(method, self._address(path), headers=sent, **options)

    def _address(self, path: str) -> str:
        return path if path.startswith(("http://", "https://")) else self._base + path

    def _fresh_token(self) -> _Token:
        if self._token is None or self._token.until - _EARLY <= self._clock():
            self._token = self._ask()
        return self._token

    def _ask(self) -> _Token:
        endpoint = f"{self._base}/oauth/token"
        now = self._clock()
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(self._entry.client_id, self._key, self._run.issuer, now),
            **self._form,
        }
        answer = self._http.post(endpoint, data=form, headers={"DPoP": proof(self._key, "POST", endpoint, now)})
        body = _object(answer)
        if answer.status_code != httpx.codes.OK:
            raise TokenError(
                str(body.get("error", answer.status_code)),
                str(body.get("error_description", body.get("detail", "no reason given"))),
            )
        return _Token(body["access_token"], body["token_type"], now + body["expires_in"])


def assertion(client_id: str, key: ECKey, issuer: str, now: float, **changed: Any) -> str:
    """A client assertion (RFC 7523); `changed` claims replace the usual ones."""
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "iat": int(now),
        "exp": int(now) + _ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(16),
        **changed,
    }
    return jwt.encode({"alg": "ES256", "typ": "client-authentication+jwt"}, claims, key)


def proof(key: ECKey, method: str, address: str, now: float, token: str = "", **changed: Any) -> str:
    """A DPoP proof (RFC 9449) for one request to an address without its query."""
    bound = {"ath": _digest(token)} if token else {}
    claims = {
        "htm": method,
        "htu": address,
        "iat": int(now),
        "jti": secrets.token_urlsafe(16),
        **bound,
        **changed,
    }
    header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": dict(key.as_dict(private=False))}
    return jwt.encode(header, claims, key)


def header_lines(headers: Mapping[str, str]) -> str:
    """Headers one a line, as `curl -H @-` reads them."""
    return "".join(f"{name}: {value}\n" for name, value in headers.items())


def _wishes(scopes: Sequence[str], purpose: str, areas: Sequence[str]) -> dict[str, str]:
    form = {"scope": " ".join(scopes)} if scopes else {}
    if areas and not purpose:
        raise ValueError("areas are asked for with a purpose")
    if purpose:
        detail: dict[str, Any] = {"type": PURPOSE_TYPE, "purpose": purpose}
        if areas:
            detail["areas"] = list(areas)
        form["authorization_details"] = msgspec.json.encode([detail]).decode()
    return form


def _digest(token: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        return {}
    return body if isinstance(body, dict) else {}
