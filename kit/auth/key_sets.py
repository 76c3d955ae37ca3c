"""With which public keys does the issuer sign at present (RFC 7517), without asking it each time?"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from kit.auth import jose

log = logging.getLogger(__name__)

Fetch = Callable[[], Awaitable[bytes]]

_PATIENCE = 3.0
_MAX_AGE = 300.0
# The shortest time between two fetches, so that invented kids cannot make us a nuisance.
_FLOOR = 2.0


def fetch_from(url: str) -> Fetch:
    """A fetch over HTTP that raises `httpx.HTTPError` for whatever is no 200."""

    async def fetch() -> bytes:
        async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as client:
            answer = await client.get(url)
            return answer.raise_for_status().content

    return fetch


class KeySets:
    """Keeps the key set: fetched on the first need, again after some minutes, and for an unknown `kid`.

    When the issuer is away, the keys last seen go on serving.
    """

    def __init__(self, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, ec.EllipticCurvePublicKey] | None = None
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The key of that id. Raises `LookupError` while no key set was ever seen."""
        if self._needs_fetch(kid):
            async with self._fetching:
                if self._needs_fetch(kid):
                    await self._refresh()
        if self._keys is None:
            raise LookupError("the issuer's key set has not been seen yet")
        return self._keys.get(kid)

    def _needs_fetch(self, kid: str) -> bool:
        now = self._clock()
        # What lies ahead was noted before the clock was put back: it would hold for as long as that was.
        fresh = self._keys is not None and kid in self._keys and 0 <= now - self._fetched_at < _MAX_AGE
        return not fresh and not 0 <= now - self._tried_at < _FLOOR

    async def _refresh(self) -> None:
        try:
            self._keys = jose.read_key_set(await self._fetch())
            self._fetched_at = self._clock()
        except (httpx.HTTPError, jose.MalformedError) as error:
            log.warning("key set not refreshed", extra={"reason": type(error).__name__})
        finally:
            # Only now: whoever asks meanwhile waits for this fetch instead of going without.
            self._tried_at = self._clock()
