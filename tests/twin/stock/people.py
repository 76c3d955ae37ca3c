"""What do the rows of a stock say, as the tests ask for them?"""

from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from twin.draws import Ints
from twin.numbers import Registers
from twin.scales import scale
from twin.stock.columns import Stock
from twin.stock.population import stock

DAY = date(2025, 1, 1)


@cache
def made(place: str | int, seed: int = 1) -> Stock:
    return stock(scale(place), seed, DAY, Registers())


def sizes(of: Stock) -> Ints:
    return np.diff(of.first)


def years_between(older: NDArray[np.int32], younger: NDArray[np.int32] | int) -> Ints:
    return (younger - older).astype(np.int64) * 400 // 146_097
