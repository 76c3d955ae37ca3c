"""What is a report that is well formed, and how is it kept so that it can be decided later?"""

import hashlib
from typing import Any

import msgspec

from contracts.event import Event, Report
from contracts.fact import Cause, Signature

DIGEST_BYTES = 16
_canonical = msgspec.json.Encoder(order="sorted").encode


class Line(msgspec.Struct, frozen=True, gc=False):
    """A report that is well formed: envelope, payload, digest of its content, and who sent it for which places.

    `signature` is one that was checked, `key` the thumbprint of the key that made it.
    `officer`: the sender needs no approval. `approved`: the position of the approval that it has. `received`: the day
    on which a report came in that waited. `aliases`: ids of the payload that lead to somebody on the books, by whose
    ids `event` speaks. `scopes`: by which more may be amended than changes of persons and households, of what amends.
    """

    report: Report
    event: Event
    digest: bytes
    sender: str
    areas: tuple[str, ...] = ()
    signature: Signature | None = None
    key: str | None = None
    officer: bool = False
    approved: int | None = None
    received: str | None = None
    aliases: dict[str, str] | None = None
    scopes: tuple[str, ...] = ()

    @property
    def number(self) -> tuple[str, str, int] | None:
        """Give sender, device and number of the report, if it is counted."""
        device, sequence = self.report.device, self.report.devicesequence
        return None if device is None or sequence is None else (self.sender, device, sequence)

    @property
    def device(self) -> str | None:
        """Give the device that tells the report, if one does."""
        return None if self.report.device is None else device_name(self.sender, self.report.device)

    @property
    def count(self) -> tuple[str, int] | None:
        """Give the place of the report in the count of its device, if it is counted."""
        return counted(self.sender, self.report.device, self.report.devicesequence)


def counted(sender: str, device: str | None, sequence: int | None) -> tuple[str, int] | None:
    """Give the device and the number of a report."""
    return None if device is None or sequence is None else (device_name(sender, device), sequence)


def device_in(cause: Cause) -> str | None:
    """Give the device that told what a fact keeps as its cause, if one did."""
    return None if cause.device is None else device_name(cause.authid or "", cause.device)


def device_name(sender: str, device: str) -> str:
    """Name a device, which is one of its sender's and of nobody else's."""
    return f"{sender}/{device}"


def digest(report: Report, data: Any = None) -> bytes:
    """Digest a report's content: its type and its payload with sorted keys, not its time or trace.

    `data` is the payload if somebody has it decoded already.
    """
    content = _canonical((report.type, msgspec.json.decode(report.data) if data is None else data))
    return hashlib.sha256(content).digest()[:DIGEST_BYTES]


def cause_of(line: Line, notes: tuple[str, ...] = ()) -> Cause:
    """Keep a report as the cause of what became of it."""
    report = line.report
    return Cause(
        report=report.id,
        type=report.type,
        source=report.source,
        data=report.data,
        time=report.time,
        authid=line.sender,
        device=report.device,
        devicesequence=report.devicesequence,
        correlationid=report.correlationid,
        causationid=report.causationid,
        notes=notes,
        signature=line.signature,
        approved=line.approved,
        aliases=line.aliases,
    )


def report_of(cause: Cause) -> Report:
    """Give the report back that was kept as a cause."""
    return Report(
        id=cause.report,
        source=cause.source,
        type=cause.type,
        data=cause.data,
        time=cause.time,
        device=cause.device,
        devicesequence=cause.devicesequence,
        correlationid=cause.correlationid,
        causationid=cause.causationid,
    )
