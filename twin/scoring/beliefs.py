"""What does a platform believe, as `socai area` writes it?

NDJSON, one record a line, its kind in `what`: `area` (an area that was read, and up to which position of the ledger),
`household` and `person` (the states of those that stand and live there), `move` (a move that lacks its other half).
What else stands there is skipped.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec


class Believed(msgspec.Struct, frozen=True, tag_field="what", tag="person"):
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


class Home(msgspec.Struct, frozen=True, tag_field="what", tag="household"):
    """A household on the books; `personal` holds its address."""

    id: str
    area: str
    status: str = "active"
    head: str | None = None
    number: str | None = None
    personal: dict[str, Any] | None = None

    @property
    def address(self) -> str | None:
        """Give the address line."""
        return (self.personal or {}).get("address")


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
    households: list[Home] = field(default_factory=list)


class _Line(msgspec.Struct):
    what: str
    area: str = ""


_line = msgspec.json.Decoder(_Line).decode
_person = msgspec.json.Decoder(Believed).decode
_home = msgspec.json.Decoder(Home).decode
_half = msgspec.json.Decoder(Half).decode


def read(lines: Iterable[bytes], aside: Callable[[Believed | Home], None] | None = None) -> Beliefs:
    """Read an export; raises msgspec.DecodeError where a line is none.

    People and households are given to `aside`, where there is one, instead of being kept.
    """
    beliefs = Beliefs()
    keep, settle = (beliefs.persons.append, beliefs.households.append) if aside is None else (aside, aside)
    for line in lines:
        if not line.strip():
            continue
        match (told := _line(line)).what:
            case "area":
                beliefs.areas.add(told.area)
            case "person":
                keep(_person(line))
            case "household":
                settle(_home(line))
            case "move":
                beliefs.halves.add(_half(line))
    return beliefs
