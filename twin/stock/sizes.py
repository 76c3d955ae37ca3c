"""How many households of each size make up exactly so many households and persons?"""

from fractions import Fraction

import numpy as np

from twin.draws import Ints, apportion

# Households of one to eight persons per thousand. Our judgement: the census of 2019 (one person about 10 %, two to
# four 66 %, five and six 20 %, more 4 %), moved towards the registers, where grown children and grandparents stay.
REGISTERED = (45, 135, 215, 315, 170, 85, 25, 10)
LARGEST = len(REGISTERED)
STEPS = 60
SCALE = 1 << 40


def of(households: int, persons: int) -> Ints:
    """Give the numbers of households with one, two, ... persons: the registered shares, tilted to the mean."""
    if not households <= persons <= LARGEST * households:
        raise ValueError(f"{households} households cannot be of {persons} persons")
    counts = apportion(_tilted(persons / households), households)
    _level(counts, persons)
    return counts


def _tilted(mean: float) -> Ints:
    """Multiply the shares by powers of one factor, so that the mean is right; only sums and products of doubles."""
    low, high = 1 / 64, 64.0
    for _ in range(STEPS):
        factor = (low + high) / 2
        shares = [float(share) for share in REGISTERED]
        power = 1.0
        for size in range(LARGEST):
            shares[size] *= power
            power *= factor
        now = sum((size + 1) * share for size, share in enumerate(shares)) / sum(shares)
        low, high = (factor, high) if now < mean else (low, factor)
    whole = sum(map(Fraction, shares))
    return np.array([int(Fraction(share) / whole * SCALE) for share in shares], dtype=np.int64)


def _level(counts: Ints, persons: int) -> None:
    """Swap households of one size for the next one until the persons are exact, the most frequent first."""
    sizes = np.arange(1, LARGEST + 1)
    while (short := persons - int(counts @ sizes)) != 0:
        step = 1 if short > 0 else -1
        able = counts[:-1] if step > 0 else counts[1:]
        size = int(np.argmax(able)) + (0 if step > 0 else 1)
        counts[size] -= 1
        counts[size + step] += 1
