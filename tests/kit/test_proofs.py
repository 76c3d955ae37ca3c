"""Is a proof accepted once, however long the memory?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.auth import jose, proofs
from tests.support.tokens import CLIENT_KEY


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 40)), max_size=60))
def test_nothing_is_used_twice_within_its_time(steps: list[tuple[int, float]]) -> None:
    """Against a memory that forgets nothing: within `keep`, a second use is always noticed."""
    replays, now = proofs.Replays(keep=100), 0.0
    used: dict[int, float] = {}
    for mark, wait in steps:
        now += wait
        first = replays.first_use(str(mark), now=now)
        if mark in used and now - used[mark] < 100:
            assert not first
        if mark not in used:
            assert first
        if first:
            used[mark] = now


def test_memory_is_bounded_and_a_full_one_lets_nothing_through() -> None:
    replays = proofs.Replays(keep=100, capacity=3)
    assert all(replays.first_use(str(number), now=0) for number in range(3))
    with pytest.raises(OverflowError):
        replays.first_use("more", now=50)
    assert replays.first_use("more", now=100)
    assert not replays.first_use("2", now=100)


def test_thumbprints_are_those_of_rfc_7638() -> None:
    public = CLIENT_KEY.as_dict(private=False)
    jwk = jose.Jwk(**{name: str(public[name]) for name in ("kty", "crv", "x", "y")})
    assert jose.thumbprint(jwk) == CLIENT_KEY.thumbprint()


@pytest.mark.parametrize("text", ["a", "a=", "a b", "a\n", "+/", "é", "\0", "\ud800"])
def test_base64url_is_read_strictly(text: str) -> None:
    with pytest.raises(jose.MalformedError):
        jose.b64url_decode(text)


@given(st.binary(max_size=100))
def test_base64url_goes_there_and_back(data: bytes) -> None:
    assert jose.b64url_decode(jose.b64url(data)) == data


def test_a_clock_that_is_put_back_forgets_nothing_and_does_not_stop_the_ageing() -> None:
    replays = proofs.Replays(keep=100, capacity=3)
    assert replays.first_use("ahead", now=1_000_000)
    assert replays.first_use("right", now=10)
    assert not replays.first_use("ahead", now=10)
    assert not replays.first_use("right", now=109)
    assert replays.first_use("next", now=110)
    assert replays.first_use("after", now=210)
    assert not replays.first_use("next", now=210)
