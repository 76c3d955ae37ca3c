"""Which territory is an area of an agreement looked up in?"""

import asyncpg

from contracts.ids import place_number
from deploy.local.databases import Database
from services.exchange.places import Places
from tests.services.exchange.conftest import NOW, apply
from tests.support.book import Book, establish
from tests.support.facts import OTHER_AREA, OTHER_COMMUNE


async def test_units_that_a_restore_has_lost_are_known_no_more(exchange_database: Database) -> None:
    """The ledger and its copies end earlier then, and this process has gone on all the while."""
    book, places = Book(), Places(lambda: NOW)
    establish(book)
    await apply(exchange_database, book.facts)
    owner = await asyncpg.connect(exchange_database.owner_dsn)
    try:
        known = await places.today(owner, book.position)
        assert known.sight((OTHER_COMMUNE,)).sees(place_number(OTHER_AREA))
        await owner.execute("delete from unit_history where entity = $1", OTHER_AREA)
        known = await places.today(owner, book.position - 1)
        assert not known.sight((OTHER_COMMUNE,)).sees(place_number(OTHER_AREA))
    finally:
        await owner.close()
