"""Who leaves a partner's copy when the past changes? Smallest histories that random ones came down to."""

from deploy.local.databases import Database
from tests.services.exchange.conftest import apply, asking
from tests.services.exchange.test_following import Follower
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, COMMUNE, OTHER_AREA, OTHER_COMMUNE, household_id, person_id


async def test_the_dead_leave_a_copy_when_they_never_lived_there(exchange_database: Database) -> None:
    """Her present state stays alike, dead and nowhere, but she belongs to another commune now."""
    book = Book()
    establish(book)
    sheet = register(book, 1, area=AREA)
    dead = {"status": "dead", "household": None, "area": None}
    book.record("person.died", "2025-12-01", persons={person_id(1): dead})
    here, there = Follower(), Follower()
    async with (
        asking(exchange_database, "police", areas=(COMMUNE,)) as one,
        asking(exchange_database, "police", areas=(OTHER_COMMUNE,)) as other,
    ):
        await apply(exchange_database, book.facts)
        await here.catch_up(one)
        assert person_id(1) in here.copy
        book.correct(
            sheet.position,
            households={household_id(1): {"area": OTHER_AREA}},
            persons={person_id(1): {"area": OTHER_AREA}},
        )
        await apply(exchange_database, book.facts)
        await here.catch_up(one)
        await there.catch_up(other)
    assert person_id(1) not in here.copy
    assert person_id(1) in there.copy
