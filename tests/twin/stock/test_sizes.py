"""Do households of some sizes make up exactly the persons that are wanted?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.stock.sizes import LARGEST, of


@given(households=st.integers(1, 600_000), mean=st.floats(1.5, 6.5))
def test_households_and_persons_are_exact_whatever_the_mean(households: int, mean: float) -> None:
    persons = max(households, int(households * mean))
    counts = of(households, persons)
    assert counts.min() >= 0
    assert [int(counts.sum()), int(counts @ np.arange(1, LARGEST + 1))] == [households, persons]
