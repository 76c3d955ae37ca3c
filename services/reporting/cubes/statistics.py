"""Which figures may be asked for, under which name, and how may they be broken down?"""

from dataclasses import dataclass
from typing import Final

from services.reporting.cubes.flows import ALL_FLOWS, End, Flow, Measure, Unit

LEVELS: Final = ("area", "commune", "district", "province")
"""From the smallest place up; a figure without a level is the whole unit's."""

STOCK_CUTS: Final = ("sex", "age", "birth_month")
FLOW_CUTS: Final = ("month", *STOCK_CUTS)


@dataclass(frozen=True, slots=True)
class Published:
    """A flow's measure with the code under which its rows are kept."""

    measure: Measure
    code: int


@dataclass(frozen=True, slots=True)
class Stock:
    """How many stand in a place at a month end."""

    name: str
    en: str
    vi: str
    unit: Unit = Unit.PERSONS


STOCKS: Final = (
    Stock("population", "Population at the end of the month", "Dân số cuối tháng"),
    Stock(
        "in_transit", "People between two places, part of no unit", "Người đang chuyển nơi ở, không thuộc đơn vị nào"
    ),
)


def _published(flows: tuple[Flow, ...]) -> dict[str, Published]:
    return {measure.name: Published(measure, flow.code) for flow in flows for measure in flow.measures}


MEASURES: Final = _published(ALL_FLOWS)
"""Every measure of a flow by its name."""

NAMES: Final = {(published.code, published.measure.end): name for name, published in MEASURES.items()}
"""Name of the measure of a kept code at one end, where it is published."""

BALANCE_IN: Final = ("births", "moves_in", "registered")
BALANCE_OUT: Final = ("deaths", "moves_out", "struck_off")
TERRITORY_IN: Final = "territory_in"
TERRITORY_OUT: Final = "territory_out"
"""Whose area was cut changes place without moving: no migration, but a change of territory like an area's own."""


def find_name(code: int, end: End) -> str | None:
    """Find under which name a kept flow is published at one end."""
    return NAMES.get((code, end))


def catalogue() -> list[dict[str, object]]:
    """List every published figure with its titles, unit of measure and breakdowns."""
    stocks = [_entry(stock, "stock", STOCK_CUTS) for stock in STOCKS]
    return stocks + [_entry(published.measure, "flow", FLOW_CUTS) for published in MEASURES.values()]


def _entry(figure: Stock | Measure, kind: str, cuts: tuple[str, ...]) -> dict[str, object]:
    titles = {"en": figure.en, "vi": figure.vi}
    return {"name": figure.name, "titles": titles, "unit": figure.unit, "type": kind, "by": [*LEVELS, *cuts]}
