"""What does the twin say that its reports add up to?"""

from pathlib import Path
from typing import NamedTuple

import msgspec


class Standing(msgspec.Struct, frozen=True):
    """How many stand in an area."""

    households: int
    persons: int


class Stock(msgspec.Struct, frozen=True):
    """Who is registered on the first day."""

    households: int
    persons: int
    areas: dict[str, Standing]


class Month(msgspec.Struct, frozen=True):
    """`reports` are told in the month; all else is what it comes to once everything has been told."""

    month: str
    reports: int
    births: int
    deaths: int
    moves_in: int
    moves_out: int
    struck_off: int
    persons_at_end: int
    households_at_end: int
    areas: dict[str, Standing]


class Totals(msgspec.Struct, frozen=True):
    """The control totals of a place."""

    place: str
    seed: int
    start: str = msgspec.field(name="from")
    months: int
    reports: int
    stock: Stock
    months_totals: tuple[Month, ...] = ()

    def phases(self) -> list["Phase"]:
        """Give the stretches of the file, by the line at which each ends: the stock, then every month."""
        end = self.reports - sum(month.reports for month in self.months_totals)
        found = [Phase(STOCK, 0, end)]
        for month in self.months_totals:
            found.append(Phase(month.month, end, end + month.reports))
            end += month.reports
        return found


STOCK = "stock"


class Phase(NamedTuple):
    """Lines `first` (included) to `last` (not included) of the file, counted from 0."""

    name: str
    first: int
    last: int


def read_totals(path: Path) -> Totals:
    return msgspec.json.decode(path.read_bytes(), type=Totals)
