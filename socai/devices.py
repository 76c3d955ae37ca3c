"""How does a device get a key of its own, and what does the server say that it has of the device?"""

import sys
from argparse import Namespace
from datetime import datetime
from typing import Any

from joserfc.jwk import ECKey

from contracts.calendar import VIET_NAM
from contracts.ids import EVERYWHERE
from contracts.kinds.device import DeviceEnrolled, DeviceRevoked
from socai.batches import COLLABORATOR, OFFICER
from socai.reporting import signing_device, tell
from socai.session import Failure, Session
from socai.signing import Device, device_path, public_key, write_device
from socai.wording import say


def device(session: Session, chosen: Namespace) -> int:
    """Enrol a device, revoke its key, or count what it sent."""
    return {"enrol": _enrol, "revoke": _revoke, "counters": _counters}[chosen.action](session, chosen)


def _enrol(session: Session, chosen: Namespace) -> int:
    """Make a key, have an officer enrol it, and keep it beside the run file."""
    path = device_path(session.path, chosen.device)
    if path.exists():
        raise Failure(say(session.language, "device-exists", path=path))
    who = session.name or COLLABORATOR
    entry = session.run.clients.get(who)
    areas = entry.areas if entry is not None else ()
    # A device reports for a unit or area, never for the whole country.
    place = chosen.place or next((area for area in areas if area != EVERYWHERE), None)
    if entry is None or place is None:
        raise Failure(say(session.language, "device-of-whom", client=who))
    key = ECKey.generate_key("P-256", private=True)
    data = {
        "on": chosen.on or today(),
        "sender": entry.client_id,
        "device": chosen.device,
        "place": place,
        "key": public_key(key),
        "until": chosen.until,
    }
    session.name = None
    code = tell(session, DeviceEnrolled, data, key.thumbprint(), OFFICER)
    write_device(path, Device(who, chosen.device, dict(key.as_dict(private=True))))
    return code


def _revoke(session: Session, chosen: Namespace) -> int:
    """Have an officer revoke a key; what the device signs from now on is not taken."""
    key = signing_device(session, chosen.device).key.thumbprint()
    data: dict[str, Any] = {"on": chosen.on or today(), "key": key, "reason": chosen.reason}
    return tell(session, DeviceRevoked, data, key, OFFICER)


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


def today() -> str:
    """Give the day in Viet Nam."""
    return datetime.now(VIET_NAM).date().isoformat()
