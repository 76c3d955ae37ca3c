"""What must hold for a device's key to be enrolled or revoked? Neither changes a person, a household or a place."""

from contracts.kinds.device import DeviceEnrolled, DeviceRevoked
from services.events.state.refold import Effect
from services.events.state.view import View
from services.events.state.world import Contradiction, Needs

NOTHING: Effect = (), ()


def key_need(key: str) -> str:
    """Name what a revocation waits for: the enrolment of the key."""
    return f"key:{key}"


def enrolled(event: DeviceEnrolled, view: View) -> Effect:
    """A key belongs to one device and is enrolled once: one that was revoked does not come back. The place for which
    the device reports is waited for, on the books of whichever day.
    """
    known = view.world.key(event.key.thumbprint)
    if known is not None:
        raise Contradiction("key-enrolled", known.enrolled)
    view.must_exist(event.place)
    return NOTHING


def revoked(event: DeviceRevoked, view: View) -> Effect:
    """A key is revoked once."""
    known = view.world.key(event.key)
    if known is None:
        raise Needs(key_need(event.key))
    if known.revoked is not None:
        raise Contradiction("key-revoked", known.revoked)
    return NOTHING
