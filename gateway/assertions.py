"""Does this client assertion (`private_key_jwt`, RFC 7523 and its revision) come from the client that it names?

Stricter than the RFC: ES256 only, one audience as a single string, at most a minute of life, used once.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.clients import Client, ClientStatus
from kit.auth import jose

TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST: Final = 60
SKEW: Final = 5
_MAX_ID: Final = 128


class Assertion(msgspec.Struct, frozen=True):
    """The claims of a client assertion; times in seconds since 1970."""

    iss: str
    sub: str
    aud: str
    exp: float
    jti: str
    nbf: float = 0


class Refused(Exception):
    """The assertion does not hold; the words are ours."""


def claimed_client(form: Mapping[str, str]) -> str | None:
    """Whom the assertion speaks of, before anything is verified: only to know whose keys to read."""
    try:
        compact = jose.split(form.get("client_assertion", ""))
        subject = jose.decode_part(compact.payload, Assertion).sub
    except jose.MalformedError:
        return None
    return subject if 0 < len(subject) <= _MAX_ID and "\0" not in subject else None


def check(form: Mapping[str, str], client: Client | None, issuer: str, now: float) -> Assertion:
    """Check everything but replay. Raises `Refused`."""
    if form.get("client_assertion_type") != TYPE:
        raise Refused("Authenticate with private_key_jwt.")
    try:
        compact = jose.split(form.get("client_assertion", ""))
        header = jose.decode_part(compact.header, jose.JoseHeader)
        assertion = jose.decode_part(compact.payload, Assertion)
    except jose.MalformedError:
        raise Refused("The assertion is malformed.") from None
    faults = {
        "Only ES256 is taken.": header.alg != "ES256" or header.crit is not None,
        "iss and sub must both be the client_id.": assertion.iss != assertion.sub,
        "client_id is not that of the assertion.": form.get("client_id", assertion.sub) != assertion.sub,
        "aud must be the issuer, as a single string.": assertion.aud != issuer,
        "The assertion is not valid at this time.": not assertion.nbf - SKEW <= now < assertion.exp + SKEW,
        "exp must be at most 60 seconds ahead.": assertion.exp > now + LONGEST + SKEW,
        "jti must have 1 to 128 characters.": not 0 < len(assertion.jti) <= _MAX_ID,
        # Unknown, revoked and wrongly signed look alike: nobody learns from here who is registered.
        "The client is unknown, or the signature is wrong.": not _comes_from(
            client, assertion.sub, compact, header.kid
        ),
    }
    for words, wrong in faults.items():
        if wrong:
            raise Refused(words)
    return assertion


def _comes_from(client: Client | None, client_id: str, compact: jose.Compact, kid: str) -> bool:
    if client is None or client.client_id != client_id or client.status != ClientStatus.ACTIVE:
        return False
    for jwk in client.jwks:
        if kid in {"", jwk["kid"]}:
            try:
                jose.verify(compact, jose.public_key(msgspec.convert(jwk, jose.Jwk)))
            except jose.MalformedError:
                continue
            return True
    return False
