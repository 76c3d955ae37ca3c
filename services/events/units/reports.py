"""Which reports tell the official units of a province: as they were, the reform of 1 July 2025, and what came since?

Every id follows from the content, so that the same units told again are the same reports.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from contracts.calendar import VIET_NAM
from contracts.event import CATALOGUE, Report
from contracts.ids import uuid7
from contracts.reference.units import REFORM, Link, Unit, links_2025, since_2025, until_2025, upgrades

KNOWN_SINCE: Final = "2020-01-01"
"""Founding day of units from before the reform where nobody chooses another (decision 16)."""
SOURCE: Final = "/reference/units"
_TYPES: Final = {event.kind: name for name, event in CATALOGUE.items()}
_canonical = msgspec.json.Encoder(order="sorted").encode
Told = tuple[str, dict[str, Any]]


class Province:
    """One province of today, with all that went into it; `known_since` is when its old units are founded."""

    def __init__(self, code: str, known_since: str = KNOWN_SINCE) -> None:
        self.code = code
        self.known_since = known_since
        into: dict[str, list[Link]] = {}
        for link in links_2025():
            into.setdefault(link.after, []).append(link)
        self._into = into
        self.former = [link.before for link in into[code]]
        provinces, old = set(self.former), until_2025()
        self.districts = [unit for unit in old.values() if unit.level == "district" and unit.parent in provinces]
        districts = {unit.code for unit in self.districts}
        self.communes = [unit for unit in old.values() if unit.level == "commune" and unit.parent in districts]
        self.now = [unit for unit in since_2025().values() if unit.parent == code]

    def before(self, code: str) -> str:
        """Name a unit of the time before the reform."""
        return f"{code}-{self.known_since.replace('-', '')}"

    def since(self, code: str) -> str:
        """Name a unit as of the reform: what nothing was added to or taken from keeps its id."""
        unchanged = any(link.part == "same" for link in self._into[code])
        return self.before(code) if unchanged else f"{code}-{REFORM.replace('-', '')}"

    def told(self) -> Iterator[Told]:
        """Tell everything in the order in which it can be recorded: (kind, payload)."""
        yield from self._founded()
        yield from self._provinces_merged()
        for unit in self.now:
            yield from self._commune(unit)
        yield from self._divided()
        for district in self.districts:
            # Island districts without communes have become communes.
            if not any(link.before == district.code for unit in self.now for link in self._into[unit.code]):
                yield "unit.reorganised", {"on": REFORM, "change": "abolish", "units": [self.before(district.code)]}
        yield from self._upgraded()

    def _founded(self) -> Iterator[Told]:
        for unit in (*(until_2025()[code] for code in self.former), *self.districts, *self.communes):
            parent = self.before(unit.parent) if unit.parent else None
            described = _described(unit, self.before(unit.code), parent)
            yield "unit.established", {"on": self.known_since, "unit": described}

    def _provinces_merged(self) -> Iterator[Told]:
        stays = self.since(self.code)
        units = [one for one in map(self.before, self.former) if one != stays]
        if not units:
            return
        told = {"on": REFORM, "change": "merge", "units": units}
        if stays == self.before(self.code):
            yield "unit.reorganised", told | {"into": stays}
        else:
            yield "unit.reorganised", told | {"new": _described(since_2025()[self.code], stays, None)}

    def _commune(self, unit: Unit) -> Iterator[Told]:
        stays, known = self.since(unit.code), until_2025().get(unit.code)
        if stays == self.before(unit.code) and known is not None:
            names = {"vi": unit.name}
            if unit.type != known.type:
                told = {"on": REFORM, "change": "level", "units": [stays], "type": unit.type, "names": names}
                yield "unit.reorganised", told
            elif unit.name != known.name:
                yield "unit.reorganised", {"on": REFORM, "change": "rename", "units": [stays], "names": names}
            return
        new = _described(unit, stays, self.since(self.code))
        whole = [self.before(link.before) for link in self._into[unit.code] if not link.divided]
        if whole:
            yield "unit.reorganised", {"on": REFORM, "change": "merge", "units": whole, "new": new}
        else:
            yield "unit.established", {"on": REFORM, "unit": new}

    def _divided(self) -> Iterator[Told]:
        parts: dict[str, list[dict[str, Any]]] = {}
        for unit in self.now:
            for link in self._into[unit.code]:
                if link.divided:
                    rest = {"rest": True} if link.part == "most" else {}
                    parts.setdefault(link.before, []).append({"unit": self.since(unit.code), **rest})
        for code in sorted(parts):
            told = {"on": REFORM, "change": "split", "units": [self.before(code)], "parts": parts[code]}
            yield "unit.reorganised", told

    def _upgraded(self) -> Iterator[Told]:
        codes = {self.code, *(unit.code for unit in self.now)}
        for one in upgrades():
            if one.code in codes:
                told = {"change": "level", "units": [self.since(one.code)], "type": one.type, "names": {"vi": one.name}}
                yield "unit.reorganised", {"on": one.on, **told}


def _described(unit: Unit, name: str, parent: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "unit": name,
        "code": unit.code,
        "level": unit.level,
        "type": unit.type,
        "names": {"vi": unit.name},
    }
    return told if parent is None else told | {"parent": parent}


def report_of(kind: str, payload: dict[str, Any]) -> Report:
    """Make the report of a payload, under the id that this content has every time."""
    data = _canonical(payload)
    day = datetime.fromisoformat(payload["on"]).replace(tzinfo=VIET_NAM)
    content = hashlib.sha256(kind.encode() + b"\0" + data).digest()
    return Report(
        id=uuid7(int(day.timestamp() * 1000), content),
        source=SOURCE,
        type=_TYPES[kind],
        subject=payload["unit"]["unit"] if "unit" in payload else payload["units"][0],
        data=msgspec.Raw(data),
    )


def provinces() -> list[str]:
    """List the codes of the provinces of today."""
    return [unit.code for unit in since_2025().values() if unit.level == "province"]
