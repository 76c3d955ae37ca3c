"""Which flows are there, and which of them is a transition?

To add a statistic, declare it here: a code that was never used, its measures, and what counts. Then raise `VERSION`,
so that the figures are built anew beside those that serve.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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
    """A published figure: its stable name, its titles, and the end of the flow at which it counts."""

    name: str
    en: str
    vi: str
    end: End


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
    Flow(1, (Measure("births", "Births", "Số trẻ sinh ra", End.DESTINATION),), "person.born", _is_new),
    Flow(2, (Measure("deaths", "Deaths", "Số người chết", End.ORIGIN),), "person.died", _dies),
    Flow(
        3,
        (Measure("registered", "Put on the books", "Số người đăng ký vào sổ", End.DESTINATION),),
        "household.registered",
        _is_new,
    ),
    Flow(4, (Measure("struck_off", "Struck off the books", "Số người bị xóa khỏi sổ", End.ORIGIN),), None, _is_gone),
    Flow(
        9,
        (
            Measure("territory_in", "Gained with territory", "Tăng do điều chỉnh địa giới", End.DESTINATION),
            Measure("territory_out", "Lost with territory", "Giảm do điều chỉnh địa giới", End.ORIGIN),
        ),
        "unit.reorganised",
        _always,
    ),
    Flow(
        5,
        (
            Measure("moves_in", "Persons moved in", "Số người chuyển đến", End.DESTINATION),
            Measure("moves_out", "Persons moved out", "Số người chuyển đi", End.ORIGIN),
        ),
        None,
        _always,
    ),
    Flow(
        6,
        (Measure("marriages", "Persons married", "Số người kết hôn", End.DESTINATION),),
        "person.married",
        _becomes("married"),
        stays=True,
    ),
    Flow(
        7,
        (Measure("divorces", "Persons divorced", "Số người ly hôn", End.DESTINATION),),
        "person.divorced",
        _becomes("divorced"),
        stays=True,
    ),
)

RECLASSIFIED: Final = Flow(
    8,
    (
        Measure(
            "reclassified_in", "Sex or birth recorded anew: into", "Ghi lại giới tính, ngày sinh: vào", End.DESTINATION
        ),
        Measure(
            "reclassified_out", "Sex or birth recorded anew: out of", "Ghi lại giới tính, ngày sinh: ra", End.ORIGIN
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
