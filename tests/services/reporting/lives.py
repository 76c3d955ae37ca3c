"""Which random lives do figures have to add up for?"""

import random

from tests.support.book import Book, establish, register
from tests.support.facts import AREA, OTHER_AREA, SECOND_AREA, household_id, person_id

AREAS = (AREA, SECOND_AREA, OTHER_AREA)
PEOPLE = 24
BIRTHS = (None, "1961", "1961-03", "1988-11-30", "2004-02-29", "2020-07-01")


def day(chance: random.Random) -> str:
    return f"2025-{chance.randint(8, 12):02d}-{chance.randint(1, 28):02d}"


def settled(chance: random.Random) -> dict[str, object]:
    return {"status": "resident", "household": household_id(1), "area": chance.choice(AREAS)}


def tell(book: Book, chance: random.Random) -> None:
    """Anything, sense or not: late facts, changes that change nothing, corrections, voids."""
    who, on = person_id(chance.randint(1, PEOPLE)), day(chance)
    match chance.randint(0, 11):
        case 0:
            born = {"sex": chance.choice(["male", "female"]), "birth": on, **settled(chance)}
            book.record("person.born", on, persons={person_id(PEOPLE + book.position): born})
        case 1 | 2:
            book.record("person.moved", on, persons={who: settled(chance)})
        case 3:
            status = chance.choice(["in_transit", "outside"])
            book.record("person.left", on, persons={who: {"status": status, "household": None, "area": None}})
        case 4:
            book.record("person.arrived", on, persons={who: {"birth": chance.choice(BIRTHS), **settled(chance)}})
        case 5:
            spouse = person_id(chance.randint(1, PEOPLE))
            dead = {"status": "dead", "household": None, "area": None}
            book.record("person.died", on, persons={spouse: {"marital": "widowed"}, who: dead})
        case 6 | 7 as union:
            kind, marital = ("person.married", "married") if union == 6 else ("person.divorced", "divorced")
            book.record(kind, on, persons={who: {"marital": marital}})
        case 8:
            area = chance.choice(AREAS)
            moving = {person_id(n): {"area": area} for n in chance.sample(range(1, PEOPLE), 4)}
            book.record("household.moved", on, persons=moving)
        case _:
            amend(book, chance)


def amend(book: Book, chance: random.Random) -> None:
    standing = [position for position in range(1, book.position + 1) if book.stands(position) and book.told(position)]
    if not standing:
        return
    position = chance.choice(standing)
    if chance.random() < 0.4:
        book.void(position)
        return
    on = day(chance) if chance.random() < 0.5 else None
    fields = chance.choice(
        [{"sex": "unknown"}, {"birth": chance.choice(BIRTHS)}, {"area": chance.choice(AREAS)}, {"education": "college"}]
    )
    book.correct(book.origin(position), on, persons=dict.fromkeys(book.told(position), fields))


def random_book(chance: random.Random, facts: int = 80) -> Book:
    book = Book()
    establish(book)
    for n in range(1, 7):
        members = {
            n * 4 - i: {"sex": chance.choice(["male", "female"]), "birth": chance.choice(BIRTHS)} for i in range(4)
        }
        register(book, n, day(chance), chance.choice(AREAS), members)
    while book.position < facts:
        tell(book, chance)
    return book
