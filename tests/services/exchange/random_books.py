"""Which random lives do the tests of the exchange tell?"""

import random
from typing import Final

import msgspec

from tests.services.exchange.conftest import bearing
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, OTHER_AREA, SECOND_AREA, household_id, person_id

AREAS: Final = (AREA, SECOND_AREA, OTHER_AREA)
GONE: Final = {"household": None, "area": None}


def random_book(seed: int, steps: int = 60) -> Book:
    """People who change places and numbers, with late facts, corrections and voids."""
    chance = random.Random(seed)
    book = Book()
    establish(book)
    for n in range(1, 6):
        register(book, n, area=chance.choice(AREAS), members={n: {"personal": numbered(chance)}})
    for _ in range(steps):
        tell(book, chance)
    return book


def numbered(chance: random.Random) -> msgspec.Raw:
    # Few numbers, so that they go from one to another and come back.
    numbers = {"pid": f"03119000{chance.randint(0, 9):04d}", "bhxh": f"01234567{chance.randint(10, 14)}"}
    kept = {type_: value for type_, value in numbers.items() if chance.random() < 0.7}
    return bearing(f"Người {chance.randint(1, 5)}", **kept)


def tell(book: Book, chance: random.Random) -> None:
    who, on = person_id(chance.randint(1, 5)), f"2026-01-{chance.randint(1, 28):02d}"
    choice = chance.random()
    if choice < 0.4:
        there = {"area": chance.choice(AREAS), "household": household_id(chance.randint(1, 5)), "status": "resident"}
        book.record("person.moved", on, persons={who: there})
    elif choice < 0.5:
        book.record("person.left", on, persons={who: {"status": "outside", **GONE}})
    elif choice < 0.8:
        standing = [p for p in book._standing(book.position) if book.facts[p - 1].fact.asserts.persons]
        told = book._standing(book.position)[chance.choice(standing)]
        persons = {entity: {"personal": numbered(chance)} for entity in (told.told or {}).get("persons", {})}
        book.correct(told.origin, persons=persons)
    else:
        moved = [p for p, t in book._standing(book.position).items() if t.kind in {"person.moved", "person.left"}]
        if moved:
            book.void(chance.choice(moved))
