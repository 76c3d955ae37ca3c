"""With which keys do devices sign their reports, and since when is a key no longer trusted?"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import StringConstraints, model_validator

from contracts.event import Dated, Part
from contracts.ids import IsoDate, PlaceId, Text
from contracts.malformed import malformed

DEVICE_WRITE = "events.device.write"
# 32 bytes in base64url: the last of the 43 characters has two bits to spare, which are zero.
BYTES32: Final = r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"
_Bytes32 = Annotated[str, StringConstraints(pattern=BYTES32)]
DEVICE: Final = r"^[A-Za-z0-9._:-]{1,64}$"
Device = Annotated[str, StringConstraints(pattern=DEVICE)]
SENDER = r"^[!-~]{1,200}$"
Sender = Annotated[str, StringConstraints(pattern=SENDER)]

# NIST SP 800-186, 3.2.1.3: y^2 = x^3 - 3x + b modulo p.
_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


class PublicKey(Part):
    """A public key of P-256 as a JWK (RFC 7517), which ES256 signs with."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: _Bytes32
    y: _Bytes32

    @model_validator(mode="after")
    def _lies_on_the_curve(self) -> Self:
        x, y = (int.from_bytes(urlsafe_b64decode(one + "="), "big") for one in (self.x, self.y))
        if max(x, y) >= _P or (y * y - x * x * x + 3 * x - _B) % _P:
            raise malformed("point-off-the-curve")
        return self

    @property
    def thumbprint(self) -> str:
        """The key's name (RFC 7638), which stands as `kid` in the header of each signature."""
        return thumbprint(self.x, self.y)


def thumbprint(x: str, y: str) -> str:
    """Name a key of P-256 by its coordinates (RFC 7638)."""
    digest = hashlib.sha256(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


class DeviceEnrolled(Dated):
    """A device of a sender gets a key: what it signs with that is taken from `on` until the end of `until`.

    `sender` is the client as which the device reports, `place` the unit or area for which it does; whoever may report
    for that place may enrol and revoke. A key belongs to one device and is enrolled once.
    """

    kind: ClassVar[str] = "device.enrolled"
    title: ClassVar[tuple[str, str]] = ("Device enrolled", "Đăng ký khóa thiết bị")
    scope: ClassVar[str] = DEVICE_WRITE

    sender: Sender
    device: Device
    place: PlaceId
    key: PublicKey
    until: IsoDate | None = None

    @model_validator(mode="after")
    def _ends_behind_its_beginning(self) -> Self:
        if self.until is not None and self.until < self.on:
            raise malformed("ends-before-it-begins")
        return self


class DeviceRevoked(Dated):
    """A key is taken no more from now on; `on` is the day since which it is not trusted (lost, stolen, handed back).

    What was recorded before the revocation stays recorded and its signature stays right; `verify` lists what the key
    signed since `on`.
    """

    kind: ClassVar[str] = "device.revoked"
    title: ClassVar[tuple[str, str]] = ("Device key revoked", "Thu hồi khóa thiết bị")
    scope: ClassVar[str] = DEVICE_WRITE

    key: _Bytes32
    reason: Text | None = None
