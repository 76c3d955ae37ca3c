"""With which key does the authority sign now, which comes next, and which may verifiers still meet?

The next key is published as long before it signs as the present one signs: whoever caches our key set knows it
already, also when the present key must be given up from one moment to the next.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from joserfc.jwk import ECKey

from kit.process.database import Connection

# A key that no longer signs stays published for as long as a token of it may live, and then some.
GRACE: Final = timedelta(hours=1)
# Clocks of authorities that share a database differ: the first key signs for the slowest of them, and what was used
# once is remembered for it.
SKEW: Final = timedelta(minutes=1)


class SigningKey(msgspec.Struct, frozen=True):
    """A private P-256 key, and from when until when it signs (UTC)."""

    kid: str
    private_jwk: dict[str, Any]
    signs_from: datetime
    signs_until: datetime

    def public_jwk(self) -> dict[str, Any]:
        key = {name: self.private_jwk[name] for name in ("kty", "crv", "x", "y")}
        return key | {"kid": self.kid, "use": "sig", "alg": "ES256"}


def make_key(signs_from: datetime, signs_until: datetime) -> SigningKey:
    key = ECKey.generate_key("P-256", private=True)
    return SigningKey(key.thumbprint(), dict(key.as_dict(private=True)), signs_from, signs_until)


def current(keys: Iterable[SigningKey], now: datetime) -> SigningKey:
    """The key that signs now. Raises `LookupError` if none does."""
    known = list(keys)
    signing = [key for key in known if key.signs_from <= now < key.signs_until]
    if signing:
        return max(signing, key=lambda key: (key.signs_from, key.kid))
    # They were made while the clock was fast, on a machine's first day say: everybody may know them by now.
    coming = [key for key in known if now < key.signs_from]
    if coming:
        return min(coming, key=lambda key: (key.signs_from, key.kid))
    raise LookupError("no key signs at present")


def published(keys: Iterable[SigningKey], now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The JWKS: every key that signs, will sign, or signed a token that may still live."""
    return {"keys": [key.public_jwk() for key in keys if now < key.signs_until + GRACE]}


def missing(keys: Iterable[SigningKey], now: datetime, days: int) -> tuple[SigningKey, ...]:
    """The keys to make so that one signs now and one follows it."""
    ends = [key.signs_until for key in keys if key.signs_until > now]
    term = timedelta(days=days)
    made: list[SigningKey] = []
    start = max(ends, default=now - SKEW)
    while len(ends) + len(made) < 2:  # noqa: PLR2004 - the present key and the next
        made.append(make_key(start, start + term))
        start += term
    return tuple(made)


async def read_keys(connection: Connection) -> tuple[SigningKey, ...]:
    rows = await connection.fetch(
        "select kid, private_jwk, signs_from, signs_until from signing_key order by signs_from, kid"
    )
    return tuple(
        SigningKey(row["kid"], msgspec.json.decode(row["private_jwk"]), row["signs_from"], row["signs_until"])
        for row in rows
    )


async def prepare_keys(connection: Connection, now: datetime, days: int) -> tuple[SigningKey, ...]:
    """Read the keys and make those that are missing; several authorities may start at once."""
    async with connection.transaction():
        await connection.execute("lock table signing_key in share row exclusive mode")
        keys = await read_keys(connection)
        made = missing(keys, now, days)
        await connection.executemany(
            "insert into signing_key (kid, private_jwk, signs_from, signs_until) values ($1, $2, $3, $4)",
            [(key.kid, msgspec.json.encode(key.private_jwk).decode(), key.signs_from, key.signs_until) for key in made],
        )
    return keys + made


async def rotate(connection: Connection, now: datetime, days: int, *, compromised: bool = False) -> SigningKey:
    """Give up the present key at once: the next one signs from now on, and gets a successor.

    If it is compromised, so is what signed before it, whose keys were kept at the same place: none of them is published
    any more, so tokens that they signed end as soon as verifiers fetch the set.
    """
    end = now - GRACE if compromised else now
    async with connection.transaction():
        present = current(await prepare_keys(connection, now, days), now)
        await connection.execute(
            "update signing_key set signs_until = $2 where (signs_from <= $1 or kid = $3) and signs_until > $2",
            now,
            end,
            present.kid,
        )
        following = await connection.fetchval(
            "select kid from signing_key where signs_from > $1 and signs_until > $1 order by signs_from limit 1", now
        )
        if following is not None:
            await connection.execute(
                "update signing_key set signs_from = $2, signs_until = $3 where kid = $1",
                following,
                now,
                now + timedelta(days=days),
            )
    return current(await prepare_keys(connection, now, days), now)


def utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
