"""Which of many possible households are taken, so that ages and sexes are those of the published table?

Candidates of each size are weighted until the sums over their members meet the table (multiplicative updates, as in
iterative proportional fitting, with sums and products only), then drawn systematically in order of shape and age.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from twin.draws import Draws, Ints, apportion
from twin.names import SEXES
from twin.stock import ages
from twin.stock.shapes import ALL, BY_SIZE, DRAWN, NOBODY, slots
from twin.tables import column

BOYS = 527  # of a thousand births, at 111.4 boys for 100 girls (General Statistics Office, 2024)
GROUPS, GROUP = 17, 5
# Women of 15 to 19, 20 to 24, ... 35 to 39 who have a husband, per thousand. Our judgement: with 5 % who never marry
# it comes to a mean age at first marriage of 23.5 years, near the 23.0 of 2016 (General Statistics Office).
WIVES, FIRST_WIVES = (50, 440, 760, 870, 890), 3
SPARE, FEWEST = 135, 3000
ROUNDS, SHAPED = 56, 12
TINY = 1e-9
FINE = 1 << 20
OLDEST = ages.CENTENARY + ages.YEAR + 1
Doubles = NDArray[np.float64]


@dataclass(slots=True)
class Candidates:
    """Possible households of one size: ages in days and sexes by slot; `shape` is a number in `shapes.ALL`."""

    shape: Ints
    ages: NDArray[np.int32]
    sexes: NDArray[np.uint8]
    cells: NDArray[np.uint8]
    wives: NDArray[np.uint8]


def bounds(day: date) -> Ints:
    """Give the days that one must have lived to be 5, 10, ... 80 years old on a day."""
    born = [date(day.year - GROUP * group, day.month, min(day.day, 28)) for group in range(1, GROUPS)]
    return np.array([day.toordinal() - one.toordinal() for one in born], dtype=np.int64)


def cells(lived: NDArray[np.int32], sexes: NDArray[np.uint8], day: date) -> NDArray[np.uint8]:
    """Number the cells of age group and sex: groups first, males before females."""
    return (np.searchsorted(bounds(day), lived, side="right") * 2 + sexes).astype(np.uint8)


def target(persons: int) -> Ints:
    """Share persons out over the 34 cells of the table."""
    table = np.stack([column("age_sex.csv", sex) for sex in SEXES], axis=1)
    return apportion(table.ravel(), persons)


def candidates(draws: Draws, size: int, households: int, day: date) -> Candidates:
    """Make more possible households of a size than are needed, in the shares of its shapes, in order of age."""
    shapes = BY_SIZE[size - 1]
    numbers = apportion(np.array([weight for _, weight in shapes]), max(FEWEST, households * SPARE // 100))
    kinds, lived, sexes = [], [], []
    for (shape, _), number in zip(shapes, numbers.tolist(), strict=True):
        drawn = ages.drawn(draws, shape, number)
        sex = np.tile(np.array([slot.sex for slot in slots(shape)], dtype=np.uint8), (number, 1))
        for place in np.flatnonzero(sex[0] == DRAWN) if number else ():
            sex[:, place] = draws.below(1000, number) >= BOYS
        kinds.append(np.full(number, ALL.index(shape)))
        lived.append(drawn.astype(np.int32))
        sexes.append(sex)
    kind, lives, sex = np.concatenate(kinds), np.concatenate(lived), np.concatenate(sexes)
    cell = cells(lives, sex, day)
    order = np.lexsort((*cell.T, kind))
    kind, cell = kind[order], cell[order]
    return Candidates(kind, lives[order], sex[order], cell, _wives(kind, cell))


def _wives(kind: Ints, cell: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Number the groups of `WIVES` of those women who have a husband; the others stand in a group of no interest."""
    couples = np.zeros((len(ALL), cell.shape[1]), dtype=bool)
    for number, shape in enumerate(ALL):
        if shape.size == cell.shape[1]:
            couples[number] = [slot.spouse != NOBODY for slot in slots(shape)]
    group = cell // 2 - FIRST_WIVES
    counted = couples[kind] & (cell % 2 == 1) & (cell // 2 >= FIRST_WIVES) & (group < len(WIVES))
    return np.where(counted, group, len(WIVES)).astype(np.uint8)


def weights(pools: Sequence[Candidates], counts: Ints, wanted: Ints) -> list[Doubles]:
    """Weight the candidates of each size: cells as wanted, sizes as counted, shapes about as in their table."""
    women = wanted[2 * FIRST_WIVES + 1 :: 2][: len(WIVES)]
    living = [*_members([pool.wives for pool in pools], len(WIVES) + 1)[:-1]]
    living += _members([pool.cells for pool in pools], GROUPS * 2)
    wanted = np.concatenate([women * np.array(WIVES) // 1000, wanted])
    found = np.ones(sum(len(pool.shape) for pool in pools))
    parts = np.split(found, np.cumsum([len(pool.shape) for pool in pools])[:-1])
    for step in range(ROUNDS):
        for pool, one, count in zip(pools, parts, counts.tolist(), strict=True):
            one[:] *= count / max(TINY, _sum(one))
            if step < SHAPED:
                one[:] *= _by_shape(pool, count, one)
        for households, number in zip(living, wanted.tolist(), strict=True):
            found[households] *= number / max(TINY, _sum(found[households]))
    return parts


def _sum(values: Doubles) -> float:
    """Add up exactly, since the order in which doubles are added differs between machines."""
    return int(np.rint(values * FINE).astype(np.int64).sum()) / FINE


def _members(columns: Sequence[NDArray[np.uint8]], cells: int) -> list[Ints]:
    """Give for each cell the numbers of the candidates of whom somebody stands in it."""
    first, households = 0, []
    for numbers in columns:
        number, size = numbers.shape
        households.append(np.repeat(np.arange(first, first + number), size))
        first += number
    flat = np.concatenate([numbers.ravel() for numbers in columns])
    order = np.argsort(flat, kind="stable")
    ends = np.cumsum(np.bincount(flat, minlength=cells))
    return np.split(np.concatenate(households)[order], ends[:-1])


def _by_shape(pool: Candidates, count: int, weight: Doubles) -> Doubles:
    """Give the factor of each candidate that makes its shape as frequent as its table says."""
    offered = np.bincount(pool.shape, minlength=len(ALL))
    now = np.bincount(pool.shape, weights=weight, minlength=len(ALL))
    factors = offered * (count / len(pool.shape)) / np.maximum(now, TINY)
    return np.asarray(factors[pool.shape], dtype=np.float64)


def taken(draws: Draws, weight: Doubles, count: int) -> Ints:
    """Draw so many candidates systematically; one of great weight may be taken more than once."""
    if not count:
        return np.zeros(0, dtype=np.int64)
    ends = np.cumsum(np.rint(weight * FINE).astype(np.int64))
    if not ends[-1]:
        # In the smallest places the table leaves nothing for a size that is counted all the same.
        ends = np.arange(1, len(weight) + 1, dtype=np.int64)
    start = draws.one(1 << 30) * int(ends[-1]) >> 30
    at = (np.arange(count, dtype=np.int64) * int(ends[-1]) + start) // count
    return np.searchsorted(ends, at, side="right").astype(np.int64)


def apart(draws: Draws, pool: Candidates, taken: Ints, day: date) -> Ints:
    """Give by how many days the people of each household are older than those of its candidate, where that was taken
    before: else whole families would share their birth dates. All by as many, within their age groups and on their side
    of 18 years, so that nothing which was fitted changes.
    """
    ends = np.concatenate([[1], bounds(day), [OLDEST]])
    lived, group = pool.ages[taken].astype(np.int64), pool.cells[taken] // 2
    least = np.where(lived >= ages.ADULT, np.maximum(ends[group], ages.ADULT), ends[group])
    younger, older = (lived - least).min(axis=1), (ends[group + 1] - 1 - lived).min(axis=1)
    again = np.concatenate([[False], taken[1:] == taken[:-1]])[: len(taken)]
    return np.where(again, draws.below(younger + older + 1, len(taken)) - younger, 0)


def counted(pool: Candidates, taken: Ints) -> Ints:
    """Count the people of some candidates by cell."""
    return np.bincount(pool.cells[taken].ravel(), minlength=GROUPS * 2)
