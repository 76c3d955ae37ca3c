"""How does a device sign its reports, one by one or a batch at once?

A detached JWS (RFC 7515 appendix F) over what `contracts.signing` says; any library that makes compact JWS will do.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from joserfc import jws
from joserfc.jwk import ECKey

from contracts.signing import BATCH_TYP, REPORT_TYP, batch_content, leaf, report_content, tree

HEADER = "Socai-Signature"


class Device(msgspec.Struct, frozen=True, dict=True):
    """A device of a client of the run file, with the private key that it keeps beside it."""

    client: str
    device: str
    private_jwk: dict[str, Any]

    @cached_property
    def key(self) -> ECKey:
        """The key, ready to sign."""
        return ECKey.import_key(self.private_jwk)


def device_path(run: Path, device: str) -> Path:
    """Name the file beside the run file that keeps a device."""
    return run.parent / f"device-{device}.json"


def read_device(path: Path) -> Device:
    """Read a device; raises OSError or msgspec.DecodeError."""
    return msgspec.json.decode(path.read_bytes(), type=Device)


def write_device(path: Path, device: Device) -> None:
    """Keep a device, for its owner's eyes only."""
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(device)))


def sign_report(report: bytes, key: ECKey) -> bytes:
    """Give a CloudEvent in JSON with the attribute `signature`; its payload stays the bytes that it is."""
    envelope: dict[str, msgspec.Raw] = msgspec.json.decode(report, type=dict[str, msgspec.Raw])
    signature = _detached(REPORT_TYP, report_content(msgspec.json.decode(report)), key)
    return msgspec.json.encode(envelope | {"signature": signature})


def sign_batch(reports: Sequence[bytes], key: ECKey) -> str:
    """Give the value of the header `Socai-Signature` for a request with these reports in this order."""
    leaves = [leaf(report_content(msgspec.json.decode(report))) for report in reports]
    return _detached(BATCH_TYP, batch_content(tree(leaves)[-1][0], len(leaves)), key)


def public_key(key: ECKey) -> dict[str, str]:
    """Give the public key as a `device.enrolled` names it."""
    public = key.as_dict(private=False)
    return {name: str(public[name]) for name in ("kty", "crv", "x", "y")}


def _detached(typ: str, content: bytes, key: ECKey) -> str:
    signed = jws.serialize_compact({"alg": "ES256", "kid": key.thumbprint(), "typ": typ}, content, key)
    header, _, signature = signed.split(".")
    return f"{header}..{signature}"
