"""What does a platform believe, as `socai area` writes it?

NDJSON, one record a line, its kind in `what`: `area` (an area that was read, and up to which position of the ledger),
`person` (the state of somebody who lives there), `move` (a move that lacks its other half). What else stands there is
skipped.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec


class Believed(msgspec.Struct, frozen=True):
    """Somebody who is believed to live in an area; `personal` holds name and identifiers."""

    id: str
    area: str
    sex: str = "unknown"
    birth: str | None = None
    household: str | None = None
    personal: dict[str, Any] | None = None

    @property
    def name(self) -> str | None:
        """Give the name as it is written."""
        return (self.personal or {}).get("name")

    @property
    def number(self) -> str | None:
        """Give the personal number."""
        numbers = (self.personal or {}).get("identifiers", ())
        return next((one["value"] for one in numbers if one["type"] == "pid"), None)


class Half(msgspec.Struct, frozen=True):
    """An open half of a move: `since` is its day, `side` departure or arrival."""

    side: str
    person: str
    since: str


@dataclass(slots=True)
class Beliefs:
    """Everything that was read of a platform."""

    areas: set[str] = field(default_factory=set)
    persons: list[Believed] = field(default_factory=list)
    halves: set[Half] = field(default_factory=set)


class _Line(msgspec.Struct):
    what: str
    area: str = ""


_line = msgspec.json.Decoder(_Line).decode
_person = msgspec.json.Decoder(Believed).decode
_half = msgspec.json.Decoder(Half).decode


def read(lines: Iterable[bytes], aside: Callable[[Believed], None] | None = None) -> Beliefs:
    """Read an export; raises msgspec.DecodeError where a line is none.

    People are given to `aside`, where there is one, instead of being kept.
    """
    beliefs = Beliefs()
    keep = beliefs.persons.append if aside is None else aside
    for line in lines:
        if not line.strip():
            continue
        match (told := _line(line)).what:
            case "area":
                beliefs.areas.add(told.area)
            case "person":
                keep(_person(line))
            case "move":
                beliefs.halves.add(_half(line))
    return beliefs
