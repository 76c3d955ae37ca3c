"""With which keys do devices sign, and does a signature made with one of them still count?

A key's row follows from the facts that enrol and revoke it, and from nothing else: intake and restore share `take`.
"""

from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from contracts.event import Event
from contracts.fact import Fact
from contracts.kinds.device import DeviceEnrolled, DeviceRevoked
from kit.auth import jose
from kit.http.problems import DeviceExpired, DeviceUnknown, Problem
from kit.http.problems import DeviceRevoked as Revoked

KEY_KINDS: Final = frozenset({DeviceEnrolled.kind, DeviceRevoked.kind})


class Key(msgspec.Struct, frozen=True, gc=False):
    """A device's public key: whose it is, from when until when, and the positions that enrolled and revoked it.

    `mistrusted` is the day since which a revoked key is not trusted.
    """

    key: str
    sender: str
    device: str
    place: str
    x: str
    y: str
    since: str
    until: str | None
    enrolled: int
    revoked: int | None = None
    mistrusted: str | None = None

    def public(self) -> ec.EllipticCurvePublicKey:
        """Give the key as it verifies."""
        return jose.public_key(jose.Jwk("EC", "P-256", self.x, self.y))


def key_named(fact: Fact) -> str:
    """Give the key that a fact enrols or revokes."""
    kind = DeviceEnrolled if fact.kind == DeviceEnrolled.kind else DeviceRevoked
    return key_of(kind.parse(fact.cause.data))


def key_of(event: Event) -> str:
    """Give the key that a report enrols or revokes."""
    key = event.find("key")
    return key if isinstance(key, str) else key.thumbprint


def take(known: Key | None, position: int, fact: Fact) -> Key:
    """Give a key as it stands after a fact that enrols or revokes it."""
    if fact.kind == DeviceEnrolled.kind:
        told = DeviceEnrolled.parse(fact.cause.data)
        key = told.key
        return Key(key.thumbprint, told.sender, told.device, told.place, key.x, key.y, told.on, told.until, position)
    if known is None:
        raise ValueError("a key is revoked that was never enrolled")
    return msgspec.structs.replace(known, revoked=position, mistrusted=fact.on)


def standing(key: Key | None, position: int, day: str) -> type[Problem] | None:
    """Say why a signature that comes in at a position, on a day in Viet Nam, does not count; None where it does."""
    if key is None or key.enrolled >= position:
        return DeviceUnknown
    if key.revoked is not None and key.revoked < position:
        return Revoked
    if day < key.since or (key.until is not None and day > key.until):
        return DeviceExpired
    return None
