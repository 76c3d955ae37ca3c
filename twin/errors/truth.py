"""What is kept of the truth behind reports with errors, in a file of its own that no platform reads?

NDJSON, one record a line, its kind in `what`: first what became of single reports, in order of telling, then how the
world truly stands at the end.
"""

from collections.abc import Iterable
from typing import BinaryIO

import msgspec


class Record(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="what"):
    """A line of the file of truth."""


class Slip(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error by its name, and whom it is about where that is one person."""

    error: str
    person: str | None = None


class Told(Record, frozen=True, omit_defaults=True, tag="told"):
    """A line that is not told as it happened, at once and once: the true report behind it, and its errors.

    A report without such a record tells the event of its own id. `refused`: it must not be recorded.
    """

    report: str
    event: str
    slips: tuple[Slip, ...]
    refused: bool = False


class Untold(Record, frozen=True, omit_defaults=True, tag="untold"):
    """A true event that nobody tells."""

    event: str
    slip: Slip


class Double(Record, frozen=True, omit_defaults=True, tag="double"):
    """An id under which somebody was told who has another one."""

    person: str
    of: str


class Move(Record, frozen=True, omit_defaults=True, tag="move"):
    """A true move in two halves: departure and arrival as true reports with their days. Without an arrival: on the way.

    `origin` and `destination` are areas.
    """

    person: str
    departure: str
    left: str
    origin: str | None
    arrival: str | None = None
    arrived: str | None = None
    destination: str | None = None


class Person(Record, frozen=True, omit_defaults=True, tag="person"):
    """Somebody as she truly is at the end; `number` is her personal number."""

    person: str
    status: str
    sex: str
    birth: str | None = None
    name: str | None = None
    number: str | None = None
    area: str | None = None
    household: str | None = None


class Household(Record, frozen=True, omit_defaults=True, tag="household"):
    """A household as it truly is at the end; `head` is empty where the last one died or left and nobody was named."""

    household: str
    area: str
    status: str = "active"
    head: str | None = None
    number: str | None = None
    address: str | None = None


class Span(Record, frozen=True, omit_defaults=True, tag="span"):
    """The last day that is told of."""

    until: str


Truth = Told | Untold | Double | Move | Person | Household | Span
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Truth).decode


def write(file: BinaryIO, record: Truth) -> None:
    """Add one record."""
    file.write(_encode(record) + b"\n")


def read(lines: Iterable[bytes]) -> Iterable[Truth]:
    """Read records; raises msgspec.DecodeError where a line is none."""
    return (_decode(line) for line in lines if line.strip())
