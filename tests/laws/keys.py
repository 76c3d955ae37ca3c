"""What do the conventions make of the keys of devices? They stand in order of recording and touch nobody's life."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from contracts.event import Event
from contracts.kinds.device import DeviceEnrolled, DeviceRevoked, PublicKey
from kit.auth.jose import b64url
from tests.laws.scene import Payload

KEY_KINDS = {DeviceEnrolled.kind, DeviceRevoked.kind}


def _public(number: int) -> dict[str, str]:
    at = ec.derive_private_key(number, ec.SECP256R1()).public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": b64url(at.x.to_bytes(32, "big")), "y": b64url(at.y.to_bytes(32, "big"))}


KEYS = [_public(number) for number in range(1, 5)]
NAMES = [PublicKey.model_validate(key).thumbprint for key in KEYS]


def judge(events: Iterable[Event], event: Event, books: Collection[str]) -> tuple[set[str], set[str]]:
    """Say what an enrolment or a revocation needs and contradicts, behind the events that were recorded; `books` holds
    who and what is on the books of any day.
    """
    enrolled, revoked = set(), set()
    for one in events:
        if isinstance(one, DeviceEnrolled):
            enrolled.add(one.key.thumbprint)
        elif isinstance(one, DeviceRevoked):
            revoked.add(one.key)
    if isinstance(event, DeviceEnrolled):
        needs = {event.place} - set(books)
        return needs, {"enrolled before"} if event.key.thumbprint in enrolled else set()
    assert isinstance(event, DeviceRevoked)
    needs = set() if event.key in enrolled else {f"key:{event.key}"}
    return needs, {"revoked before"} if event.key in revoked else set()


def _enrolment(pick: Any, on: str) -> Payload:
    place = pick.area()
    return {"sender": "tester", "device": "phone", "place": place, "key": pick.chance.choice(KEYS)}


KEY_EVENTS: dict[str, tuple[float, Callable[[Any, str], Payload]]] = {
    "device.enrolled": (2, _enrolment),
    "device.revoked": (2, lambda pick, on: {"key": pick.chance.choice(NAMES)}),
}
