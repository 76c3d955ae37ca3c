"""Who learns what becomes of somebody who went where no area is, when the facts told of her since name none either?"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from deploy.local.databases import Database
from tests.services.exchange.conftest import apply, asking, bearing
from tests.services.exchange.test_following import Follower
from tests.services.exchange.test_persons import PID, by_number, query
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, COMMUNE, OTHER_AREA, OTHER_COMMUNE, Recorded, household_id, person_id

ABROAD: dict[str, Any] = {"status": "outside", "household": None, "area": None}
LAN = person_id(1)


def book_of_somebody_abroad() -> Book:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female", "personal": bearing("Phạm Thị Lĩnh", pid=PID)}})
    register(book, 2, area=OTHER_AREA, members={2: {"sex": "male"}})
    book.record("person.left", "2026-01-02", persons={LAN: ABROAD})
    return book


def returned(book: Book, area: str = OTHER_AREA) -> Recorded:
    home = {"status": "resident", "household": household_id(2), "area": area}
    return book.record("person.arrived", "2026-01-06", persons={LAN: home})


class Partner:
    """Asks and follows within one commune."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.following = Follower()

    async def copy(self) -> dict[str, Any]:
        await self.following.catch_up(self.client)
        return self.following.copy

    async def finds_her(self) -> bool:
        response = await query(self.client, **by_number("pid", PID), fields=["status"])
        return response.status_code == 200


@pytest.fixture
async def here(exchange_database: Database) -> AsyncIterator[Partner]:
    async with asking(exchange_database, "police", areas=(COMMUNE,)) as client:
        yield Partner(client)


@pytest.fixture
async def there(exchange_database: Database) -> AsyncIterator[Partner]:
    async with asking(exchange_database, "police", areas=(OTHER_COMMUNE,)) as client:
        yield Partner(client)


async def test_what_is_told_of_somebody_abroad_reaches_whom_she_left(
    exchange_database: Database, here: Partner, there: Partner
) -> None:
    book = book_of_somebody_abroad()
    renamed = bearing("Phạm Thị Linh", pid=PID)
    book.record("person.changed", "2026-01-03", persons={LAN: {"personal": renamed}})
    await apply(exchange_database, book.facts)
    assert (await here.copy())[LAN]["status"] == "outside"
    events = (await here.client.get("/feed")).json()
    assert (events[-1]["data"]["kind"], events[-1]["data"]["side"]) == ("person.changed", "here")
    assert await here.finds_her()
    assert LAN not in await there.copy()
    assert not await there.finds_her()


async def test_a_double_struck_off_while_abroad_is_one_for_whom_she_left(
    exchange_database: Database, here: Partner
) -> None:
    book = book_of_somebody_abroad()
    await apply(exchange_database, book.facts)
    assert (await here.copy())[LAN]["status"] == "outside"
    book.record("person.merged", "2026-01-03", persons={LAN: {"status": "merged", "merged_into": person_id(2)}})
    await apply(exchange_database, book.facts)
    assert (await here.copy())[LAN]["status"] == "merged"


async def test_whoever_returns_elsewhere_leaves_those_whom_she_left_for_abroad(
    exchange_database: Database, here: Partner, there: Partner
) -> None:
    book = book_of_somebody_abroad()
    await apply(exchange_database, book.facts)
    assert LAN in await here.copy()
    returned(book)
    await apply(exchange_database, book.facts)
    assert LAN not in await here.copy()
    assert LAN in await there.copy()


async def test_whoever_returns_to_where_she_left_stays(exchange_database: Database, here: Partner) -> None:
    book = book_of_somebody_abroad()
    returned(book, AREA)
    await apply(exchange_database, book.facts)
    assert (await here.copy())[LAN]["status"] == "resident"
    events = (await here.client.get("/feed")).json()
    assert [event["data"]["side"] for event in events if event["data"]["person"] == LAN] == ["here"] * 3


async def test_a_return_that_is_voided_gives_her_back_to_whom_she_left(
    exchange_database: Database, here: Partner, there: Partner
) -> None:
    book = book_of_somebody_abroad()
    back = returned(book)
    await apply(exchange_database, book.facts)
    assert LAN in await there.copy()
    book.void(back.position)
    await apply(exchange_database, book.facts)
    assert (await here.copy())[LAN]["status"] == "outside"
    assert LAN not in await there.copy()
    assert not await there.finds_her()


async def test_a_former_home_that_is_corrected_is_where_she_left(
    exchange_database: Database, here: Partner, there: Partner
) -> None:
    book = book_of_somebody_abroad()
    book.record("person.changed", "2026-01-03", persons={LAN: {"education": "university"}})
    await apply(exchange_database, book.facts)
    await here.copy()
    book.correct(
        next(told.position for told in book.facts if told.fact.kind == "household.registered"),
        households={household_id(1): {"area": OTHER_AREA}},
        persons={LAN: {"area": OTHER_AREA}},
    )
    book.record("person.changed", "2026-01-04", persons={LAN: {"education": "college"}})
    await apply(exchange_database, book.facts)
    assert LAN not in await here.copy()
    assert LAN in await there.copy()
