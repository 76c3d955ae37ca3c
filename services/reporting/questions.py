"""What exactly is asked for: which unit, which months, in which geography and broken down how?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.ids import EVERYWHERE, IsoDate
from contracts.kinds.office import Month
from kit.http.faults import worded
from kit.http.positions import NotBefore
from kit.http.problems import Fault, InvalidRequest, Text
from services.reporting.cubes.cells import month_number
from services.reporting.cubes.statistics import LEVELS, MEASURES

_TOTAL: Final = "total"


class Question(BaseModel):
    """What every question may say. A parameter that is not offered is refused: a typing error changes no figure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_known: str | None = Field(
        None,
        max_length=40,
        description="As it was known at a ledger position, or at an instant (RFC 3339 with offset); by default now.",
    )
    not_before: NotBefore = None
    format: Literal["json", "csv"] | None = Field(None, description="By default what `Accept` prefers.")


class FigureQuestion(Question):
    """A question about the people of a unit."""

    unit: str = Field(
        EVERYWHERE,
        max_length=40,
        description="Id of a province, district, commune or area; `VN` for the whole country, `in_transit` for the"
        " people between two places, who stand in no unit.",
    )
    by: list[str] = Field(
        default_factory=list,
        description="Breakdown, repeated or separated by commas: one level of places (`area`, `commune`, `district`,"
        " `province`), and the cuts of the figure. `total` or nothing: no breakdown.",
    )
    geography: IsoDate | None = Field(
        None, description="Day whose hierarchy of units is used; by default the last day that the figure is about."
    )


class PopulationQuestion(FigureQuestion):
    """Who stands in a unit at the end of a month? Cuts: `sex`, `age`, `birth_month`."""

    month: Month | None = Field(None, description="`YYYY-MM`; by default the last month that is over.")


class PeriodQuestion(FigureQuestion):
    """A question about whole months."""

    from_: Month | None = Field(None, alias="from", description="First month, `YYYY-MM`; by default that of `to`.")
    to: Month | None = Field(None, description="Last month, `YYYY-MM`; by default the last month that is over.")


class FlowsQuestion(PeriodQuestion):
    """What happened to the people of a unit? Cuts: `month`, `sex`, `age` (at the end of the month), `birth_month`."""

    kind: list[str] = Field(
        default_factory=list, description="Measures, repeated or separated by commas; by default all."
    )


class BalanceQuestion(PeriodQuestion):
    """Do the flows of a period explain the change of the population? Only places break a balance down."""

    geography_from: IsoDate | None = Field(
        None, description="Day whose hierarchy counts the start; by default the same as `geography`."
    )


class UnitsQuestion(Question):
    """How are the units divided on a day?"""

    as_of: IsoDate | None = Field(None, description="Day on which the units stood so; by default today (UTC+7).")


@dataclass(frozen=True, slots=True)
class Cuts:
    """At most one level of places, and any other cuts, in the order asked for."""

    level: str | None
    others: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [*([self.level] if self.level else []), *self.others]


def read_cuts(given: Sequence[str], allowed: Sequence[str]) -> Cuts:
    """Read `by`: cuts that are not offered, and two levels at once, are refused."""
    asked = [cut for cut in _words(given) if cut != _TOTAL]
    if not set(asked) <= {*allowed, *LEVELS}:
        raise InvalidRequest(errors=[Fault("query/by", "unknown-cut", _one_of([*LEVELS, *allowed]))])
    levels = [cut for cut in asked if cut in LEVELS]
    if len(levels) > 1:
        raise InvalidRequest(errors=[worded("query/by", "two-levels")])
    return Cuts(levels[0] if levels else None, tuple(cut for cut in asked if cut not in LEVELS))


def _one_of(names: Iterable[str]) -> Text:
    offered = ", ".join(names)
    return Text(f"There are: {offered}.", f"Hiện có: {offered}.")


def read_kinds(given: Sequence[str]) -> tuple[str, ...]:
    """Read `kind`: names of measures, all when none is named."""
    asked = _words(given)
    if not set(asked) <= MEASURES.keys():
        raise InvalidRequest(errors=[Fault("query/kind", "unknown-measure", _one_of(MEASURES))])
    return tuple(asked) or tuple(MEASURES)


def read_months(first: str | None, last: str | None, today: str) -> tuple[int, int]:
    """Read a period of whole months, the first not after the last."""
    end = read_month(last, today, "query/to")
    start = end if first is None else read_month(first, today, "query/from")
    if start > end:
        raise InvalidRequest(errors=[worded("query/from", "after-to")])
    return start, end


def read_month(given: str | None, today: str, pointer: str = "query/month") -> int:
    """Read a month; by default the last one that is over. A month that has not begun is refused."""
    current = month_number(today)
    if given is None:
        return current - 1
    month = month_number(given)
    if month > current:
        raise InvalidRequest(errors=[worded(pointer, "not-begun")])
    return month


def last_day(month: int) -> str:
    """Give the last day of a month."""
    first_of_next = datetime((month + 1) // 12, (month + 1) % 12 + 1, 1, tzinfo=UTC)
    return (first_of_next - timedelta(days=1)).date().isoformat()


def _words(given: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(word for text in given for word in text.split(",") if word))
