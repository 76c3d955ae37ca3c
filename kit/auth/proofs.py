"""Does this DPoP proof (RFC 9449) show that the sender of this very request holds the key?"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from kit.auth import jose

WINDOW: Final = 60
MAX_JTI: Final = 128
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Proof(msgspec.Struct, frozen=True):
    """A proof that was checked: the thumbprint of its key, its single-use id and its own time."""

    jkt: str
    jti: str
    iat: float


class _Claims(msgspec.Struct, frozen=True):
    htm: str
    htu: str
    iat: float
    jti: str
    ath: str = ""


@lru_cache(maxsize=4096)
def _key_of(header: str) -> tuple[ec.EllipticCurvePublicKey, str]:
    """A client's proofs all bear the same header: reading its key once saves a third of the check."""
    read = jose.read_header(header, "dpop+jwt")
    if read.jwk is None:
        raise jose.MalformedError("no jwk")
    return jose.public_key(read.jwk), jose.thumbprint(read.jwk)


@lru_cache(maxsize=4096)
def _target(address: str) -> tuple[str, str | None, int | None, str]:
    """Bring an address into the form in which two spellings of one target are equal (RFC 9449 4.3, 9)."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise jose.MalformedError("htu is no address") from error
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS.get(parts.scheme), unquote(parts.path)


def check(proof: str, *, method: str, address: str, now: float, ath: str = "") -> Proof:
    """Check everything but replay. `address` is the public address of the request without its query;
    `ath` the digest of the access token that came with it, empty at the token endpoint.
    Raises `jose.MalformedError`.
    """
    compact = jose.split(proof)
    key, jkt = _key_of(compact.header)
    claims = jose.decode_part(compact.payload, _Claims)
    if claims.htm != method:
        raise jose.MalformedError("htm is another method")
    if claims.htu != address and _target(claims.htu) != _target(address):
        raise jose.MalformedError("htu is another address")
    if not abs(now - claims.iat) <= WINDOW:
        raise jose.MalformedError("iat is too far from now")
    if claims.ath != ath:
        raise jose.MalformedError("ath belongs to another token")
    if not 0 < len(claims.jti) <= MAX_JTI:
        raise jose.MalformedError("jti is missing or too long")
    jose.verify(compact, key)
    return Proof(jkt, claims.jti, claims.iat)


def only(values: Iterable[str]) -> str | None:
    """The one value of a header that may stand once; `None` if it is absent."""
    found = list(values)
    if len(found) > 1:
        raise jose.MalformedError("the header stands twice")
    return found[0] if found else None


class Replays:
    """Remembers what was used, for at least `keep` seconds, in bounded memory.

    Two generations of 64-bit keyed hashes (Python's own, whose key nobody outside knows), about 60 bytes each.
    When a generation is full, nothing more is accepted until it ages: forgetting would let a replay through.
    """

    def __init__(self, keep: float = 2 * WINDOW, capacity: int = 1_000_000) -> None:
        self._keep = keep
        self._capacity = capacity
        self._young: set[int] = set()
        self._old: set[int] = set()
        self._since = float("-inf")

    def first_use(self, *what: str, now: float) -> bool:
        """Record a use; `False` if it was used before. Raises `OverflowError` when nothing more fits."""
        # A clock that was put back: all is remembered from here on for as long as ever.
        self._since = min(self._since, now)
        if now - self._since >= self._keep:
            self._old = self._young if now - self._since < 2 * self._keep else set()
            self._young = set()
            self._since = now
        mark = hash(what)
        if mark in self._young or mark in self._old:
            return False
        if len(self._young) >= self._capacity:
            raise OverflowError("too many proofs at once")
        self._young.add(mark)
        return True
