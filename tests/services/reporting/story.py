"""A few people in two old communes that become one: what the tests of answers ask about."""

from tests.support.book import Book, register
from tests.support.facts import person_id

OLD_PROVINCE, DISTRICT = "30-19970101", "288-19970101"
OLD_COMMUNE, OTHER_OLD_COMMUNE = "10507-19970101", "10510-19970101"
AREA, OTHER_AREA = f"{OLD_COMMUNE}-001", f"{OTHER_OLD_COMMUNE}-001"
PROVINCE, COMMUNE = "31-20250701", "10507-20250701"
LONER = "10600-20250701-001"
"""An area that nobody has established."""


def establish_both_times(book: Book) -> None:
    """Hải Dương with its district until 1 July 2025; from then on one new commune of Hải Phòng."""
    places = [
        (OLD_PROVINCE, "province", None, "Tỉnh Hải Dương"),
        (DISTRICT, "district", OLD_PROVINCE, "Thành phố Hải Dương"),
        (OLD_COMMUNE, "commune", DISTRICT, "Phường Cẩm Thượng"),
        (OTHER_OLD_COMMUNE, "commune", DISTRICT, "Phường Bình Hàn"),
        (AREA, "area", OLD_COMMUNE, "Khu 1"),
        (OTHER_AREA, "area", OTHER_OLD_COMMUNE, "Khu 1"),
    ]
    for place, level, parent, name in places:
        unit = {
            "code": place.split("-")[0],
            "level": level,
            "names": {"vi": name},
            "valid_from": "1997-01-01",
            "parent": parent,
        }
        book.record("unit.established", "1997-01-01", units={place: unit})
    new = {"valid_from": "2025-07-01", "level": "province", "code": "31", "names": {"vi": "Thành phố Hải Phòng"}}
    book.record("unit.established", "2025-07-01", units={PROVINCE: new})
    commune = {
        "valid_from": "2025-07-01",
        "level": "commune",
        "code": "10507",
        "names": {"vi": "Phường Thành Đông"},
        "parent": PROVINCE,
    }
    ended = {unit: {"valid_to": "2025-07-01"} for unit in (OLD_PROVINCE, DISTRICT, OLD_COMMUNE, OTHER_OLD_COMMUNE)}
    moved = {area: {"parent": COMMUNE} for area in (AREA, OTHER_AREA)}
    book.record("unit.reorganised", "2025-07-01", units={COMMUNE: commune, **ended, **moved})


def story() -> Book:
    book = Book()
    establish_both_times(book)
    woman, man = {"sex": "female", "birth": "1990-05-17"}, {"sex": "male", "birth": "1988"}
    register(book, 1, "2025-03-10", AREA, {1: woman, 2: man})
    register(book, 2, "2025-03-10", OTHER_AREA, {3: {"sex": "female", "birth": "1939-01"}})
    book.record("person.moved", "2025-08-05", persons={person_id(1): {"area": OTHER_AREA}})
    child = {"sex": "male", "birth": "2025-09-01", "area": AREA}
    book.record("person.born", "2025-09-01", persons={person_id(4): child})
    book.record("person.died", "2025-10-02", persons={person_id(3): {"status": "dead", "area": None}})
    book.record("person.left", "2025-11-11", persons={person_id(2): {"status": "in_transit", "area": None}})
    book.record("person.married", "2025-12-12", persons={person_id(1): {"marital": "married"}})
    return book


BOOK = story()
