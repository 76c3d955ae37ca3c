"""Is this compact JWS well formed, and did this P-256 key sign it (RFC 7515, 7517, 7638; ES256 only)?

Everything here comes from a stranger: whatever is wrong with it raises `MalformedError`, and nothing else.
"""

import base64
import binascii
import hashlib
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

MAX_TOKEN: Final = 8192
_COORDINATE: Final = 32
_PARTS: Final = 3
_ES256: Final = ec.ECDSA(hashes.SHA256())
_P256: Final = ec.SECP256R1()
# The letters of plain base64 become ones of neither alphabet.
_URL_SAFE: Final = bytes.maketrans(b"-_+/", b"+/!!")

T = TypeVar("T")


class MalformedError(ValueError):
    """The text is no JWS of the kind that was asked for, or the signature is wrong."""


class Compact(NamedTuple):
    """The three parts of a compact JWS: header and payload still encoded, what was signed, the raw signature."""

    header: str
    payload: str
    signed: bytes
    signature: bytes


class Jwk(msgspec.Struct, frozen=True):
    """A public key of a stranger; `d` is only read so that a private key can be refused."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str = ""
    d: Any = None


class JoseHeader(msgspec.Struct, frozen=True):
    """A protected header, as far as we read it; anything under `crit` makes it one that we do not take."""

    alg: str
    typ: str = ""
    kid: str = ""
    jwk: Jwk | None = None
    crit: Any = None


class JwkSet(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b64url_decode(text: str) -> bytes:
    """Decode strictly: the lenient decoder of the standard library skips what it does not know."""
    try:
        raw = text.encode("ascii").translate(_URL_SAFE)
        return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4), strict_mode=True)
    except ValueError as error:
        raise MalformedError("not base64url") from error


def split(token: str) -> Compact:
    """Cut a compact JWS into its parts without judging them."""
    if len(token) > MAX_TOKEN:
        raise MalformedError("too long")
    parts = token.split(".")
    if len(parts) != _PARTS:
        raise MalformedError("not three parts")
    header, payload, signature = parts
    try:
        signed = token[: len(header) + 1 + len(payload)].encode("ascii")
    except UnicodeEncodeError as error:
        raise MalformedError("not ASCII") from error
    return Compact(header, payload, signed, b64url_decode(signature))


def detached(token: str, content: bytes) -> Compact:
    """Cut a compact JWS whose payload is left out (RFC 7515 appendix F), and put the content there."""
    compact = split(token)
    if compact.payload:
        raise MalformedError("not detached")
    payload = b64url(content)
    return compact._replace(payload=payload, signed=f"{compact.header}.{payload}".encode())


def decode_part(part: str, kind: type[T]) -> T:
    """Decode header or payload into a struct; a million nested brackets are a RecursionError, not a ValueError."""
    try:
        return msgspec.json.decode(b64url_decode(part), type=kind)
    except (ValueError, RecursionError) as error:
        raise MalformedError("not the expected JSON") from error


def read_header(part: str, typ: str) -> JoseHeader:
    """Read a protected header of the given media type; algorithms other than ES256 and `crit` are refused."""
    header = decode_part(part, JoseHeader)
    if header.alg != "ES256" or header.crit is not None:
        raise MalformedError("not plain ES256")
    if header.typ.lower().removeprefix("application/") != typ:
        raise MalformedError("wrong typ")
    return header


def public_key(jwk: Jwk) -> ec.EllipticCurvePublicKey:
    """Build the key; a point that is not on the curve or a private key is refused."""
    if jwk.kty != "EC" or jwk.crv != "P-256" or jwk.d is not None:
        raise MalformedError("not a public P-256 key")
    x, y = b64url_decode(jwk.x), b64url_decode(jwk.y)
    if len(x) != _COORDINATE or len(y) != _COORDINATE:
        raise MalformedError("coordinates of a wrong length")
    try:
        numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), _P256)
        return numbers.public_key()
    except ValueError as error:
        raise MalformedError("not a point of the curve") from error


def thumbprint(jwk: Jwk) -> str:
    """RFC 7638 over the canonical coordinates, so that one key has one thumbprint."""
    x, y = b64url(b64url_decode(jwk.x)), b64url(b64url_decode(jwk.y))
    return b64url(hashlib.sha256(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode()).digest())


def verify(compact: Compact, key: ec.EllipticCurvePublicKey) -> None:
    """Check the signature (ES256, 64 raw bytes); raises `MalformedError`."""
    signature = compact.signature
    if len(signature) != 2 * _COORDINATE:
        raise MalformedError("signature of a wrong length")
    der = encode_dss_signature(
        int.from_bytes(signature[:_COORDINATE], "big"), int.from_bytes(signature[_COORDINATE:], "big")
    )
    try:
        key.verify(der, compact.signed, _ES256)
    except InvalidSignature as error:
        raise MalformedError("wrong signature") from error


def read_key_set(body: bytes) -> dict[str, ec.EllipticCurvePublicKey]:
    """Read a JWKS (RFC 7517 5) into keys by `kid`; keys of other kinds are skipped, as the RFC asks."""
    try:
        entries = msgspec.json.decode(body, type=JwkSet).keys
    except (ValueError, RecursionError) as error:
        raise MalformedError("not a key set") from error
    keys = {}
    for entry in entries:
        if entry.get("kty") == "EC" and entry.get("crv") == "P-256" and "kid" in entry:
            try:
                jwk = msgspec.convert(entry, Jwk)
            except ValueError as error:
                raise MalformedError("not a key") from error
            keys[jwk.kid] = public_key(jwk)
    return keys
