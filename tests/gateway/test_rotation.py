"""Which keys sign and which are published after the operator has given one up?"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from deploy.local.databases import Database
from gateway.keys import GRACE, SigningKey, current, prepare_keys, published, read_keys, rotate
from kit.process.database import Connection
from tests.support.gateway import migrate_gateway

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 30
TERM = timedelta(days=DAYS)


@pytest.fixture
def dsn(fresh_database: Callable[..., Database]) -> str:
    return fresh_database("socai_gateway", build=migrate_gateway).writer_dsn


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[Connection]:
    opened = await asyncpg.connect(dsn)
    yield opened
    await opened.close()


def kids(keys: tuple[SigningKey, ...], now: datetime) -> list[str]:
    return [key["kid"] for key in published(keys, now)["keys"]]


async def test_the_next_key_signs_a_whole_term_from_now_and_one_of_its_own_follows(connection: Connection) -> None:
    first, second = await prepare_keys(connection, START, DAYS)
    now = START + TERM / 2
    assert (await rotate(connection, now, DAYS)).kid == second.kid
    ended, signing, following = await read_keys(connection)
    assert (ended.kid, ended.signs_from, ended.signs_until) == (first.kid, first.signs_from, now)
    assert (signing.kid, signing.signs_from, signing.signs_until) == (second.kid, now, now + TERM)
    assert (following.signs_from, following.signs_until) == (now + TERM, now + 2 * TERM)
    assert kids((ended, signing, following), now + GRACE / 2) == [first.kid, second.kid, following.kid]


async def test_a_key_that_has_ended_before_ends_no_later_by_a_rotation(connection: Connection) -> None:
    await prepare_keys(connection, START, DAYS)
    await rotate(connection, START + TERM / 2, DAYS)
    ended = (await read_keys(connection))[0]
    await rotate(connection, START + TERM, DAYS)
    assert (await read_keys(connection))[0] == ended


async def test_with_a_compromised_key_those_that_signed_before_it_are_published_no_more(
    connection: Connection,
) -> None:
    """Whoever has read one has read all that were kept beside it."""
    first, second = await prepare_keys(connection, START, DAYS)
    now = first.signs_until + GRACE / 2
    assert kids(await prepare_keys(connection, now, DAYS), now)[:2] == [first.kid, second.kid]
    signing = await rotate(connection, now, DAYS, compromised=True)
    assert {first.kid, second.kid}.isdisjoint(kids(await read_keys(connection), now))
    assert signing.kid in kids(await read_keys(connection), now)


@pytest.mark.parametrize("compromised", [False, True])
async def test_a_key_that_signs_before_its_time_is_given_up_too(connection: Connection, *, compromised: bool) -> None:
    """As when the first keys were made while the clock was fast."""
    made = await prepare_keys(connection, START + 2 * TERM, DAYS)
    given_up = current(made, START)
    signing = await rotate(connection, START, DAYS, compromised=compromised)
    assert signing.kid != given_up.kid
    keys = await read_keys(connection)
    assert (given_up.kid in kids(keys, START)) is not compromised
    for later in (START, START + TERM, START + 3 * TERM):
        keys = await prepare_keys(connection, later, DAYS)
        assert current(keys, later).kid != given_up.kid


@pytest.mark.parametrize("rotates", [False, True])
async def test_whoever_reads_the_keys_waits_for_those_that_another_makes(
    connection: Connection, dsn: str, *, rotates: bool
) -> None:
    other = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            made = await prepare_keys(connection, START, DAYS)
            second = rotate(other, START, DAYS) if rotates else prepare_keys(other, START, DAYS)
            waiting = asyncio.ensure_future(second)
            await asyncio.wait([waiting], timeout=0.3)
            assert not waiting.done()
        await waiting
        assert [key.kid for key in (await read_keys(connection))[:2]] == [key.kid for key in made]
    finally:
        await other.close()
