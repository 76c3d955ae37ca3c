"""How does a device get a key of its own and lose it, and what does the server say that it has of the device?"""

import sys
from argparse import Namespace
from typing import Any

from joserfc.jwk import ECKey

from contracts.ids import EVERYWHERE
from contracts.kinds.device import DeviceEnrolled, DeviceRevoked
from socai import tables
from socai.batches import COLLABORATOR, OFFICER
from socai.dates import today
from socai.reporting import signing_device, tell
from socai.session import Failure, Session
from socai.signing import Device, device_path, public_key, write_device
from socai.wording import need_text, say

KEYS = ("sender", "place", "since", "until", "status", "key")


def device(session: Session, chosen: Namespace) -> int:
    """Enrol a device, list its keys, revoke one, or count what it sent."""
    actions = {"enrol": _enrol, "keys": _keys, "revoke": _revoke, "counters": _counters}
    return actions[chosen.action](session, chosen)


def _enrol(session: Session, chosen: Namespace) -> int:
    """Make a key, have an officer enrol it, and keep it beside the run file."""
    path = device_path(session.path, chosen.device)
    who = session.name or COLLABORATOR
    # A device reports for a unit or area, never for the whole country.
    place = chosen.place or next((area for area in session.areas(COLLABORATOR) if area != EVERYWHERE), None)
    if place is None:
        raise Failure(say(session.language, "device-of-whom", client=who))
    sender = session.run.clients[who].client_id
    session.name = None
    key = _key_to_enrol(session, chosen.device)
    data = {
        "on": chosen.on or today(),
        "sender": sender,
        "device": chosen.device,
        "place": place,
        "key": public_key(key),
        "until": chosen.until,
    }
    code = tell(session, DeviceEnrolled, data, key.thumbprint(), OFFICER)
    write_device(path, Device(who, chosen.device, dict(key.as_dict(private=True))))
    return code


def _key_to_enrol(session: Session, device: str) -> ECKey:
    """Make a key, or give the one that is kept of a device if nobody knows it, as the office returned its enrolment.

    Raises `Failure` while that one stands, or its enrolment waits.
    """
    path = device_path(session.path, device)
    if path.exists():
        kept = signing_device(session, device).key
        own = next((one for one in _known(session, device) if one["key"] == kept.thumbprint()), None)
        if own is None:
            return kept
        if own["status"] == "waiting":
            raise Failure(_waits(session, own))
        if own["status"] != "revoked":
            raise Failure(say(session.language, "device-exists", path=path, device=device))
    return ECKey.generate_key("P-256", private=True)


def _known(session: Session, device: str) -> list[dict[str, Any]]:
    """Give the keys of devices of a name, those last whose enrolment waits."""
    told = session.json("GET", f"/events/v1/devices/{device}/keys", OFFICER)
    keys = [one | {"status": "revoked" if one["revoked"] else "enrolled"} for one in told["keys"]]
    return keys + [one | {"status": "waiting"} for one in told["waiting"]]


def _waits(session: Session, key: dict[str, Any]) -> str:
    return say(session.language, "device-waits", need=need_text(session.language, key["need"]), report=key["report"])


def _keys(session: Session, chosen: Namespace) -> int:
    """List the keys of devices of a name, and say for what an enrolment waits."""
    found = _known(session, chosen.device)
    tables.show(found, KEYS, session.language, "no-keys")
    for one in found:
        if one["status"] == "waiting":
            session.note(_waits(session, one))
    return 0


def _revoke(session: Session, chosen: Namespace) -> int:
    """Have an officer revoke a key; what the device signs from now on is not taken."""
    key = chosen.key or _key_to_revoke(session, chosen.device)
    data: dict[str, Any] = {"on": chosen.on or today(), "key": key, "reason": chosen.reason}
    return tell(session, DeviceRevoked, data, key, OFFICER)


def _key_to_revoke(session: Session, device: str) -> str:
    """Give the key that is kept here, else, as of a telephone that is lost, the one that the server has of it."""
    if device_path(session.path, device).exists():
        return signing_device(session, device).key.thumbprint()
    found = _known(session, device)
    if not found:
        raise Failure(say(session.language, "no-keys"))
    standing = [one for one in found if one["status"] != "revoked"]
    if len(standing) > 1:
        lines = tables.table(standing, KEYS, session.language)
        raise Failure("\n".join([say(session.language, "which-key", device=device), *lines]))
    # Of one that is revoked already the server says since when.
    key: str = (standing or found)[-1]["key"]
    return key


def _counters(session: Session, chosen: Namespace) -> int:
    """Say what the server has of a device."""
    show(session, chosen.device, counted(session, chosen.device))
    return 0


def counted(session: Session, device: str) -> dict[str, Any]:
    """Ask what the server has of a device."""
    return session.json("GET", f"/events/v1/devices/{device}", COLLABORATOR)


def show(session: Session, device: str, told: dict[str, Any]) -> None:
    """Say how many reports of a device have which fate, and which numbers are missing."""
    language = session.language
    if not told["sent"]:
        client = session.run.clients[session.name or COLLABORATOR].client_id
        sys.stdout.write(say(language, "device-silent", device=device, client=client) + "\n")
        return
    counts = ", ".join(f"{n} {say(language, fate)}" for fate, n in told["counts"].items() if n)
    ends = [(one["first"], one["last"]) for one in told["missing"]]
    gaps = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ends)
    sys.stdout.write(say(language, "device-sent", sent=told["sent"], counts=counts or "-") + "\n")
    sys.stdout.write(say(language, "device-numbers", highest=told["highest"], missing=gaps or "-") + "\n")
