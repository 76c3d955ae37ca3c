"""Is every answer to a partner as it would be had nothing been told of care or of a disability?"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from contracts.care import Care, Contraception, Pregnancy
from deploy.local.databases import Database
from services.exchange.partners import VIEWS
from tests.services.exchange.conftest import apply, asking, bearing, build_exchange
from tests.support.book import Book, establish, register
from tests.support.facts import SECOND_AREA, household_id, person_id

WOMAN = person_id(1)
PILL = Care(contraception=Contraception("pill", "2025-09-20"))
PREGNANT = Care(pregnancy=Pregnancy("2025-08-15"))


def life(*, told: bool) -> Book:
    """A woman moves and marries; between, before and behind that care and a disability are told of her, or nobody."""
    book = Book()
    establish(book)
    woman = {"sex": "female", "birth": "1990-05-17", "personal": bearing("Hòa", pid="031190001234")}
    register(book, 1, members={1: woman})
    book.record("household.registered", "2025-08-01", households={household_id(2): {"area": SECOND_AREA}})

    def tell(kind: str, on: str, **changes: Any) -> int:
        return book.record(kind, on, persons={WOMAN: changes} if told else {}).position

    begun = tell("person.contraception_started", "2025-09-20", care=PILL)
    book.record("person.moved", "2025-10-02", persons={WOMAN: {"area": SECOND_AREA, "household": household_id(2)}})
    tell("person.pregnancy_reported", "2025-08-15", care=PREGNANT)
    tell("person.changed", "2025-10-01", disability="sight")
    book.correct(begun, "2025-09-21")
    book.void(begun)
    book.record("person.married", "2025-12-01", persons={WOMAN: {"marital": "married"}})
    tell("person.health_checked", "2025-12-02", care=Care())
    return book


async def answers(database: Database, partner: str) -> list[str]:
    """All that a partner can ask about her, as text."""
    async with asking(database, partner) as client:
        told = [(await client.get("/feed")).text]
        if VIEWS[partner].lookups:
            asked = {"person": WOMAN, "fields": list(VIEWS[partner].fields)}
            told.append((await client.post("/persons/query", json=asked)).text)
    return told


@pytest.mark.parametrize("partner", VIEWS)
async def test_a_partner_learns_nothing_of_what_is_withheld_from_it(
    fresh_database: Callable[..., Database], partner: str
) -> None:
    found = []
    for told in (True, False):
        database = await asyncio.to_thread(fresh_database, "socai_exchange", build_exchange)
        await apply(database, life(told=told).facts)
        found.append(await answers(database, partner))
    assert found[0] == found[1]
    assert "2025-10-02" in found[0][0]
