"""Which flows are there, and which of them is a transition?

To add a statistic, declare it here: a code that was never used, its measures, and what counts. Then raise `VERSION`,
so that the figures are built anew beside those that serve.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kit.http.problems import Text
from services.reporting.cubes.cells import OUTSIDE, Standing, cell_of

VERSION: Final = 3

State = Standing | None
FlowRow = tuple[int, int, int, int, int]
"""Code, origin, destination, sex, birth."""


class End(StrEnum):
    """Whose flow it is: the place that somebody comes into, or the place that somebody leaves."""

    DESTINATION = "destination"
    ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class Measure:
    """A published figure: its stable name, its titles, and the end of the flow at which it counts; `definition`: who is
    counted, when and where.
    """

    name: str
    en: str
    vi: str
    end: End
    definition: Text


@dataclass(frozen=True, slots=True)
class Flow:
    """What counts: the kind that caused the transition (None: any), and a condition on before and after.

    `stays` marks what happens to somebody who stands still, as a marriage: it never changes a stock. Of the others
    the first that fits is the one, so each change of place is exactly one flow.
    """

    code: int
    measures: tuple[Measure, ...]
    cause: str | None
    when: Callable[[State, State], bool]
    stays: bool = False


def _is_new(before: State, _after: State) -> bool:
    return before is None


def _is_gone(_before: State, after: State) -> bool:
    return after is None or after.status == "merged"


def _dies(_before: State, after: State) -> bool:
    return after is not None and after.status == "dead"


def _always(_before: State, _after: State) -> bool:
    return True


def _becomes(marital: str) -> Callable[[State, State], bool]:
    def changed(before: State, after: State) -> bool:
        return after is not None and after.marital == marital and (before is None or before.marital != marital)

    return changed


FLOWS: Final = (
    Flow(
        1,
        (
            Measure(
                "births",
                "Births",
                "Số trẻ sinh ra",
                End.DESTINATION,
                Text(
                    "Live births, in the month of the birth and where the child's household stands; neither the place "
                    "of delivery matters nor where the mother lives.",
                    "Trẻ sinh ra sống, tính vào tháng sinh và theo nơi ở của hộ có tên trẻ, không theo nơi sinh hay "
                    "nơi ở của mẹ.",
                ),
            ),
        ),
        "person.born",
        _is_new,
    ),
    Flow(
        2,
        (
            Measure(
                "deaths",
                "Deaths",
                "Số người chết",
                End.ORIGIN,
                Text(
                    "Deaths, in the month of the death and where the person last lived; of who was in transit, in no "
                    "unit. Age is that at the end of the month, not on the day: who died in the month of a birthday "
                    "counts as having had it.",
                    "Người chết, tính vào tháng chết và theo nơi ở cuối cùng; người chết khi đang chuyển nơi ở không "
                    "tính vào đơn vị nào. Tuổi là tuổi vào cuối tháng, không phải vào ngày chết.",
                ),
            ),
        ),
        "person.died",
        _dies,
    ),
    Flow(
        3,
        (
            Measure(
                "registered",
                "Put on the books",
                "Số người đăng ký vào sổ",
                End.DESTINATION,
                Text(
                    "Who lived there already when the sheet of the household was put on the books: no birth and no "
                    "move.",
                    "Người đang sống tại đó khi phiếu hộ được ghi vào sổ: không phải sinh, không phải chuyển đến.",
                ),
            ),
        ),
        "household.registered",
        _is_new,
    ),
    Flow(
        4,
        (
            Measure(
                "struck_off",
                "Struck off the books",
                "Số người bị xóa khỏi sổ",
                End.ORIGIN,
                Text(
                    "Who was taken off the books as the double of somebody: no death and no move.",
                    "Người bị xóa khỏi sổ vì là bản ghi trùng của cùng một người: không phải chết, không phải chuyển "
                    "đi.",
                ),
            ),
        ),
        None,
        _is_gone,
    ),
    Flow(
        9,
        (
            Measure(
                "territory_in",
                "Gained with territory",
                "Tăng do điều chỉnh địa giới",
                End.DESTINATION,
                Text(
                    "Members of single households that came to the unit when another was divided: no move.",
                    "Người trong từng hộ được chuyển về đơn vị khi chia tách đơn vị khác: không phải chuyển đến.",
                ),
            ),
            Measure(
                "territory_out",
                "Lost with territory",
                "Giảm do điều chỉnh địa giới",
                End.ORIGIN,
                Text(
                    "Members of single households that left the unit when it was divided: no move.",
                    "Người trong từng hộ được chuyển khỏi đơn vị khi chia tách đơn vị này: không phải chuyển đi.",
                ),
            ),
        ),
        "unit.reorganised",
        _always,
    ),
    Flow(
        5,
        (
            Measure(
                "moves_in",
                "Persons moved in",
                "Số người chuyển đến",
                End.DESTINATION,
                Text(
                    "Who came to live in the unit, from another one, from outside of the books or out of transit, in "
                    "the month of the arrival. A move inside of the unit is none, so only the net of both flows adds "
                    "up over units.",
                    "Người chuyển đến đơn vị từ đơn vị khác, từ ngoài sổ hoặc sau khi đang chuyển nơi ở, tính vào "
                    "tháng đến. Không tính chuyển trong nội bộ đơn vị, nên giữa các đơn vị chỉ cộng được số di cư "
                    "thuần.",
                ),
            ),
            Measure(
                "moves_out",
                "Persons moved out",
                "Số người chuyển đi",
                End.ORIGIN,
                Text(
                    "Who left the unit, for another one, for abroad or into transit, in the month of the departure. A "
                    "move inside of the unit is none, so only the net of both flows adds up over units.",
                    "Người chuyển khỏi đơn vị sang đơn vị khác, ra nước ngoài hoặc chưa đến nơi mới, tính vào tháng "
                    "đi. Không tính chuyển trong nội bộ đơn vị, nên giữa các đơn vị chỉ cộng được số di cư thuần.",
                ),
            ),
        ),
        None,
        _always,
    ),
    Flow(
        6,
        (
            Measure(
                "marriages",
                "Persons married",
                "Số người kết hôn",
                End.DESTINATION,
                Text(
                    "Persons, not couples, who married at any age, each where she or he lives at the end of that day; "
                    "a marital status that is merely changed is no marriage. Age is that at the end of the month, not "
                    "on the day.",
                    "Số người, không phải số cặp, kết hôn ở mọi độ tuổi, tính theo nơi ở của từng người vào cuối ngày "
                    "đó; chỉ thay đổi tình trạng hôn nhân thì không tính. Tuổi là tuổi vào cuối tháng, không phải vào "
                    "ngày kết hôn.",
                ),
            ),
        ),
        "person.married",
        _becomes("married"),
        stays=True,
    ),
    Flow(
        7,
        (
            Measure(
                "divorces",
                "Persons divorced",
                "Số người ly hôn",
                End.DESTINATION,
                Text(
                    "Persons, not couples, who were divorced, each where she or he lives at the end of that day.",
                    "Số người, không phải số cặp, ly hôn, tính theo nơi ở của từng người vào cuối ngày đó.",
                ),
            ),
        ),
        "person.divorced",
        _becomes("divorced"),
        stays=True,
    ),
)

RECLASSIFIED: Final = Flow(
    8,
    (
        Measure(
            "reclassified_in",
            "Sex or birth recorded anew: into",
            "Ghi lại giới tính, ngày sinh: vào",
            End.DESTINATION,
            Text(
                "Who stays where she is and is counted with this sex or birth from a day on; as many as are counted "
                "out.",
                "Người vẫn ở nơi cũ, từ một ngày được tính theo giới tính hoặc ngày sinh này; bằng số được tính ra.",
            ),
        ),
        Measure(
            "reclassified_out",
            "Sex or birth recorded anew: out of",
            "Ghi lại giới tính, ngày sinh: ra",
            End.ORIGIN,
            Text(
                "Who stays where she is and is counted with this sex or birth no more from a day on.",
                "Người vẫn ở nơi cũ, từ một ngày không còn được tính theo giới tính hoặc ngày sinh này.",
            ),
        ),
    ),
    None,
    _always,
)
"""Somebody who stands still in place changes cell: in equals out in every place, and each cut balances too."""

ALL_FLOWS: Final = (*FLOWS, RECLASSIFIED)

_ANY_CAUSE: Final = tuple(flow for flow in FLOWS if flow.cause is None)
_CAUSES: Final = {flow.cause for flow in FLOWS if flow.cause is not None}
_PASSAGES: Final = {
    cause: tuple(flow for flow in FLOWS if flow.cause in {cause, None} and not flow.stays) for cause in _CAUSES
}
_EVENTS: Final = {cause: tuple(flow for flow in FLOWS if flow.cause == cause and flow.stays) for cause in _CAUSES}


def flow_of(kind: str, before: State, after: State) -> list[FlowRow]:
    """Say which flows a transition of this kind is; each counts one person.

    Every change of a cell is told by exactly these rows: the change of stock is what comes in less what goes out, in
    every place, sex and birth month, by construction.
    """
    left, entered = cell_of(before), cell_of(after)
    events = _EVENTS.get(kind)
    found: list[FlowRow] = []
    if left != entered:
        origin, destination = left[0], entered[0]
        if origin != destination:
            _, sex, birth = entered if origin == OUTSIDE else left
            for flow in _PASSAGES.get(kind, _ANY_CAUSE):
                if flow.when(before, after):
                    found.append((flow.code, origin, destination, sex, birth))
                    break
        if OUTSIDE not in {origin, destination} and left[1:] != entered[1:]:
            found.append((RECLASSIFIED.code, destination, OUTSIDE, left[1], left[2]))
            found.append((RECLASSIFIED.code, OUTSIDE, destination, entered[1], entered[2]))
    if events and entered[0] != OUTSIDE:
        place, sex, birth = entered
        found += [(flow.code, place, place, sex, birth) for flow in events if flow.when(before, after)]
    return found
