"""How far did a load come? Written whole or not at all, and believed only of the very same reports."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import msgspec

from deploy.local.folder import write_private
from deploy.local.province.comparing import Line

SAVED_EVERY = 0.5
PROGRESS = "progress.json"


class OtherLoad(RuntimeError):
    """What is kept is about other reports."""


class Progress(msgspec.Struct):
    """`line` reports, up to the byte `end` of the file, have answers that stand; the highest has `position`.

    `seconds` were spent on each phase so far. `before` is what readers counted before the first report was sent,
    `stock` the control totals of the first day, which later days cannot be asked for.
    """

    of: str
    line: int = 0
    end: int = 0
    position: int = 0
    fates: dict[str, int] = {}
    seconds: dict[str, float] = {}
    before: dict[str, Any] | None = None
    stock: list[Line] = []


def fingerprint(totals: Path, reports: Path) -> str:
    """Name reports by what they add up to and how long they are: the twin makes the same of the same arguments."""
    return hashlib.sha256(totals.read_bytes() + str(reports.stat().st_size).encode()).hexdigest()


class Kept:
    """The progress of one load, beside its reports."""

    def __init__(self, path: Path, of: str) -> None:
        self._path = path
        self._saved_at = 0.0
        self.progress = Progress(of)
        if path.exists():
            self.progress = msgspec.convert(json.loads(path.read_text()), type=Progress)
        if self.progress.of != of:
            raise OtherLoad(f"{path} is about other reports; remove its folder to begin anew")

    def save(self) -> None:
        write_private(self._path, msgspec.to_builtins(self.progress))
        self._saved_at = time.monotonic()

    def may_save(self) -> None:
        """Save unless that was done a moment ago: what is sent again for want of it changes nothing."""
        if time.monotonic() - self._saved_at > SAVED_EVERY:
            self.save()
