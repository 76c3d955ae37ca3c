"""Devices with keys of their own, for tests."""

from functools import cache
from typing import Any

from joserfc.jwk import ECKey

from contracts.kinds.device import PublicKey
from socai.signing import public_key

PLACE = "10525-20190101"


@cache
def device_key(name: str) -> ECKey:
    """A key; the same for the same name within one run."""
    assert name
    return ECKey.generate_key("P-256", private=True)


def thumbprint(name: str) -> str:
    return PublicKey(**public_key(device_key(name))).thumbprint


def enrolment(name: str = "d1", **changed: Any) -> dict[str, Any]:
    """The payload that enrols the key of a device of `collaborator`."""
    told = {
        "on": "2025-01-01",
        "sender": "collaborator",
        "device": name,
        "place": PLACE,
        "key": public_key(device_key(name)),
    }
    return {field: value for field, value in (told | changed).items() if value is not None}
