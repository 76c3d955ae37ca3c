"""Which territory is an area of an agreement looked up in?"""

import asyncpg

from contracts.ids import place_number
from deploy.local.databases import Database
from services.exchange.places import Places
from tests.services.exchange.conftest import NOW, apply
from tests.support.book import Book, establish
from tests.support.facts import AREA, OTHER_AREA, OTHER_COMMUNE


async def test_an_area_of_an_agreement_is_in_sight_before_it_is_established_and_nothing_else_is(
    exchange_database: Database,
) -> None:
    owner = await asyncpg.connect(exchange_database.owner_dsn)
    try:
        known = (await Places(lambda: NOW).today(owner, 0)).sight((AREA, OTHER_COMMUNE))
    finally:
        await owner.close()
    assert (known.sees(place_number(AREA)), known.sees(place_number(OTHER_AREA))) == (True, False)


async def test_a_unit_whose_founding_was_taken_back_gives_nothing_to_see(exchange_database: Database) -> None:
    book, places = Book(), Places(lambda: NOW)
    establish(book)
    founded = next(fact for fact in book.facts if any(step.entity == OTHER_AREA for step in fact.fact.asserts.units))
    book.void(founded.position)
    await apply(exchange_database, book.facts)
    owner = await asyncpg.connect(exchange_database.owner_dsn)
    try:
        known = await places.today(owner, book.position)
    finally:
        await owner.close()
    assert not known.sight((OTHER_COMMUNE,)).sees(place_number(OTHER_AREA))


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
