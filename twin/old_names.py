"""What are people called: surname of the father's line, middle name by cohort, given name by frequency?"""

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

REFERENCE = Path(__file__).parent / "reference"
BATCH = 4096
# Share of women with the middle name Thị and of men with Văn, by birth cohort: nearly everybody among the old, few
# among the young (observed in lists of names; the figures for women are about 75 % before 1980 and 10 % after 2005).
COHORTS = {"female": ("Thị", 0.75, 0.10), "male": ("Văn", 0.55, 0.08)}
OLD_COHORT, YOUNG_COHORT = 1980, 2005


def rows(name: str) -> list[dict[str, str]]:
    """Read one table of the reference data."""
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def drawn(rng: Random, values: list[str], weights: list[float]) -> Iterator[str]:
    """Draw for ever by weight, many at a time."""
    totals, total = [], 0.0
    for weight in weights:
        total += weight
        totals.append(total)
    while True:
        yield from rng.choices(values, cum_weights=totals, k=BATCH)


class Names:
    """Endless names; the same random source gives the same names."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        table = rows("surnames.csv")
        self._surnames = drawn(rng, [row["surname"] for row in table], [float(row["per_mille"]) for row in table])
        self._given = {sex: self._by_sex("given_names.csv", "given", sex) for sex in COHORTS}
        self._middle = {sex: self._by_sex("middle_names.csv", "middle", sex) for sex in COHORTS}

    def _by_sex(self, name: str, column: str, sex: str) -> Iterator[str]:
        table = [row for row in rows(name) if row["sex"] == sex]
        return drawn(self._rng, [row[column] for row in table], [float(row["weight"]) for row in table])

    def surname(self) -> str:
        """Draw a surname by its national share."""
        return next(self._surnames)

    def person(self, surname: str, sex: str, year: int, taken: set[str]) -> str:
        """Name somebody born in a year; no two of one family (`taken`) have the same given name."""
        classic, old, young = COHORTS[sex]
        share = old + (young - old) * min(1.0, max(0.0, (year - OLD_COHORT) / (YOUNG_COHORT - OLD_COHORT)))
        middle = classic if self._rng.random() < share else next(self._middle[sex])
        given = next(self._given[sex])
        while given in taken or given == middle:
            given = next(self._given[sex])
        taken.add(given)
        return f"{surname} {middle} {given}"
