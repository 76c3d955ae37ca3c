"""Is a proof accepted once, however long the memory?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.auth import jose, proofs
from socai.client import proof
from tests.support.tokens import CLIENT_KEY, NOW


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


@pytest.mark.parametrize("coordinate", ["x", "y"])
@pytest.mark.parametrize("length", [31, 33])
def test_one_key_is_written_in_one_way(coordinate: str, length: int) -> None:
    """Another spelling of the same number would be another thumbprint."""
    public = CLIENT_KEY.as_dict(private=False)
    written = {name: str(public[name]) for name in ("kty", "crv", "x", "y")}
    jose.public_key(jose.Jwk(**written))
    other = jose.b64url_decode(written[coordinate]).rjust(length, b"\0")[:length]
    with pytest.raises(jose.MalformedError, match="length"):
        jose.public_key(jose.Jwk(**written | {coordinate: jose.b64url(other)}))


def test_the_port_that_a_scheme_implies_may_be_named() -> None:
    for told, meant in (("https://socai.test:443/x", "https://socai.test/x"), ("http://a/x", "http://a:80/x")):
        made = proof(CLIENT_KEY, "GET", told, NOW)
        assert proofs.check(made, method="GET", address=meant, now=NOW).jkt == CLIENT_KEY.thumbprint()
    with pytest.raises(jose.MalformedError):
        proofs.check(proof(CLIENT_KEY, "GET", "https://a:80/x", NOW), method="GET", address="https://a/x", now=NOW)


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


def test_a_detached_signature_brings_no_payload_of_its_own() -> None:
    content = b'{"kind":"person.died"}'
    read = jose.detached(f"e30..{jose.b64url(bytes(64))}", content)
    assert (read.payload, read.signed) == (jose.b64url(content), f"e30.{jose.b64url(content)}".encode())
    with pytest.raises(jose.MalformedError, match="not detached"):
        jose.detached(f"e30.e30.{jose.b64url(bytes(64))}", content)
