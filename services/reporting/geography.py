"""Which areas does a unit have on a day, and into which parts of it do they fall?

Units come and go, so nothing is summed by unit when it is written: rows stand by area, and a unit of any date is the
list of its areas then. That makes every figure available in every year's geography.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contracts.ids import EVERYWHERE
from contracts.unit import Hierarchy, UnitState
from kit.http.faults import worded
from kit.http.problems import InvalidRequest, NotFound
from services.reporting.cubes.cells import IN_TRANSIT, PLACES
from services.reporting.cubes.statistics import LEVELS

TRANSIT: Final = "in_transit"
"""The people between two places, asked for as if they were a unit."""

REST: Final = 0
"""Part of all that no part was named for: the unit itself where it is not broken down, else unknown places."""
TRANSIT_PART: Final = -1


@dataclass(frozen=True, slots=True)
class Parts:
    """`areas[i]` falls into the part `numbers[i]`; `units` says what the parts are.

    With `whole`, areas that are not listed fall into REST. Of one's own people in transit only the whole country can
    speak: they stand in TRANSIT_PART there.
    """

    whole: bool
    areas: list[int]
    numbers: list[int]
    units: dict[int, UnitState | None]

    @property
    def is_single(self) -> bool:
        """Say whether all areas are one part."""
        return not self.whole and len(set(self.numbers)) <= 1


def areas_of(hierarchy: Hierarchy, unit: str) -> list[str]:
    """List the areas of a unit that exists in this hierarchy; raises NotFound for any other.

    A unit of another time is one that another geography knows.
    """
    state = hierarchy.units.get(unit)
    if state is None or state.valid_to is not None:
        raise NotFound(errors=[worded("query/unit", "not-in-this-geography")])
    return hierarchy.areas(unit)


def divide(hierarchy: Hierarchy, unit: str, level: str | None) -> Parts:
    """Divide a unit into its units of a level; without a level it stays one part."""
    if unit == TRANSIT:
        if level is not None:
            raise InvalidRequest(errors=[worded("query/by", "nobody-in-transit-stands-in-a-unit")])
        return Parts(whole=False, areas=[IN_TRANSIT], numbers=[REST], units={REST: None})
    if unit == EVERYWHERE:
        standing = (state.id for state in hierarchy.units.values() if state.level == "area" and state.valid_to is None)
        areas, numbers, units = _numbered(hierarchy, standing if level else (), level)
        return Parts(whole=True, areas=[*areas, IN_TRANSIT], numbers=[*numbers, TRANSIT_PART], units=units)
    below = areas_of(hierarchy, unit)
    if level is not None and LEVELS.index(level) > LEVELS.index(hierarchy.units[unit].level):
        raise InvalidRequest(errors=[worded("query/by", "level-above-the-unit")])
    areas, numbers, units = _numbered(hierarchy, below, level)
    return Parts(whole=False, areas=areas, numbers=numbers, units=units)


def _numbered(
    hierarchy: Hierarchy, areas: Iterable[str], level: str | None
) -> tuple[list[int], list[int], dict[int, UnitState | None]]:
    known: dict[str | None, int] = {None: REST}
    places, numbers = [], []
    for area in areas:
        unit = None if level is None else hierarchy.at_level(area, level)
        places.append(PLACES[area])
        numbers.append(known.setdefault(unit, len(known)))
    return places, numbers, {number: hierarchy.units.get(unit or "") for unit, number in known.items()}
