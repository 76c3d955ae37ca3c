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
    """How many stand in a place at a month end."""

    name: str
    en: str
    vi: str


STOCKS: Final = (
    Stock("population", "Population at the end of the month", "Dân số cuối tháng"),
    Stock(
        "in_transit", "People between two places, part of no unit", "Người đang chuyển nơi ở, không thuộc đơn vị nào"
    ),
)


DEFINITIONS: Final = {
    "population": Text(
        "Everybody who stands in a household at the end of the last day of the month, whatever the residence status "
        "and the nationality, until a departure or a death is told. Age in completed years at the end of the month.",
        "Mọi người có tên trong hộ vào cuối ngày cuối cùng của tháng, không phân biệt tình trạng cư trú và quốc tịch, "
        "cho đến khi có báo cáo chuyển đi hoặc chết. Tuổi tròn tính đến cuối tháng.",
    ),
    "in_transit": Text(
        "Who left for a place in the country, or for one that was not told, and has not arrived by the end of the "
        "month: in no unit, and in no population.",
        "Người đã chuyển đi trong nước hoặc không rõ nơi đến mà đến cuối tháng chưa chuyển đến nơi nào: không thuộc "
        "đơn vị nào và không tính vào dân số.",
    ),
    "births": Text(
        "Live births, in the month of the birth and where the child's household stands; neither the place of delivery "
        "matters nor where the mother lives.",
        "Trẻ sinh ra sống, tính vào tháng sinh và theo nơi ở của hộ có tên trẻ, không theo nơi sinh hay nơi ở của mẹ.",
    ),
    "deaths": Text(
        "Deaths, in the month of the death and where the person last lived; of who was in transit, in no unit. Age is "
        "that at the end of the month, not on the day: who died in the month of a birthday counts as having had it.",
        "Người chết, tính vào tháng chết và theo nơi ở cuối cùng; người chết khi đang chuyển nơi ở không tính vào đơn "
        "vị nào. Tuổi là tuổi vào cuối tháng, không phải vào ngày chết.",
    ),
    "registered": Text(
        "Who lived there already when the sheet of the household was put on the books: no birth and no move.",
        "Người đang sống tại đó khi phiếu hộ được ghi vào sổ: không phải sinh, không phải chuyển đến.",
    ),
    "struck_off": Text(
        "Who was taken off the books as the double of somebody: no death and no move.",
        "Người bị xóa khỏi sổ vì là bản ghi trùng của cùng một người: không phải chết, không phải chuyển đi.",
    ),
    "territory_in": Text(
        "Members of single households that came to the unit when another was divided: no move.",
        "Người trong từng hộ được chuyển về đơn vị khi chia tách đơn vị khác: không phải chuyển đến.",
    ),
    "territory_out": Text(
        "Members of single households that left the unit when it was divided: no move.",
        "Người trong từng hộ được chuyển khỏi đơn vị khi chia tách đơn vị này: không phải chuyển đi.",
    ),
    "moves_in": Text(
        "Who came to live in the unit, from another one, from outside of the books or out of transit, in the month of "
        "the arrival. A move inside of the unit is none, so only the net of both flows adds up over units.",
        "Người chuyển đến đơn vị từ đơn vị khác, từ ngoài sổ hoặc sau khi đang chuyển nơi ở, tính vào tháng đến. Không "
        "tính chuyển trong nội bộ đơn vị, nên giữa các đơn vị chỉ cộng được số di cư thuần.",
    ),
    "moves_out": Text(
        "Who left the unit, for another one, for abroad or into transit, in the month of the departure. A move inside "
        "of the unit is none, so only the net of both flows adds up over units.",
        "Người chuyển khỏi đơn vị sang đơn vị khác, ra nước ngoài hoặc chưa đến nơi mới, tính vào tháng đi. Không tính "
        "chuyển trong nội bộ đơn vị, nên giữa các đơn vị chỉ cộng được số di cư thuần.",
    ),
    "marriages": Text(
        "Persons, not couples, who married at any age, each where she or he lives at the end of that day; a marital "
        "status that is merely changed is no marriage. Age is that at the end of the month, not on the day.",
        "Số người, không phải số cặp, kết hôn ở mọi độ tuổi, tính theo nơi ở của từng người vào cuối ngày đó; chỉ thay "
        "đổi tình trạng hôn nhân thì không tính. Tuổi là tuổi vào cuối tháng, không phải vào ngày kết hôn.",
    ),
    "divorces": Text(
        "Persons, not couples, who were divorced, each where she or he lives at the end of that day.",
        "Số người, không phải số cặp, ly hôn, tính theo nơi ở của từng người vào cuối ngày đó.",
    ),
    "reclassified_in": Text(
        "Who stays where she is and is counted with this sex or birth from a day on; as many as are counted out.",
        "Người vẫn ở nơi cũ, từ một ngày được tính theo giới tính hoặc ngày sinh này; bằng số được tính ra.",
    ),
    "reclassified_out": Text(
        "Who stays where she is and is counted with this sex or birth no more from a day on.",
        "Người vẫn ở nơi cũ, từ một ngày không còn được tính theo giới tính hoặc ngày sinh này.",
    ),
}
"""Who is counted, when and where, by the name of the figure."""


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
        "definitions": DEFINITIONS[figure.name]._asdict(),
        "unit": "persons",
        "type": kind,
        "by": [*LEVELS, *cuts],
    }
