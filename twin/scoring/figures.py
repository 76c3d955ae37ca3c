"""By how much are the figures off: people by area, sex and age group?"""

from collections import Counter
from dataclasses import dataclass, field

from twin.scoring.beliefs import Beliefs
from twin.scoring.people import lives
from twin.scoring.truths import Truths

WIDTH, OPEN = 5, 85
_MONTH = len("YYYY-MM")

Cell = tuple[str, str, str]


@dataclass(slots=True)
class Figures:
    """Cells of area, sex and age group, as they are and as they are believed to be."""

    true: Counter[Cell] = field(default_factory=Counter)
    believed: Counter[Cell] = field(default_factory=Counter)

    @property
    def off(self) -> int:
        """Sum of what all cells are off by, without regard to the sign."""
        cells = self.true.keys() | self.believed.keys()
        return sum(abs(self.believed[cell] - self.true[cell]) for cell in cells)

    def by(self, cut: int) -> list[tuple[str, int, int]]:
        """Give rows of one cut (0 area, 1 sex, 2 age group): its value, how many truly, how many believed."""
        true, believed = Counter[str](), Counter[str]()
        for cells, sums in ((self.true, true), (self.believed, believed)):
            for cell, n in cells.items():
                sums[cell[cut]] += n
        return [(value, true[value], believed[value]) for value in sorted(true.keys() | believed.keys())]


def compare(truths: Truths, beliefs: Beliefs, figures: Figures | None = None) -> Figures:
    """Count who lives in the areas that were read, on the last day that is told of; add it to `figures`."""
    figures = Figures() if figures is None else figures
    for true in truths.persons.values():
        if lives(true) and true.area in beliefs.areas:
            figures.true[true.area or "", true.sex, age_group(true.birth, truths.until)] += 1
    for record in beliefs.persons:
        figures.believed[record.area, record.sex, age_group(record.birth, truths.until)] += 1
    return figures


def age_group(birth: str | None, day: str) -> str:
    """Give the five-year group of completed years at the end of a month, as far as the month of birth is known."""
    if birth is None or len(birth) < _MONTH:
        return "unknown"
    months = (int(day[:4]) - int(birth[:4])) * 12 + int(day[5:7]) - int(birth[5:7])
    low = min(OPEN, max(0, months // 12) // WIDTH * WIDTH)
    return f"{low:02d}+" if low == OPEN else f"{low:02d}-{low + WIDTH - 1:02d}"
