"""How does a test speak to the door as one of the sandbox's clients?"""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from joserfc.jwk import ECKey

from gateway.sandbox.clients import SandboxClient
from socai.client import proof
from tests.support.gateway import ask_token

# Tokens live for five minutes; one is not used to its end.
KEPT_SECONDS = 200.0


@dataclass
class Callers:
    """All clients of one sandbox; `base` is where they knock."""

    base: str
    http: httpx.AsyncClient
    clients: dict[str, SandboxClient]
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict, init=False)

    def key(self, name: str) -> ECKey:
        return ECKey.import_key(self.clients[name]["private_jwk"])

    async def token(self, name: str, **changed: str) -> str:
        """An access token that the authority gave through the door; one a client is enough for some minutes."""
        kept = json.dumps([name, changed], sort_keys=True)
        token, until = self._tokens.get(kept, ("", 0.0))
        if time.monotonic() > until:
            answer = await ask_token(self.http, self.clients[name]["client_id"], self.key(name), time.time(), **changed)
            assert answer.status_code == 200, answer.text
            token = answer.json()["access_token"]
            self._tokens[kept] = (token, time.monotonic() + KEPT_SECONDS)
        return token

    async def renew(self, *names: str) -> None:
        """Fresh tokens, for a time in which nobody may be there to issue them; until then whoever calls has the old."""
        renewed = Callers(self.base, self.http, self.clients)
        for name in names:
            await renewed.token(name)
        self._tokens = renewed._tokens

    async def send(self, name: str, method: str, path: str, **options: Any) -> httpx.Response:
        """A request of a client with its token and a fresh proof."""
        headers = await self.headers(name, method, path, options.pop("token", None))
        return await self.http.request(method, path, headers=headers | options.pop("headers", {}), **options)

    async def headers(self, name: str, method: str, path: str, token: str | None = None) -> dict[str, str]:
        """What a client says of itself with a request."""
        token = token or await self.token(name)
        address = self.base + path.partition("?")[0]
        return {
            "Authorization": f"DPoP {token}",
            "DPoP": proof(self.key(name), method, address, time.time(), token),
        }
