"""Which units and areas are there, and what became of them on 1 July 2025?

The real Hải Phòng in part: the former province and city of Hải Dương, which went into it, and one of its own
districts. On that day provinces were merged, communes were merged into new ones (some under an old code, which
then names another unit), and districts were abolished (NQ 202/2025/QH15, NQ 1669/NQ-UBTVQH15).
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from contracts.reference.units import links_2025
from twin.old_names import rows
from twin.people import Area

KNOWN_SINCE = "2020-01-01"
REFORM = "2025-07-01"
HOUSEHOLDS_OF_AREA = 400  # a collaborator visits 350 to 450 households
# Communes of the sandbox with their areas and shares of its households. Trần Phú was split on the day of the reform:
# most of it went to Lê Thanh Nghị, its area of the sandbox to Tân Hưng. Minh Khai is in the old Hải Phòng.
SANDBOX = (("10525", 1, 0.35), ("10525", 2, 0.30), ("10513", 1, 0.19), ("10528", 1, 0.08), ("11311", 1, 0.08))
SPLIT_OFF = ("10528", "10537")
PROVINCES = ("30-20200101", "31-20200101")  # whoever may see these may see everything that the twin tells
LARGEST_SANDBOX = 400

Told = tuple[str, str, dict[str, Any]]


def before(code: str) -> str:
    """Name a unit of the time before the reform."""
    return f"{code}-{KNOWN_SINCE.replace('-', '')}"


def since(code: str) -> str:
    """Name a unit founded by the reform."""
    return f"{code}-{REFORM.replace('-', '')}"


def successor(commune: str, day: str) -> str:
    """Give the commune that an old commune has become on a day."""
    if day < REFORM:
        return commune
    return successors()[commune]


@cache
def successors() -> dict[str, str]:
    """Give every old commune the new one to which its areas of the twin belong since the reform."""
    found = {before(row["code"]): since(row["successor"]) for row in rows("communes_until_2025.csv")}
    return found | {before(SPLIT_OFF[0]): since(SPLIT_OFF[1])}


def established() -> Iterator[Told]:
    """Tell the units of the time before the reform: (kind, subject, data)."""
    for row in rows("upper_units_until_2025.csv"):
        parent = before(row["parent"]) if row["parent"] else None
        yield _establish(before(row["code"]), row["code"], row["level"], row["name"], parent)
    for row in rows("communes_until_2025.csv"):
        yield _establish(before(row["code"]), row["code"], "commune", row["name"], before(row["district"]))


def _establish(unit: str, code: str, level: str, name: str, parent: str | None) -> Told:
    described: dict[str, Any] = {"unit": unit, "code": code, "level": level, "names": {"vi": name}}
    if parent is not None:
        described["parent"] = parent
    return "unit.established", unit, {"on": KNOWN_SINCE, "unit": described}


def areas(households: int) -> list[Area]:
    """Lay out areas for so many households: the sandbox's first, then full ones through all communes in turn."""
    communes = {row["code"]: row["name"] for row in rows("communes_until_2025.csv")}
    small = min(households, LARGEST_SANDBOX)
    found = []
    for code, number, share in SANDBOX:
        found.append(_area(code, number, communes[code], round(small * share)))
    found[0].households += small - sum(area.households for area in found)
    numbers = dict.fromkeys(communes, 2)
    left, codes = households - small, list(communes)
    while left > 0:
        code = codes[len(found) % len(codes)]
        numbers[code] += 1
        found.append(_area(code, numbers[code], communes[code], min(left, HOUSEHOLDS_OF_AREA)))
        left -= HOUSEHOLDS_OF_AREA
    return found


def _area(code: str, number: int, commune: str, households: int) -> Area:
    unit = before(code)
    return Area(f"{unit}-{number:03d}", unit, f"Địa bàn {number}, {commune}", households)


def area_established(area: Area) -> Told:
    """Tell an area, which was there before the reform."""
    return (
        "area.established",
        area.id,
        {"on": KNOWN_SINCE, "area": area.id, "commune": area.commune, "names": {"vi": area.name}},
    )


def reform(areas: list[Area]) -> Iterator[Told]:
    """Tell the first of July 2025: provinces, communes merged, communes divided, districts, then the areas of one that
    was divided.
    """
    hai_duong, hai_phong = before("30"), before("31")
    yield (
        "unit.reorganised",
        hai_phong,
        {"on": REFORM, "change": "merge", "units": [hai_duong], "into": hai_phong},
    )
    old = rows("communes_until_2025.csv")
    for row in rows("communes_since_2025.csv"):
        whole = [part for part in old if part["successor"] == row["code"] and part["kind"] == "whole"]
        parts = [before(part["code"]) for part in whole]
        new = {"unit": since(row["code"]), "code": row["code"], "level": "commune", "names": {"vi": row["name"]}}
        data = {"on": REFORM, "change": "merge", "units": parts, "new": new | {"parent": hai_phong}}
        yield "unit.reorganised", since(row["code"]), data
    for row in old:
        if row["kind"] == "divided":
            yield "unit.reorganised", before(row["code"]), _divided(row["code"], row["successor"])
    for row in rows("upper_units_until_2025.csv"):
        if row["level"] == "district":
            district = before(row["code"])
            yield "unit.reorganised", district, {"on": REFORM, "change": "abolish", "units": [district]}
    for area in areas:
        if area.commune == before(SPLIT_OFF[0]):
            yield "area.reassigned", area.id, {"on": REFORM, "area": area.id, "commune": since(SPLIT_OFF[1])}


def _divided(code: str, most: str) -> dict[str, Any]:
    """Divide a commune among those of the twin's communes that got a part of it; what is not told apart to `most`."""
    heirs = [link.after for link in links_2025() if link.before == code]
    told = [heir for heir in heirs if any(row["code"] == heir for row in rows("communes_since_2025.csv"))]
    parts = [{"unit": since(heir), "rest": heir == most} for heir in told]
    return {"on": REFORM, "change": "split", "units": [before(code)], "parts": parts}
