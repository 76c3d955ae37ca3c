"""What else does a sheet say of people: marital status, schooling, work, ethnicity? Shares by age are our judgement."""

import numpy as np
from numpy.typing import NDArray

from twin.draws import Draws, Ints
from twin.stock.columns import Stock
from twin.stock.shapes import ALL, CHILD, NOBODY, slots

MARITAL = ("single", "married", "widowed", "divorced", "separated")
SINGLE, MARRIED, WIDOWED, DIVORCED, SEPARATED = range(5)
EDUCATION = (
    "none",
    "primary",
    "lower_secondary",
    "upper_secondary",
    "vocational",
    "college",
    "university",
    "postgraduate",
)
OCCUPATIONS = (
    "Công nhân", "Nông dân", "Giáo viên", "Buôn bán", "Lái xe", "Thợ xây", "Nhân viên văn phòng", "Y tá", "Thợ may",
)  # fmt: skip
NO_WORK = 255
ETHNICITIES = ("01", "02", "06", "09")  # Kinh, Tày, Mường, Dao
ETHNIC_WEIGHTS = (988, 6, 4, 2)
# Who has no partner: single, widowed and divorced in percent, for those below 30, 45, 60 and older.
AGES = (30, 45, 60)
NEVER_ALONE = ((25, 10, 65), (10, 30, 60), (3, 62, 35), (1, 93, 6))
ALONE = ((100, 0, 0), (82, 2, 16), (55, 18, 27), (12, 78, 10))
# From which age on school: highest level finished in percent, for those of 18 to 29, 30 to 59 and older.
SCHOOLS = (6, 11, 15, 18)
ADULT_SCHOOLS = ((1, 3, 24, 44, 9, 8, 10, 1), (1, 8, 42, 27, 7, 4, 10, 1), (4, 34, 44, 11, 3, 1, 3, 0))
WORKING = (20, 60)


def describe(stock: Stock, draws: Draws, years: Ints) -> None:
    """Fill the columns."""
    stock.marital = _marital(stock, draws, years)
    stock.education = _education(draws, years)
    work = draws.below(len(OCCUPATIONS), len(years)).astype(np.uint8)
    stock.occupation = np.where((years > WORKING[0]) & (years < WORKING[1]), work, NO_WORK).astype(np.uint8)
    people = draws.pick(ETHNIC_WEIGHTS, len(stock.shape)).astype(np.uint8)
    stock.ethnicity = people[stock.household]


def _marital(stock: Stock, draws: Draws, years: Ints) -> NDArray[np.uint8]:
    """Couples are married; of the others, parents have mostly had a partner and children mostly not."""
    table = np.zeros((len(ALL), 8), dtype=bool)
    for number, shape in enumerate(ALL):
        for at, slot in enumerate(slots(shape)):
            table[number, at] = slot.role != CHILD and shape.size > 1
    place = np.arange(len(years)) - stock.first[stock.household]
    parents = table[stock.shape[stock.household], place]
    band = np.searchsorted(AGES, years, side="right")
    drawn = draws.below(100, len(years))
    shares = np.where(parents[:, None], np.array(NEVER_ALONE)[band], np.array(ALONE)[band])
    apart = np.where(drawn < shares[:, 0], SINGLE, np.where(drawn < shares[:, 0] + shares[:, 1], WIDOWED, DIVORCED))
    return np.where(stock.spouse != NOBODY, MARRIED, apart).astype(np.uint8)


def _education(draws: Draws, years: Ints) -> NDArray[np.uint8]:
    """Children stand where their age is at school; adults have finished what their generation has."""
    found = np.searchsorted(SCHOOLS, years, side="right")
    bands = (years >= SCHOOLS[-1]).astype(np.int64) + (years >= 30) + (years >= 60)  # noqa: PLR2004 - as above
    for band, weights in enumerate(ADULT_SCHOOLS, 1):
        some = bands == band
        found[some] = draws.pick(weights, int(some.sum()))
    return found.astype(np.uint8)
