"""Which official numbers do invented people bear, so that all are well-formed, consistent and unique?

A personal number has 12 digits: 0 and the province of registration, the century with the sex, the year of birth, and
a serial. A health card has 15 characters: group, level of benefit, province, and a number of 10 digits.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from twin.draws import Ints

# Coprime to the powers of ten that they walk through, so that no serial comes twice.
STEP, SERIALS, APART = 387_421, 1_000_000, 7_919
CARD_STEP, CARDS = 38_742_113, 100_000_000
SMALL_CHILD, SCHOOL_ENDS, PENSION = 6, 18, 60
CARD_GROUPS = (b"TE", b"HS", b"DN", b"HT")
KINDS = 1000
NO_PROVINCE = 97
CARD = b"%b4%02d%02d%08d"


def kind(sexes: NDArray[np.uint8], years: Ints) -> Ints:
    """Give the century, sex and year as the number that stands in the middle: digits 4 to 6."""
    return ((years // 100 - 19) * 2 + sexes) * 100 + years % 100


class Registers:
    """The serials that each province has given out.

    Registers of one series give the same numbers every time, those of two never the same one; the second and further
    series are of provinces that there are not.
    """

    def __init__(self, series: int = 0) -> None:
        self._given: dict[int, Ints] = {}
        self._cards = series * SERIALS
        self._series = series

    def personal(self, province: int, sexes: NDArray[np.uint8], years: Ints) -> Ints:
        """Give numbers to people who are registered together."""
        kinds, province = kind(sexes, years), NO_PROVINCE + self._series if self._series else province
        given = self._given.setdefault(province, np.zeros(KINDS, dtype=np.int64))
        order = np.argsort(kinds.astype(np.uint16), kind="stable")
        numbers = np.bincount(kinds, minlength=KINDS)
        ranks = np.empty(len(kinds), dtype=np.int64)
        ranks[order] = np.arange(len(kinds)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        serials = (ranks + given[kinds] + 1 + kinds * APART) * STEP % SERIALS
        given += numbers
        return (province * 1000 + kinds) * SERIALS + serials

    def one(self, province: int, sex: int, year: int) -> int:
        """Give a number to one person."""
        return int(self.personal(province, np.array([sex], dtype=np.uint8), np.array([year]))[0])

    def cards(self, size: int) -> Ints:
        """Give the last eight digits of health cards."""
        found = (np.arange(size, dtype=np.int64) + self._cards + 1) * CARD_STEP % CARDS
        self._cards += size
        return found


def card_group(born: date, on: date) -> bytes:
    """Name the group of insured people to which somebody belongs on a day by her age."""
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return CARD_GROUPS[(age >= SMALL_CHILD) + (age >= SCHOOL_ENDS) + (age >= PENSION)]


def card(born: date, on: date, province: int, serial: int) -> bytes:
    """Write the number of a health card that is given on a day."""
    return CARD % (card_group(born, on), province, province, serial)
