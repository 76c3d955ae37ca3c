"""Does one key always sign, and does everybody know the next one in time?"""

from datetime import UTC, datetime, timedelta

import pytest
from joserfc.jwk import ECKey

from gateway.keys import GRACE, SKEW, SigningKey, current, make_key, missing, published
from kit.auth import jose

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def kids(keys: tuple[SigningKey, ...], now: datetime) -> list[str]:
    return [key["kid"] for key in published(keys, now)["keys"]]


def test_at_the_start_there_is_one_key_to_sign_and_one_to_follow() -> None:
    keys = missing((), START, 30)
    assert [(key.signs_from, key.signs_until) for key in keys] == [
        (START - SKEW, START - SKEW + 30 * DAY),
        (START - SKEW + 30 * DAY, START - SKEW + 60 * DAY),
    ]
    assert current(keys, START) == keys[0]
    assert missing(keys, START, 30) == ()


def test_over_a_year_the_key_that_signs_was_published_a_month_before() -> None:
    keys: tuple[SigningKey, ...] = ()
    known_since: dict[str, datetime] = {}
    for day in range(365):
        now = START + day * DAY
        keys += missing(keys, now, 30)
        for kid in kids(keys, now):
            known_since.setdefault(kid, now)
        signing = current(keys, now)
        assert signing.kid in kids(keys, now)
        assert now < START + 30 * DAY or now - known_since[signing.kid] >= 29 * DAY
    assert len(keys) == 14


def test_a_key_stays_published_for_as_long_as_its_tokens_may_live() -> None:
    keys = missing((), START, 30)
    end = keys[0].signs_until
    assert keys[0].kid in kids(keys, end + GRACE - timedelta(seconds=1))
    assert keys[0].kid not in kids(keys, end + GRACE)


def test_after_a_long_sleep_new_keys_are_made() -> None:
    keys = missing((), START, 30)
    late = START + 400 * DAY
    with pytest.raises(LookupError):
        current(keys, late)
    keys += missing(keys, late, 30)
    assert current(keys, late).signs_from == late - SKEW


def test_what_was_made_while_the_clock_was_fast_signs_also_when_it_is_put_right() -> None:
    keys = missing((), START + 3_000 * DAY, 30)
    keys += missing(keys, START, 30)
    signing = current(keys, START)
    assert signing == keys[0]
    assert signing.kid in kids(keys, START)


def test_of_two_keys_whose_time_it_is_the_later_signs() -> None:
    """As when a key is given up before its time."""
    earlier, later = make_key(START, START + 30 * DAY), make_key(START + DAY, START + 30 * DAY)
    assert current((earlier, later), START + DAY) == current((later, earlier), START + DAY) == later
    assert current((later, earlier), START) == earlier


def test_a_published_key_is_public_and_named_by_its_thumbprint() -> None:
    key = missing((), START, 30)[0]
    public = key.public_jwk()
    assert "d" not in public
    assert (public["use"], public["alg"]) == ("sig", "ES256")
    read = jose.Jwk(**{name: public[name] for name in ("kty", "crv", "x", "y", "kid")})
    assert jose.thumbprint(read) == ECKey.import_key(key.private_jwk).thumbprint() == key.kid
