"""Does who waits for news hear of it at once, and what does waiting cost?"""

import asyncio
import time

import pytest

from deploy.local.databases import Database
from kit.process.database import Unavailable
from services.exchange.news import News
from services.exchange.projections import PROJECTIONS
from tests.services.exchange.conftest import asking, going_on
from tests.support.book import Book, establish, register
from tests.support.counting import eventually
from tests.support.facts import COMMUNE, OTHER_COMMUNE, publish
from tests.support.memory_log import MemoryLog
from tests.support.projecting import reached, running


async def test_a_new_fact_wakes_whoever_waits_for_it_and_not_whoever_it_does_not_concern(
    exchange_database: Database,
) -> None:
    book, log = Book(), MemoryLog()
    establish(book)
    register(book, 1)
    await publish(log.writer(), book.facts)
    async with running(exchange_database, log.reader, PROJECTIONS):
        assert await reached(exchange_database, book.position, PROJECTIONS)
        async with (
            asking(exchange_database, "health", areas=(COMMUNE,)) as near,
            asking(exchange_database, "health", areas=(OTHER_COMMUNE,)) as far,
        ):
            address = going_on(await near.get("/feed"))
            began = time.monotonic()
            waiting = asyncio.create_task(near.get(f"{address}&timeout=30000"))
            elsewhere = asyncio.create_task(far.get("/feed?timeout=1500"))
            fresh = book.facts[:]
            register(book, 2)
            await publish(log.writer(), book.facts[len(fresh) :])
            response = await waiting
            assert [int(event["sequence"]) for event in response.json()] == [book.position]
            assert time.monotonic() - began < 20
            assert (await elsewhere).json() == []


async def test_a_poll_that_hears_of_nothing_answers_when_its_time_is_up(exchange_database: Database) -> None:
    async with asking(exchange_database, "health") as client:
        began = time.monotonic()
        response = await client.get("/feed?timeout=300")
    assert (response.status_code, response.json()) == (200, [])
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("query", ["timeout=30001", "timeout=-1", "limit=0", "limit=1001", "limit=x", "cursor="])
async def test_a_poll_out_of_bounds_is_refused(exchange_database: Database, query: str) -> None:
    async with asking(exchange_database, "health") as client:
        assert (await client.get(f"/feed?{query}")).status_code == 422


class Counting:
    """A horizon that counts how often it is asked."""

    def __init__(self) -> None:
        self.reached = 1
        self.asked = 0
        self.away = False

    async def position(self) -> int:
        self.asked += 1
        if self.away:
            raise Unavailable
        return self.reached


async def test_many_who_wait_ask_as_often_as_one() -> None:
    horizon = Counting()
    news = News(horizon, interval=0.005)
    waiting = [asyncio.create_task(news.beyond(1, 30)) for _ in range(200)]
    await eventually(lambda: horizon.asked >= 220)
    horizon.reached = 2
    assert set(await asyncio.gather(*waiting)) == {2}
    assert horizon.asked < 600, "each asks when it comes and when it is woken; one asks in between"


async def test_who_knows_less_than_is_known_does_not_wait() -> None:
    horizon = Counting()
    assert await News(horizon).beyond(0, 30) == 1


async def test_a_database_that_is_away_is_told_to_all_who_wait() -> None:
    horizon = Counting()
    news = News(horizon, interval=0.005)
    waiting = [asyncio.create_task(news.beyond(1, 30)) for _ in range(3)]
    await eventually(lambda: horizon.asked >= 5)
    horizon.away = True
    async with asyncio.timeout(5):
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
