"""How does a token request become a token: what is read before, and what is recorded before it leaves?"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from contracts.ids import uuid7
from gateway import assertions, audit, keys, tokens
from gateway.agreements import read_agreements
from gateway.clients import find_client
from gateway.settings import GatewaySettings
from kit.process.database import Connection, Connections

# How old the keys held here may be: a key that another authority made or gave up is noticed within this time.
_KEYS_AGE: Final = 30.0


class Authority:
    """Issues tokens from the registers of one database; any number of these may work side by side."""

    def __init__(self, settings: GatewaySettings, connections: Connections, clock: Callable[[], float]) -> None:
        self.terms = tokens.Terms(
            issuer=settings.issuer,
            audience=settings.audience,
            endpoint=f"{settings.public_base.rstrip('/')}/oauth/token",
            seconds=settings.token_seconds,
        )
        self._days = settings.key_days
        self._connections = connections
        self._clock = clock
        self._keys: tuple[keys.SigningKey, ...] = ()
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def key_set(self) -> dict[str, Any]:
        """The public keys (RFC 7517)."""
        now = self._clock()
        return keys.published(await self._fresh_keys(now), keys.utc(now))

    async def token(self, form: Mapping[str, str], proofs: Sequence[str]) -> dict[str, Any]:
        """The answer of the token endpoint. Raises `tokens.TokenRefused`, or `database.Unavailable`."""
        now = self._clock()
        at = keys.utc(now)
        key = keys.current(await self._fresh_keys(now), at)
        client_id = assertions.claimed_client(form)
        async with self._connections.acquire() as connection:
            client = None if client_id is None else await find_client(connection, client_id)
            agreements = () if client is None else await read_agreements(connection, client.client_id)
            asked = tokens.Asked(form, proofs, client, agreements, now, uuid7())
            try:
                return await self._issue_once(connection, asked, key, at)
            except tokens.TokenRefused as refusal:
                if client is not None:
                    line = audit.Line(audit.Action.TOKEN_REFUSED, client.client_id, reason=refusal.error)
                    await audit.write(connection, line, at)
                raise

    async def _issue_once(
        self, connection: Connection, asked: tokens.Asked, key: keys.SigningKey, at: datetime
    ) -> dict[str, Any]:
        issued = tokens.issue(asked, self.terms, key)
        assert asked.client is not None
        line = audit.Line(
            audit.Action.TOKEN_ISSUED, asked.client.client_id, asked.token_id, issued.scope, issued.purpose
        )
        if not await audit.write_once(connection, line, at, issued.once, keys.utc(issued.once_until)):
            raise tokens.TokenRefused("invalid_client", "The assertion or the proof was used before.", 401)
        return issued.body

    async def _fresh_keys(self, now: float) -> tuple[keys.SigningKey, ...]:
        if not self._are_fresh(now):
            async with self._reading:
                if not self._are_fresh(now):
                    await self._read_keys(now)
        return self._keys

    def _are_fresh(self, now: float) -> bool:
        """What was read at a time that is still to come was read before the clock was put back."""
        return 0 <= now - self._read_at <= _KEYS_AGE

    async def _read_keys(self, now: float) -> None:
        at = keys.utc(now)
        async with self._connections.acquire() as connection:
            self._keys = await keys.prepare_keys(connection, at, self._days)
            # An authority whose clock is behind still takes what is over by ours.
            await audit.forget_used(connection, at - keys.SKEW)
        self._read_at = now
