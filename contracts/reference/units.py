"""Which administrative units has Việt Nam had since the first half of 2025, and which went into which?

Read from the tables beside this file; what they are made from, and under which licences, says README.md there.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
REFORM: Final = "2025-07-01"
"""The day on which provinces and communes were merged and districts abolished (NQ 202/2025/QH15, NQ of UBTVQH15)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: code, level, official type and name; `parent` is the code of the unit above, empty for a province."""

    code: str
    level: str
    type: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class UnitSince(Unit):
    """A unit as the reform has left it, with its resolution, area and centre (WGS 84) where the sources have them."""

    resolution: str
    resolved_on: str
    area_km2: float | None
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Link:
    """`before` went into `after`: unchanged (`same`), `whole`, or divided, where `most` marks the largest part."""

    before: str
    after: str
    part: str

    @property
    def divided(self) -> bool:
        """Say whether only a part of the old unit went there."""
        return self.part in {"most", "part"}


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A unit that got another type since the reform; `on` is the day of the resolution."""

    on: str
    code: str
    type: str
    name: str
    resolution: str


def _rows(name: str) -> list[dict[str, Any]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def until_2025() -> dict[str, Unit]:
    """Give the units of the first half of 2025 by code: provinces, districts, communes."""
    return {row["code"]: Unit(**row) for row in _rows("units_until_2025.csv")}


@cache
def since_2025() -> dict[str, UnitSince]:
    """Give the units as of 1 July 2025 by code: provinces, communes."""
    found = {}
    for row in _rows("units_since_2025.csv"):
        area = float(row.pop("area_km2") or 0) or None
        latitude, longitude = float(row.pop("latitude")), float(row.pop("longitude"))
        found[row["code"]] = UnitSince(**row, area_km2=area, latitude=latitude, longitude=longitude)
    return found


@cache
def links_2025() -> tuple[Link, ...]:
    """Give every link from an old unit to one of its successors, in order of the codes."""
    return tuple(Link(**row) for row in _rows("unit_links_2025.csv"))


@cache
def upgrades() -> tuple[Upgrade, ...]:
    """Give what changed since the reform, in order of the days."""
    return tuple(sorted((Upgrade(**row) for row in _rows("unit_changes_2026.csv")), key=lambda one: (one.on, one.code)))
