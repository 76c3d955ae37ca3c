"""What does the layer of errors read of a report, and change in it?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE, Event
from twin.errors.truth import Slip
from twin.reports import encode

AMENDMENTS = frozenset({"fact.corrected", "fact.voided"})


@dataclass(slots=True)
class Telling:
    """One line on its way: `event` is the true report that it tells, `due` when it arrives, in ms since 1970.

    `line` are its bytes as long as nothing in it is changed. `refused`: no platform may record it.
    """

    envelope: dict[str, Any]
    event: str
    due: int
    line: bytes | None
    slips: tuple[Slip, ...] = ()
    refused: bool = False

    @property
    def report(self) -> str:
        """The id under which it is told."""
        return str(self.envelope["id"])

    @property
    def source(self) -> str:
        """Who tells it."""
        return str(self.envelope["source"])

    @property
    def payload(self) -> type[Event]:
        """The class of its kind."""
        return CATALOGUE[self.envelope["type"]]

    @property
    def kind(self) -> str:
        """Its kind: `person.born`."""
        return self.payload.kind

    @property
    def data(self) -> dict[str, Any]:
        """Its payload."""
        told: dict[str, Any] = self.envelope["data"]
        return told

    @property
    def on(self) -> str:
        """The day in the world; empty for a correction and a void."""
        return str(self.data.get("on", ""))

    @property
    def person(self) -> str | None:
        """Whom it is about, if that is one person."""
        return self.data.get("person")

    @property
    def by_collaborator(self) -> bool:
        """Say whether a collaborator tells it, and not an office."""
        return self.payload.scope == Event.scope

    def slipped(self, slip: Slip) -> "Telling":
        """Keep that an error made it what it is."""
        return replace(self, slips=(*self.slips, slip))

    def changed(self, slip: Slip | None = None, **attributes: Any) -> "Telling":
        """Tell it otherwise; `attributes` are those of the envelope."""
        # Much faster than deepcopy, and all of it came as JSON.
        envelope = msgspec.json.decode(encode(self.envelope)) | attributes
        told = replace(self, envelope=envelope, line=None)
        return told if slip is None else told.slipped(slip)

    def later(self, milliseconds: int, *, own_time: bool = True) -> "Telling":
        """Let it arrive later; with `own_time` it is told later as well, else only delivered."""
        moved = replace(self, due=self.due + milliseconds)
        if not own_time:
            return moved
        told = datetime.fromisoformat(self.envelope["time"]) + timedelta(seconds=milliseconds // 1000)
        return moved.changed(time=told.isoformat())

    def written(self) -> bytes:
        """Give its line of NDJSON."""
        return self.line if self.line is not None else encode(self.envelope) + b"\n"


def read(line: bytes) -> Telling:
    """Read a true line."""
    envelope = msgspec.json.decode(line)
    due = int(datetime.fromisoformat(envelope["time"]).timestamp() * 1000)
    return Telling(envelope, envelope["id"], due, line)


def described(telling: Telling) -> Iterator[dict[str, Any]]:
    """Give the descriptions of people in it: the lines of a sheet, a newborn, who arrives."""
    if telling.kind == "household.registered":
        yield from telling.data.get("members", ())
    elif telling.kind in {"person.born", "person.arrived"}:
        yield telling.data
