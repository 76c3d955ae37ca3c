"""Who lives in which household of which area on the first day? One row for each, in columns.

Everything a row refers to is a number: of a row (spouse, mother, household), or of a list (names, codes).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from twin import names
from twin.draws import MILLION, Draws, Ints
from twin.numbers import Registers
from twin.places import Area
from twin.scales import Scale
from twin.stock import attributes, fit, sizes
from twin.stock.columns import RELATIONS, Stock, empty
from twin.stock.shapes import ALL, CHILD, NOBODY, slots

FEWEST_STARTS, MOST_STARTS, STARTED = 8, 300, 3_000


def stock(scale: Scale, seed: int, day: date, registers: Registers, areas: list[Area] | None = None) -> Stock:
    """Make the population of a place, in its areas or in others; the same arguments give the same one."""
    draws = Draws(seed, scale.name, "stock")
    areas = scale.areas(draws) if areas is None else areas
    counts = sizes.of(scale.households, scale.persons)
    pools = [fit.candidates(draws, size + 1, int(count), day) for size, count in enumerate(counts)]
    chosen = _chosen(draws, pools, counts, fit.target(scale.persons))
    made = _placed(draws, pools, chosen, areas, day)
    _describe(made, draws, day, registers)
    return made


def _chosen(draws: Draws, pools: list[fit.Candidates], counts: Ints, wanted: Ints) -> list[Ints]:
    """Draw from several starts, from more where few people make chance large, and keep what is nearest to the table."""
    weights = fit.weights(pools, counts, wanted)
    best: tuple[int, list[Ints]] | None = None
    for _ in range(FEWEST_STARTS + MOST_STARTS * STARTED // (STARTED + int(wanted.sum()))):
        drawn = [fit.taken(draws, weight, int(count)) for weight, count in zip(weights, counts, strict=True)]
        now = sum(fit.counted(pool, some) for pool, some in zip(pools, drawn, strict=True))
        distance = int(((now - wanted) ** 2 * MILLION // np.maximum(wanted, 1)).sum())
        if best is None or distance < best[0]:
            best = distance, drawn
    assert best is not None
    return best[1]


def _placed(draws: Draws, pools: list[fit.Candidates], chosen: list[Ints], areas: list[Area], day: date) -> Stock:
    """Put the households into the areas in any order, and their people into rows."""
    place = draws.order(sum(map(len, chosen)))
    sizes_there = np.empty(len(place), dtype=np.int64)
    sizes_there[place] = np.concatenate([np.full(len(some), size) for size, some in enumerate(chosen, 1)])
    made, kin = empty(areas, sizes_there), _kin()
    line, begun = np.arange(len(made.birth)), 0
    for pool, some in zip(pools, chosen, strict=True):
        there = place[begun : begun + len(some)]
        begun += len(some)
        made.shape[there] = of = pool.shape[some]
        older = fit.apart(draws, pool, some, day)
        for slot in range(pool.cells.shape[1]):
            first = made.first[there]
            at = first + slot
            made.birth[at] = day.toordinal() - pool.ages[some, slot] - older
            made.sex[at] = pool.sexes[some, slot]
            made.relation[at] = kin.relation[of, slot]
            made.birth_order[at] = kin.order[of, slot]
            made.spouse[at] = _row(kin.spouse[of, slot], first, NOBODY)
            made.mother[at] = _row(kin.mother[of, slot], first, NOBODY)
            line[at] = _row(kin.line[of, slot], first, at)
    # A child's surname is that of the father, and his that of his own.
    made.surname = names.draw_surnames(draws, len(line))[line][line]
    return made


def _row(slot: Ints, first: Ints, otherwise: Ints | int) -> Ints:
    return np.where(slot != NOBODY, first + slot, otherwise)


@dataclass(frozen=True)
class _Kin:
    """Tables by shape and slot."""

    relation: Ints
    spouse: Ints
    mother: Ints
    line: Ints
    order: Ints


def _kin() -> _Kin:
    tables = np.full((5, len(ALL), sizes.LARGEST), NOBODY, dtype=np.int64)
    for number, shape in enumerate(ALL):
        children = 0
        for at, slot in enumerate(slots(shape)):
            children += slot.role == CHILD
            order = children if slot.role == CHILD and slot.mother >= 0 else 0
            tables[:, number, at] = RELATIONS.index(slot.relation), slot.spouse, slot.mother, slot.line, order
    return _Kin(*tables)


def _describe(made: Stock, draws: Draws, day: date, registers: Registers) -> None:
    """Give everybody a name, numbers and what else a sheet tells."""
    lived, years = day.toordinal() - made.birth, years_of(made.birth)
    attributes.describe(made, draws, lived.astype(np.int64) * 400 // 146_097)
    made.middle = names.draw_middles(draws, made.sex, years)
    made.given = names.draw_givens(draws, made.sex, made.middle, made.household.astype(np.int64))
    provinces = np.array([area.province for area in made.areas])[made.area][made.household]
    for province in np.unique(provinces).tolist():
        some = provinces == province
        made.personal_number[some] = registers.personal(province, made.sex[some], years[some])
    made.card = registers.cards(len(years))


def years_of(days: NDArray[np.int32]) -> Ints:
    """Give the calendar years of days."""
    first = int(days.min()) if len(days) else 1
    start = date.fromordinal(first).year
    bounds = [date(year, 1, 1).toordinal() for year in range(start, start + 200)]
    return np.searchsorted(np.array(bounds), days, side="right") + start - 1
