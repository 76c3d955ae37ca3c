"""Which figures may be asked for, under which name, and how may they be broken down?"""

from dataclasses import dataclass
from typing import Final

from kit.http.problems import Text
from services.reporting.cubes.flows import ALL_FLOWS, Flow, Measure

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
    """How many stand in a place at a month end; `definition`: who is counted, and when."""

    name: str
    en: str
    vi: str
    definition: Text


STOCKS: Final = (
    Stock(
        "population",
        "Population at the end of the month",
        "Dân số cuối tháng",
        Text(
            "Everybody who stands in a household at the end of the last day of the month, whatever the residence "
            "status and the nationality, until a departure or a death is told. Age in completed years at the end of "
            "the month.",
            "Mọi người có tên trong hộ vào cuối ngày cuối cùng của tháng, không phân biệt tình trạng cư trú và quốc "
            "tịch, cho đến khi có báo cáo chuyển đi hoặc chết. Tuổi tròn tính đến cuối tháng.",
        ),
    ),
    Stock(
        "in_transit",
        "People between two places, part of no unit",
        "Người đang chuyển nơi ở, không thuộc đơn vị nào",
        Text(
            "Who left for a place in the country, or for one that was not told, and has not arrived by the end of the "
            "month: in no unit, and in no population.",
            "Người đã chuyển đi trong nước hoặc không rõ nơi đến mà đến cuối tháng chưa chuyển đến nơi nào: không "
            "thuộc đơn vị nào và không tính vào dân số.",
        ),
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


def catalogue() -> list[dict[str, object]]:
    """List every published figure with its titles, definitions, unit of measure and breakdowns."""
    stocks = [_entry(stock, "stock", STOCK_CUTS) for stock in STOCKS]
    return stocks + [_entry(published.measure, "flow", FLOW_CUTS) for published in MEASURES.values()]


def _entry(figure: Stock | Measure, kind: str, cuts: tuple[str, ...]) -> dict[str, object]:
    return {
        "name": figure.name,
        "titles": {"en": figure.en, "vi": figure.vi},
        "definitions": figure.definition._asdict(),
        "unit": "persons",
        "type": kind,
        "by": [*LEVELS, *cuts],
    }
