"""What must a loader find after it has taken everything in? Control totals, counted as the world has them.

Told as `{"place", "seed", "from", "months", "scale", "reports", "stock": {"households", "persons", "areas": {area:
{"households", "persons"}}}, "months_totals": [{"month", "reports", "births", "deaths", "moves_in", "moves_out", ...,
"persons_at_end", "households_at_end", "areas"}]}`. Flows are persons of that month by the day on which it happened,
however late it is told; `reports` are those told in that month. Where the first day is not the first of a month, each
begins on that day of the month that it is named after. `moves_in` came from outside the books or out of
transit, `moves_out` went abroad or into transit. Households count until they are merged or dissolved.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.places import Area

Areas = dict[str, dict[str, int]]


def by_area(areas: list[Area], homes: NDArray[np.int32], persons: NDArray[np.int32]) -> Areas:
    """Count households and persons by area; the columns hold the row of the area in which each of them is."""
    counted = zip(areas, *(np.bincount(some, minlength=len(areas)).tolist() for some in (homes, persons)), strict=True)
    return {area.id: {"households": households, "persons": living} for area, households, living in counted}


@dataclass(slots=True)
class Totals:
    """What is counted on the way."""

    place: str = ""
    seed: int = 0
    start: date = date.min
    months: int = 0
    scale: float = 1.0
    reports: int = 0
    households: int = 0
    persons: int = 0
    areas: Areas = field(default_factory=dict)
    by_month: list[dict[str, Any]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """Give everything as values of JSON."""
        stock = {"households": self.households, "persons": self.persons, "areas": self.areas}
        return {
            "place": self.place,
            "seed": self.seed,
            "from": self.start.isoformat(),
            "months": self.months,
            "scale": self.scale,
            "reports": self.reports,
            "stock": stock,
            "months_totals": self.by_month,
        }
