"""What makes a list of the P0 form: whom a row speaks of, its columns, and what of them goes into a report?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from contracts.event import Event
from services.events.importing import cells
from services.events.importing import headings as head
from services.events.importing.columns import Column

Shape = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns values into fields of the payload where that takes more than names; raises Misfit."""


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a field of the payload names, and from which columns that follows.

    `new` is somebody whom the row brings on the books, `arriving` the same unless her number is known, `known`
    somebody of the area, `told` the same where the row names anybody. Columns are those of `name`, `bhyt` and so on
    with `prefix` before them; where nobody fits whom a `told` field names, the row goes without her and `missing` says
    so. Who is only mentioned, as a mother is, does not `count` in the totals of a list.
    """

    field: str
    how: Literal["new", "arriving", "known", "told"]
    prefix: str = ""
    missing: str = "partner-not-found"
    counts: bool = True


@dataclass(frozen=True, slots=True)
class MonthlyList:
    """One list: `sends` are the columns that go into the payload, by field (a reader that gives fields is `*`)."""

    name: str
    titles: tuple[str, str]
    kind: type[Event]
    who: tuple[Who, ...]
    columns: tuple[Column, ...]
    sends: dict[str, str]
    also: tuple[str, ...] = ()
    household: bool = False
    described: bool = False
    shape: Shape | None = None


def column(name: str, english: str, vietnamese: str, read: cells.Reader, *also: str, codes: str = "") -> Column:
    """Make a column."""
    return Column(name, (english, vietnamese), read, also, codes)


def on_day(english: str, vietnamese: str, *also: str) -> Column:
    """Make the column of the date, which every list has."""
    return Column("on", (english, vietnamese), cells.whole_date, (*also, "Date", "Ngày"), needed=True)


def results(codes: str, *conditions: tuple[str, str, str]) -> tuple[Column, ...]:
    """Make a column for each condition of a screening."""
    read = cells.result(codes)
    return tuple(column(*one, read, one[2].removesuffix(" bẩm sinh"), codes=codes) for one in conditions)


PLACE_OF_SERVICE = column(
    "place", "Place of service", "Nơi thực hiện", cells.roughly("care_place"), "Nơi cung cấp dịch vụ",
    "Cơ sở thực hiện", "Nơi khám", "Nơi sàng lọc", "Place", codes="care_place",
)  # fmt: skip
PLACED = (head.AREA, head.NUMBER, head.SHEET, head.LINE)
NAMED = (head.NAME, head.HEALTH_CARD, head.PERSONAL_NUMBER, head.OLD_CARD, head.INSURANCE)
FOUND = (*PLACED, *NAMED, head.RELATION, head.SEX, head.MALE, head.FEMALE, head.BIRTH)
DESCRIBED = {name: name for name in ("sex", "relation", "marital", "ethnicity", "education", "residence", "occupation")}

KNOWN = (Who("person", "known"),)
