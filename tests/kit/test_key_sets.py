"""Are the issuer's keys fetched when they are needed, and not more often?"""

import asyncio

import httpx
import pytest
from joserfc.jwk import ECKey

from kit.auth import jose
from kit.auth.key_sets import KeySets
from tests.support.tokens import key_set

FIRST, SECOND = (ECKey.generate_key("P-256", {"kid": kid}, private=True) for kid in ("first", "second"))


class Issuer:
    """An issuer whose key set changes, and who may be away."""

    def __init__(self) -> None:
        self.now = 0.0
        self.fetched = 0
        self.away = False
        self.body = key_set(FIRST)
        self.keys = KeySets(self.fetch, lambda: self.now)

    async def fetch(self) -> bytes:
        self.fetched += 1
        await asyncio.sleep(0)
        if self.away:
            raise httpx.ConnectError("away")
        return self.body


async def test_the_key_set_is_fetched_once_for_many_who_ask_at_once() -> None:
    issuer = Issuer()
    found = await asyncio.gather(*(issuer.keys.find("first") for _ in range(20)))
    assert None not in found
    assert issuer.fetched == 1


async def test_an_unknown_key_is_looked_for_again_but_not_at_every_request() -> None:
    issuer = Issuer()
    assert await issuer.keys.find("second") is None
    issuer.body = key_set(FIRST, SECOND)
    for _ in range(50):
        assert await issuer.keys.find("second") is None
    assert issuer.fetched == 1
    issuer.now = 2.0
    assert await issuer.keys.find("second") is not None
    assert issuer.fetched == 2


async def test_a_key_that_the_issuer_withdrew_is_forgotten_after_a_while() -> None:
    issuer = Issuer()
    assert await issuer.keys.find("first") is not None
    issuer.body = key_set(SECOND)
    issuer.now = 299.0
    assert await issuer.keys.find("first") is not None
    issuer.now = 300.0
    assert await issuer.keys.find("first") is None


async def test_while_the_issuer_is_away_the_keys_last_seen_serve_on() -> None:
    issuer = Issuer()
    await issuer.keys.find("first")
    issuer.away = True
    for issuer.now in (400.0, 401.0, 5_000.0):
        assert await issuer.keys.find("first") is not None
    assert issuer.fetched == 3


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"keys":7}', b'{"keys":[{"kty":"EC","crv":"P-256","kid":"x"}]}', b"[" * 100_000]
)
async def test_nonsense_is_no_key_set(body: bytes) -> None:
    issuer = Issuer()
    issuer.body = body
    with pytest.raises(LookupError):
        await issuer.keys.find("first")
    issuer.body, issuer.now = key_set(FIRST), 2.0
    assert await issuer.keys.find("first") is not None


def test_keys_of_other_kinds_are_left_out() -> None:
    assert jose.read_key_set(b'{"keys":[{"kty":"RSA","kid":"r"},{"kty":"EC","crv":"P-384","kid":"e"}]}') == {}


async def test_a_clock_that_is_put_back_keeps_no_key_longer_and_none_away() -> None:
    issuer = Issuer()
    issuer.now = 3_600.0
    assert await issuer.keys.find("first") is not None
    issuer.body = key_set(SECOND)
    issuer.now = 1.0
    assert await issuer.keys.find("second") is not None
    assert await issuer.keys.find("first") is None
    assert issuer.fetched == 2
