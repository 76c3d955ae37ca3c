"""What must the twin remember of people and households while they live? Columns that grow."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from twin.ids import Raw
from twin.stock.sheets import Named

Small = NDArray[np.uint8]
Rows = NDArray[np.int32]
LONG_AGO = -999
MONTH = 30


@dataclass(slots=True)
class Columns:
    """Columns of which the first `size` rows are in use."""

    size: int
    raw: Raw

    def add(self) -> int:
        """Take the next row into use."""
        if self.size == len(self.raw):
            for column in fields(self)[1:]:
                old = getattr(self, column.name)
                room = np.zeros((max(1024, len(old) // 8), *old.shape[1:]), dtype=old.dtype)
                setattr(self, column.name, np.concatenate([old, room]))
        self.size += 1
        return self.size - 1


@dataclass(slots=True)
class People(Columns):
    """`household` is where somebody lives, or nobody's; `settled` the month of the last change, so that nobody has two
    of them in a month; `last_birth` the month of a woman's last child, counted from the first month.
    """

    household: Rows
    birth: Rows
    spouse: Rows
    mother: Rows
    settled: NDArray[np.int16]
    last_birth: NDArray[np.int16]
    sex: Small
    relation: Small
    marital: Small
    ethnicity: Small
    surname: Small
    given: Small
    children: Small


@dataclass(slots=True)
class Homes(Columns):
    """`head` is a row of people, or nobody's; `settled` the month in which somebody last came or went."""

    area: Rows
    head: Rows
    settled: NDArray[np.int16]
    ended: NDArray[np.bool_]


def people(of: Named, first_day: int) -> People:
    """Take over the people of the first day."""
    stock = of.stock
    persons = len(stock.birth)
    children = np.bincount(stock.mother[stock.mother >= 0], minlength=persons)
    youngest = np.zeros(persons, dtype=np.int32)
    has = np.flatnonzero(stock.mother >= 0)
    np.maximum.at(youngest, stock.mother[has], stock.birth[has])
    months = (youngest - first_day) // MONTH
    return People(
        size=persons,
        raw=of.person,
        household=stock.household.copy(),
        birth=stock.birth,
        spouse=stock.spouse,
        mother=stock.mother,
        settled=np.full(persons, -1, dtype=np.int16),
        last_birth=np.where(children > 0, months, LONG_AGO).astype(np.int16),
        sex=stock.sex,
        relation=stock.relation,
        marital=stock.marital,
        ethnicity=stock.ethnicity,
        surname=stock.surname,
        given=stock.given,
        children=children.astype(np.uint8),
    )


def homes(of: Named) -> Homes:
    """Take over the households of the first day; the first of each is its head."""
    households = len(of.stock.shape)
    return Homes(
        size=households,
        raw=of.household,
        area=of.stock.area,
        head=of.stock.first[:-1].astype(np.int32),
        settled=np.full(households, -1, dtype=np.int16),
        ended=np.zeros(households, dtype=bool),
    )
