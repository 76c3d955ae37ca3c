"""Which units and areas are there, and what became of them on 1 July 2025?

The real units of Hải Dương and Hải Phòng, which became one city on that day: provinces were merged, communes were
merged into new ones (some under an old code, which then names another unit) or divided among several, and districts
were abolished (NQ 202/2025/QH15, NQ 1669/NQ-UBTVQH15).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from contracts.reference.units import REFORM, Link, Unit, links_2025, since_2025, until_2025
from twin.draws import Draws, apportion
from twin.tables import rows

KNOWN_SINCE = "2020-01-01"
HAI_DUONG, HAI_PHONG = "30", "31"
HOUSEHOLDS_OF_AREA, SPREAD = 400, 50  # a collaborator visits 350 to 450 households
COLLABORATOR = "sandbox-collaborator"  # the client as which she reports

Told = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Area:
    """An area of a collaborator; `heir` is the commune in which it lies since the reform."""

    id: str
    commune: str
    heir: str
    name: str
    households: int

    @property
    def code(self) -> str:
        """The code of its old commune."""
        return self.commune[:5]

    @property
    def province(self) -> int:
        """The code of the old province, which the numbers of people who are registered there bear."""
        return int(province_of(self.code))


def before(code: str) -> str:
    """Name a unit of the time before the reform."""
    return f"{code}-{KNOWN_SINCE.replace('-', '')}"


def since(code: str) -> str:
    """Name a unit founded by the reform."""
    return f"{code}-{REFORM.replace('-', '')}"


PROVINCES = (before(HAI_DUONG), before(HAI_PHONG))  # whoever may see these may see everything that the twin tells


@cache
def heirs() -> dict[str, tuple[Link, ...]]:
    """Give the links of every old commune of the two provinces, the one that got most of it first."""
    found: dict[str, list[Link]] = {}
    for link in links_2025():
        old = until_2025()[link.before]
        if old.level == "commune" and province_of(old.code) in {HAI_DUONG, HAI_PHONG}:
            found.setdefault(old.code, []).append(link)
    return {
        code: tuple(sorted(links, key=lambda one: (one.part == "part", one.after))) for code, links in found.items()
    }


def province_of(commune: str) -> str:
    """Give the code of the province in which an old commune lay."""
    return until_2025()[until_2025()[commune].parent].parent


def communes_of(province: str) -> list[str]:
    """List the old communes of a province."""
    return [code for code in heirs() if province_of(code) == province]


def predecessors(code: str) -> list[str]:
    """List the old communes of which a new one has the whole or the most."""
    return [old for old, links in heirs().items() if links[0].after == code]


def areas(draws: Draws, communes: list[str], households: int) -> list[Area]:
    """Lay out areas of 350 to 450 households, as many for each commune as its people ask for."""
    people = {row["code"]: int(row["population"]) for row in rows("commune_population.csv")}
    number = max(1, round(households / HOUSEHOLDS_OF_AREA))
    most = communes[:number]
    shares = 1 + apportion(np.array([people[code] for code in most]), number - len(most))
    return [
        area_of(code, at + 1, int(shares[place]), size)
        for (place, code, at), size in zip(
            ((place, code, at) for place, code in enumerate(most) for at in range(int(shares[place]))),
            _even(draws, number, households),
            strict=True,
        )
    ]


def _even(draws: Draws, number: int, households: int) -> list[int]:
    """Share households out evenly, then let neighbours differ a little."""
    base, more = divmod(households, number)
    sizes = [base + (place < more) for place in range(number)]
    for place in range(0, number - 1, 2):
        given = draws.one(2 * SPREAD - 1) - SPREAD + 1
        given = given if base > SPREAD * 2 else 0
        sizes[place] += given
        sizes[place + 1] -= given
    return sizes


def area_of(code: str, number: int, of: int, households: int) -> Area:
    """Found an area; the last one of a divided commune goes to another heir than most of it."""
    links = heirs()[code]
    heir = links[1] if number == of and len(links) > 1 else links[0]
    unit = before(code)
    name = f"Địa bàn {number}, {until_2025()[code].name}"
    return Area(f"{unit}-{number:03d}", unit, since(heir.after), name, households)


@dataclass(frozen=True)
class Units:
    """The units that a population needs: old communes with everything above them and everything that they become."""

    communes: tuple[str, ...]

    @classmethod
    def around(cls, areas: list[Area]) -> "Units":
        """Take the old communes from which the new communes of some areas came."""
        new = {area.heir[:5] for area in areas} | {heirs()[area.code][0].after for area in areas}
        return cls(tuple(old for old, links in heirs().items() if links[0].after in new))

    def established(self) -> Iterator[Told]:
        """Tell the units of the time before the reform: (kind, subject, data)."""
        old = until_2025()
        districts = self._districts()
        for code in (HAI_DUONG, HAI_PHONG, *districts, *self.communes):
            unit = old[code]
            yield _establish(unit, before(code), before(unit.parent) if unit.parent else None, KNOWN_SINCE)

    def _districts(self) -> list[str]:
        return sorted({until_2025()[code].parent for code in self.communes})

    def reform(self, areas: list[Area]) -> Iterator[Told]:
        """Tell the first of July 2025: provinces, communes merged, communes divided, districts, areas cut off."""
        into = before(HAI_PHONG)
        yield "unit.reorganised", into, _change("merge", [before(HAI_DUONG)], into=into)
        new = sorted({link.after for code in self.communes for link in heirs()[code]})
        for code in new:
            yield self._new(code, into)
        for code in self.communes:
            if len(heirs()[code]) > 1:
                parts = [{"unit": since(link.after), "rest": link.part == "most"} for link in heirs()[code]]
                yield "unit.reorganised", before(code), _change("split", [before(code)], parts=parts)
        for code in self._districts():
            yield "unit.reorganised", before(code), _change("abolish", [before(code)])
        for area in areas:
            if area.heir != since(heirs()[area.code][0].after):
                yield "area.reassigned", area.id, {"on": REFORM, "area": area.id, "commune": area.heir}

    def _new(self, code: str, parent: str) -> Told:
        kind, unit, told = _establish(since_2025()[code], since(code), parent, REFORM)
        links = [heirs()[old] for old in self.communes]
        whole = [before(one.before) for one, *others in links if not others and one.after == code]
        if not whole:
            return kind, unit, told
        return "unit.reorganised", unit, _change("merge", whole, new=told["unit"])


def area_established(area: Area) -> Told:
    """Tell an area, which was there before the reform."""
    told = {"on": KNOWN_SINCE, "area": area.id, "commune": area.commune, "names": {"vi": area.name}}
    return "area.established", area.id, told


def area_assigned(area: Area) -> Told:
    """Tell who visits an area of the sandbox: its one collaborator."""
    return "area.assigned", area.id, {"on": KNOWN_SINCE, "area": area.id, "collaborator": COLLABORATOR}


def _establish(unit: Unit, name: str, parent: str | None, on: str) -> Told:
    described: dict[str, Any] = {"unit": name, "code": unit.code, "level": unit.level, "type": unit.type}
    described["names"] = {"vi": unit.name}
    if parent is not None:
        described["parent"] = parent
    return "unit.established", name, {"on": on, "unit": described}


def _change(change: str, units: list[str], **more: Any) -> dict[str, Any]:
    return {"on": REFORM, "change": change, "units": units, **more}
