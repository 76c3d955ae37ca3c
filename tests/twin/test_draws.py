"""Is chance the same for the same purpose, even over its limits, and are shares exact?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.draws import MILLION, Draws, apportion


def test_a_purpose_has_one_stream_whatever_the_portions() -> None:
    together, apart = Draws(1, "people").words(7), Draws(1, "people")
    assert together.tolist() == [*apart.words(3).tolist(), *apart.words(4).tolist()]
    assert Draws(1, "people").words(3).tolist() != Draws(2, "people").words(3).tolist()
    assert Draws(1, "people").words(1).tolist() == [15_874_108_437_174_813_626], "the same on every machine"


def test_numbers_are_drawn_evenly_below_their_limits() -> None:
    drawn = Draws("even").below(np.array([1, 10, 1000] * 20_000), 60_000).reshape(-1, 3)
    assert drawn.max(axis=0).tolist() == [0, 9, 999]
    assert (np.abs(drawn.mean(axis=0) - [0, 4.5, 499.5]) < [0.01, 0.1, 10]).all()
    draws = Draws("one")
    assert {draws.one(3) for _ in range(100)} == {0, 1, 2}


def test_what_is_certain_happens_and_what_is_impossible_does_not() -> None:
    draws = Draws("hits")
    assert draws.hits(np.full(1000, MILLION)).all()
    assert not draws.hits(np.zeros(1000, dtype=np.int64)).any()
    assert 400 < draws.hits(np.full(1000, MILLION // 2)).sum() < 600


def test_weights_decide_how_often_a_place_is_picked() -> None:
    counts = np.bincount(Draws("pick").pick((1, 0, 3), 40_000), minlength=3)
    assert counts[1] == 0
    assert 9_500 < counts[0] < 10_500


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=50).filter(any), st.integers(0, 2_000_000))
def test_shares_add_up_and_are_off_by_less_than_one(weights: list[int], total: int) -> None:
    shares = apportion(np.array(weights), total).tolist()
    assert sum(shares) == total
    for weight, share in zip(weights, shares, strict=True):
        assert abs(share * sum(weights) - weight * total) < sum(weights)
