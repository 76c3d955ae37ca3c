"""Does what happened explain how many there are: P1 = P0 + births - deaths + in - out + registered - struck off?"""

from collections.abc import Iterable, Mapping
from typing import Final

from services.reporting.cubes.statistics import BALANCE_IN, BALANCE_OUT, TERRITORY_IN, TERRITORY_OUT
from services.reporting.figures import FlowRow, StockRow

TERMS: Final = (
    "population_start",
    "territory",
    "births",
    "deaths",
    "moves_in",
    "moves_out",
    "registered",
    "struck_off",
    "population_end",
    "difference",
)
"""`territory` is what the start gains by being counted in the geography of the end, and what households bring along
that belong to another area since theirs was cut. `difference` must be 0."""


def by_part(rows: Iterable[StockRow]) -> dict[int, int]:
    """Add a stock up by part."""
    counts: dict[int, int] = {}
    for part, _, n in rows:
        counts[part] = counts.get(part, 0) + n
    return counts


def balance(start: int, start_here: int, flows: Mapping[str, int], end: int) -> dict[str, int]:
    """Set up the equation: `start` in the geography of its own day, `start_here` and all else in that of the end."""
    came = sum(flows.get(name, 0) for name in BALANCE_IN)
    went = sum(flows.get(name, 0) for name in BALANCE_OUT)
    territory = flows.get(TERRITORY_IN, 0) - flows.get(TERRITORY_OUT, 0)
    terms = dict.fromkeys(TERMS, 0) | {name: flows.get(name, 0) for name in (*BALANCE_IN, *BALANCE_OUT)}
    return terms | {
        "population_start": start,
        "territory": start_here - start + territory,
        "population_end": end,
        "difference": end - (start_here + territory + came - went),
    }


def flows_by_part(rows: Iterable[FlowRow]) -> dict[int, dict[str, int]]:
    """Add flows up by part and measure."""
    counts: dict[int, dict[str, int]] = {}
    for part, name, _, n in rows:
        measures = counts.setdefault(part, {})
        measures[name] = measures.get(name, 0) + n
    return counts
