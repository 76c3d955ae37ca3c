"""What are people called: surname of the father's line, middle name by cohort, given name by frequency?"""

from bisect import bisect
from functools import cache

import numpy as np
from numpy.typing import NDArray

from twin.draws import Draws, Ints
from twin.tables import column, rows

# Share of men with the middle name Văn and of women with Thị in thousandths, for those born until 1980 and from 2005
# on: nearly everybody among the old, few among the young (observed in lists of names).
CLASSIC = ("Văn", "Thị")
OLD_SHARE, YOUNG_SHARE = (550, 750), (80, 100)
OLD_COHORT, YOUNG_COHORT = 1980, 2005
SEXES = ("male", "female")
Codes = NDArray[np.uint8]


@cache
def surnames() -> list[bytes]:
    """List the surnames."""
    return [row["surname"].encode() for row in rows("surnames.csv")]


@cache
def _listed(table: str, heading: str) -> tuple[list[bytes], tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Give all names of a table once, and by sex the numbers and weights of its own."""
    texts: dict[str, int] = {name: number for number, name in enumerate(CLASSIC)} if heading == "middle" else {}
    numbers: tuple[list[int], list[int]] = ([], [])
    weights: tuple[list[int], list[int]] = ([], [])
    for row in rows(table):
        sex = SEXES.index(row["sex"])
        numbers[sex].append(texts.setdefault(row[heading], len(texts)))
        weights[sex].append(int(row["weight"]))
    as_ints = [(np.array(numbers[sex]), np.array(weights[sex])) for sex in (0, 1)]
    return [text.encode() for text in texts], as_ints[0], as_ints[1]


def middles() -> list[bytes]:
    """List the middle names; the first two are those of the old cohorts."""
    return _listed("middle_names.csv", "middle")[0]


def givens() -> list[bytes]:
    """List the given names of both sexes."""
    return _listed("given_names.csv", "given")[0]


def text(surname: int, middle: int, given: int) -> str:
    """Write a name in Vietnamese order."""
    return b" ".join((surnames()[surname], middles()[middle], givens()[given])).decode()


def draw_surnames(draws: Draws, size: int) -> Codes:
    """Draw surnames by their national share."""
    return draws.pick(column("surnames.csv", "per_mille"), size).astype(np.uint8)


def draw_middles(draws: Draws, sexes: NDArray[np.uint8], years: Ints) -> Codes:
    """Draw middle names by sex and cohort."""
    young = np.clip(years - OLD_COHORT, 0, YOUNG_COHORT - OLD_COHORT)
    old, change = np.array(OLD_SHARE)[sexes], (np.array(YOUNG_SHARE) - np.array(OLD_SHARE))[sexes]
    classic = draws.below(1000, len(sexes)) < old + change * young // (YOUNG_COHORT - OLD_COHORT)
    return np.where(classic, sexes, _by_sex(draws, sexes, "middle_names.csv", "middle"))


def draw_givens(draws: Draws, sexes: NDArray[np.uint8], middle: Codes, households: Ints) -> Codes:
    """Draw given names: no two of one household have the same one, and nobody has it as middle name too."""
    found = _by_sex(draws, sexes, "given_names.csv", "given")
    said = {text: number for number, text in enumerate(givens())}
    same = np.array([said.get(text, len(said)) for text in middles()])[middle]
    again = np.arange(len(found))
    while len(again):
        key = households[again] * len(said) + found[again]
        order = np.argsort(key, kind="stable")
        double = np.zeros(len(again), dtype=bool)
        double[order[1:]] = key[order[1:]] == key[order[:-1]]
        double |= found[again] == same[again]
        redrawn = again[double]
        found[redrawn] = _by_sex(draws, sexes[redrawn], "given_names.csv", "given")
        again = again[np.isin(households[again], households[redrawn])]
    return found


def _by_sex(draws: Draws, sexes: NDArray[np.uint8], table: str, heading: str) -> Codes:
    _, *by_sex = _listed(table, heading)
    found = np.zeros(len(sexes), dtype=np.uint8)
    for sex, (numbers, weights) in enumerate(by_sex):
        some = sexes == sex
        found[some] = numbers[draws.pick(weights, int(some.sum()))]
    return found


def draw_one(draws: Draws, sex: int, year: int, taken: set[int]) -> tuple[int, int]:
    """Draw a middle and a given name for one person; nobody of `taken` has the given name."""
    young = min(max(year - OLD_COHORT, 0), YOUNG_COHORT - OLD_COHORT)
    share = OLD_SHARE[sex] + (YOUNG_SHARE[sex] - OLD_SHARE[sex]) * young // (YOUNG_COHORT - OLD_COHORT)
    middle = sex if draws.one(1000) < share else _one(draws, sex, "middle_names.csv", "middle")
    while True:
        given = _one(draws, sex, "given_names.csv", "given")
        if given not in taken and givens()[given] != middles()[middle]:
            return middle, given


def draw_surname(draws: Draws) -> int:
    """Draw the surname of one person."""
    return int(draw_surnames(draws, 1)[0])


def _one(draws: Draws, sex: int, table: str, heading: str) -> int:
    numbers, ends = _ends(sex, table, heading)
    return numbers[bisect(ends, draws.one(ends[-1]))]


@cache
def _ends(sex: int, table: str, heading: str) -> tuple[list[int], list[int]]:
    _, *by_sex = _listed(table, heading)
    numbers, weights = by_sex[sex]
    return numbers.tolist(), np.cumsum(weights).tolist()
