"""What is a partner answered while a build of before serves, which lacks what we read?"""

import psycopg
import pytest

from deploy.local.databases import Database
from tests.services.exchange.conftest import apply, asking, bearing
from tests.services.exchange.test_persons import PID, by_number, query
from tests.support.book import Book, establish, register


@pytest.mark.parametrize("lost", ["alter view parting rename to former", "alter view person rename column area to at"])
async def test_who_asks_before_the_build_of_our_shape_is_done_is_told_to_ask_again(
    exchange_database: Database, lost: str
) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female", "personal": bearing("Phạm Thị Lĩnh", pid=PID)}})
    await apply(exchange_database, book.facts)
    async with asking(exchange_database, "police") as client:
        assert (await client.get("/feed")).status_code == 200
        with psycopg.connect(exchange_database.owner_dsn) as connection:
            connection.execute(lost)
        answers = [await client.get("/feed"), await query(client, **by_number("pid", PID), fields=["name"])]
    for answer in answers:
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
