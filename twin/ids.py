"""How do persons, households and reports get UUIDv7s (RFC 9562) that come out the same every time?"""

import numpy as np
from numpy.typing import NDArray

from twin.draws import Draws, Ints

Raw = NDArray[np.uint8]
_HEX = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), dtype=np.uint8).reshape(256, 2)
_TEXT = 36


def draw(draws: Draws, moments: Ints) -> Raw:
    """Make a row of 16 bytes for each moment, in milliseconds since 1970."""
    made = draws.words(2 * len(moments)).astype(">u8").view(np.uint8).reshape(-1, 16)
    made[:, :6] = moments.astype(">i8").view(np.uint8).reshape(-1, 8)[:, 2:]
    made[:, 6] = made[:, 6] & 0x0F | 0x70
    made[:, 8] = made[:, 8] & 0x3F | 0x80
    return made


def texts(raw: Raw) -> list[bytes]:
    """Write rows of bytes as text."""
    digits = _HEX[raw].reshape(len(raw), 32)
    made = np.full((len(raw), _TEXT), ord("-"), dtype=np.uint8)
    start = 0
    for at, length in ((0, 8), (9, 4), (14, 4), (19, 4), (24, 12)):
        made[:, at : at + length] = digits[:, start : start + length]
        start += length
    return made.view(f"S{_TEXT}").ravel().tolist()


def text(raw: Raw) -> str:
    """Write one id as text."""
    found = raw.tobytes().hex()
    return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"


def raw(text: str) -> Raw:
    """Read one id from text."""
    return np.frombuffer(bytes.fromhex(text.replace("-", "")), dtype=np.uint8)
