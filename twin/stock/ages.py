"""How old are the people of a household, so that mothers, couples and grandparents are of plausible ages?

Drawn from below: the youngest child first, then the years between the children, their mother, her husband, his
parents. Ages are days. All tables are our judgement around a mean age at first marriage of women of 23.0 (General
Statistics Office, 2016) and husbands who are 2.9 years older (standard deviation 3.2).
"""

import numpy as np

from twin.draws import Draws, Ints
from twin.stock.shapes import (
    ALONE,
    CHILD,
    GRANDFATHER,
    GRANDMOTHER,
    HUSBAND,
    WIFE,
    Shape,
    slots,
)

YEAR = 365
ADULT, MAN = 18 * 366, 20 * 366
# Years (first value) at the first birth, and their weights; days that lie between two births at least, and weights of
# the years beyond.
FIRST, FIRST_WEIGHTS = 18, (3, 6, 9, 11, 12, 12, 11, 9, 8, 6, 4, 3, 2, 2, 1, 1)
GAP_DAYS, GAP_WEIGHTS = 500, (22, 26, 20, 13, 8, 5, 3, 2, 1)
LAST_BIRTH = 45 * YEAR
OLDER, OLDER_WEIGHTS = -3, (3, 5, 8, 10, 12, 13, 12, 11, 9, 7, 4, 3, 2, 1)
GENERATION, GENERATION_WEIGHTS = 18, (2, 3, 4, 6, 7, 8, 9, 9, 9, 9, 8, 7, 5, 4, 3, 2, 2, 1, 1, 1)
CENTENARY = 100 * YEAR
# The youngest child at home: of a couple, of a lone mother or father, and where grandparents live there too.
MOST_CHILD, MOST_OF_ONE, MOST_GRANDCHILD = 40 * YEAR, 52 * YEAR, 36 * YEAR
# Of so many households in a hundred the eldest child at home is younger than 18 to 38 years.
USUAL, USUAL_CHILD, MOST_USUAL = 80, 18 * YEAR, 20 * YEAR


def drawn(draws: Draws, shape: Shape, number: int) -> Ints:
    """Give the ages in days of `number` households of a shape, a column for each slot."""
    ages: dict[int, Ints] = {}
    children = _children(draws, shape, number, ages)
    if not children:
        ages[WIFE] = _childless(draws, shape, number)
    if shape.middle:
        ages[HUSBAND] = np.maximum(ages[WIFE] + _years(draws, OLDER, OLDER_WEIGHTS, number), MAN)
        if children:
            ages[HUSBAND] = np.maximum(ages[HUSBAND], children[0] + ADULT)
        oldest = CENTENARY - GENERATION * YEAR if shape.elders else CENTENARY
        ages[HUSBAND] = np.minimum(ages[HUSBAND], oldest)
    heir = ages[HUSBAND] if HUSBAND in shape.middle else ages[WIFE]
    ages[GRANDMOTHER] = np.minimum(heir + _years(draws, GENERATION, GENERATION_WEIGHTS, number), CENTENARY)
    older = ages[GRANDMOTHER] + _years(draws, OLDER, OLDER_WEIGHTS, number)
    ages[GRANDFATHER] = np.minimum(np.maximum(older, heir + ADULT), CENTENARY + YEAR)
    rest = iter(children)
    return np.stack([next(rest) if slot.role == CHILD else ages[slot.role] for slot in slots(shape)], axis=1)


def _years(draws: Draws, first: int, weights: tuple[int, ...], number: int) -> Ints:
    return (draws.pick(weights, number) + first) * YEAR + draws.below(YEAR, number)


def _children(draws: Draws, shape: Shape, number: int, ages: dict[int, Ints]) -> list[Ints]:
    """Draw children, the eldest first, and put their mother's age beside them."""
    if not shape.children:
        return []
    after = [_years(draws, FIRST, FIRST_WEIGHTS, number)]
    for _ in range(shape.children - 1):
        between = draws.pick(GAP_WEIGHTS, number) * YEAR + draws.below(YEAR, number)
        after.append(after[-1] + GAP_DAYS + between)
    late = np.maximum(after[-1] - LAST_BIRTH, 0)
    after = [np.maximum(days - late, 16 * YEAR + GAP_DAYS * place) for place, days in enumerate(after)]
    most = MOST_GRANDCHILD if shape.elders else MOST_CHILD if len(shape.middle) > 1 else MOST_OF_ONE
    usual = USUAL_CHILD + draws.below(MOST_USUAL, number)
    span = np.where(draws.below(100, number) < USUAL, np.minimum(usual, most), most) - (after[-1] - after[0])
    youngest = draws.below(np.maximum(span, YEAR), number) + 1
    ages[WIFE] = after[-1] + youngest
    return [ages[WIFE] - days for days in after]


def _childless(draws: Draws, shape: Shape, number: int) -> Ints:
    """Draw the ages of couples without children at home and of those who live alone: some young, most old."""
    young = draws.below(100, number) < (100 if shape.elders else 45)
    first, last = (22, 50) if shape.family == ALONE else (19, 36)
    oldest = 94 if shape.family == ALONE else 86
    early = first * YEAR + draws.below((last - first) * YEAR, number)
    return np.where(young, early, 46 * YEAR + draws.below((oldest - 46) * YEAR, number))
