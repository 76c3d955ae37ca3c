"""Which rows follow from a fact?"""

import msgspec
import pytest

from contracts.fact import Cause, Fact, PersonTransition, RawTransition
from contracts.household import HouseholdState
from contracts.kinds.personal import PersonPersonal
from contracts.person import PersonState
from kit.projections.projection import Row, Table
from services.registry import facts
from services.registry.projections import PROJECTIONS, causes, households, persons, units
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, OTHER_AREA, Recorded, household_id, named, person_id

WHO = person_id(1)


def rows(recorded: Recorded, table: Table) -> list[Row]:
    record = recorded.record()
    fact = facts.decode(record.value)
    return [row for projection in PROJECTIONS for found, row in projection.rows(record, fact) if found is table]


@pytest.mark.parametrize(
    ("ours", "contract"),
    [
        (facts.Fact, Fact),
        (facts.Cause, Cause),
        (facts.Person, PersonState),
        (facts.Household, HouseholdState),
        (RawTransition, PersonTransition),
    ],
)
def test_what_is_read_stands_in_the_contract(ours: type[msgspec.Struct], contract: type[msgspec.Struct]) -> None:
    assert set(ours.__struct_fields__) <= set(contract.__struct_fields__)


def test_what_is_searched_by_stands_in_the_contract() -> None:
    assert set(facts.Personal.__struct_fields__) <= set(PersonPersonal.model_fields)


def test_an_ordinary_fact_is_three_rows_of_a_person() -> None:
    book = Book()
    register(book, 1)
    moved = book.record("person.moved", "2026-01-01", persons={WHO: {"household": household_id(2), "area": OTHER_AREA}})
    assert len(rows(moved, persons.HISTORY)) == len(rows(moved, persons.PERSON)) == len(rows(moved, causes.CAUSE)) == 1
    assert rows(moved, persons.SEARCH) == []
    assert rows(moved, households.HOUSEHOLD) == rows(moved, units.UNIT_HISTORY) == []
    [history] = rows(moved, persons.HISTORY)
    assert history[5] == household_id(2)


def test_a_person_is_listed_for_a_household_on_entering_it_only() -> None:
    book = Book()
    register(book, 1)
    married = book.record("person.married", "2026-01-01", persons={WHO: {"marital": "married"}})
    assert [row[5] for row in rows(married, persons.HISTORY)] == [None]


def test_where_somebody_stands_is_written_when_it_changes_and_not_otherwise() -> None:
    book = Book()
    sheet = register(book, 1)
    married = book.record("person.married", "2026-01-01", persons={WHO: {"marital": "married"}})
    moved = book.record("person.moved", "2026-01-02", persons={WHO: {"household": household_id(2)}})
    redated = book.correct(moved.position, "2026-01-03")
    elsewhere = book.correct(moved.position, persons={WHO: {"household": household_id(3)}})
    unmarried = book.void(married.position)
    unmoved = book.void(moved.position)
    told = sheet, married, moved, redated, elsewhere, unmarried, unmoved
    homes = [[row[3] for row in rows(one, persons.PERSON)] for one in told]
    assert homes == [[household_id(1)], [], [household_id(2)], [], [household_id(3)], [], [household_id(1)]]


def test_where_a_household_stands_is_written_when_it_changes_and_not_otherwise() -> None:
    book = Book()
    sheet, home = register(book, 1), household_id(1)
    headed = book.record("household.head_changed", "2026-01-01", households={home: {"head": WHO}})
    numbered = book.record("household.moved", "2026-01-02", households={home: {"number": "9"}})
    redated = book.correct(numbered.position, "2026-01-03")
    headless = book.void(headed.position)
    taken_back = book.void(numbered.position)
    told = sheet, headed, numbered, redated, headless, taken_back
    numbers = [[row[4] for row in rows(one, households.HOUSEHOLD)] for one in told]
    assert numbers == [["1"], [], ["9"], [], [], ["1"]]


def test_search_keys_are_written_when_the_personal_part_changes_and_not_otherwise() -> None:
    book = Book()
    sheet = register(book, 1, members={1: {"sex": "female", "personal": named("Lê An", pid="001190000001")}})
    renamed = book.correct(sheet.position, persons={WHO: {"personal": named("Lê Ân")}})
    moved = book.record("person.moved", "2026-01-01", persons={WHO: {"household": household_id(2)}})
    redated = book.correct(moved.position, "2026-01-02")
    voided = book.void(sheet.position)
    assert [row[2] for row in rows(sheet, persons.SEARCH)] == ["le\nan\npid:001190000001"]
    assert [row[2] for row in rows(renamed, persons.SEARCH)] == ["le\nan"]
    assert rows(moved, persons.SEARCH) == rows(redated, persons.SEARCH) == []
    assert [row[2] for row in rows(voided, persons.SEARCH)] == [""]


def test_search_keys_follow_a_birth_date_that_is_put_right() -> None:
    book = Book()
    sheet = register(book, 1, members={1: {"birth": "1990-05-17", "personal": named("Lê An")}})
    changed = book.record("person.changed", "2026-01-01", persons={WHO: {"birth": "1991"}})
    corrected = book.correct(sheet.position, persons={WHO: {"personal": named("Lê An"), "birth": "1989-12-31"}})
    book.void(changed.position)
    keys = [[row[2] for row in rows(fact, persons.SEARCH)] for fact in (sheet, changed, corrected, book.facts[-1])]
    assert keys == [["le\nan\nan~1990"], ["le\nan\nan~1991"], [], ["le\nan\nan~1989"]]


def test_search_keys_follow_a_name_that_is_the_last_one_once_another_is_put_before_it() -> None:
    book = Book()
    register(book, 1, members={1: {"personal": named("Lê An")}})
    book.record("person.changed", "2026-01-01", persons={WHO: {"personal": named("Lê Bình")}})
    last = book.record("person.changed", "2026-01-02", persons={WHO: {"personal": named("Lê Chi")}})
    earlier = book.correct(last.position, "2025-12-31")
    assert [row[2] for row in rows(earlier, persons.SEARCH)] == ["le\nbinh"]


def test_a_sealed_personal_part_has_no_search_keys() -> None:
    assert persons.search_keys(facts.Person("resident", personal=msgspec.Raw(b'"c2VhbGVk"'))) == []
    assert persons.search_keys(facts.Person("resident")) == []


def test_what_ends_leaves_a_tombstone_with_its_version() -> None:
    book = Book()
    sheet = register(book, 1)
    voided = book.void(sheet.position)
    assert rows(voided, persons.PERSON) == [(WHO, 2, True, None, None, None)]
    assert [row[:3] for row in rows(voided, households.HOUSEHOLD)] == [(household_id(1), 2, True)]


def test_units_have_their_history_and_every_fact_its_cause() -> None:
    book = Book()
    establish(book, [AREA])
    assert [row[0] for one in book.facts for row in rows(one, units.UNIT_HISTORY)][-1] == AREA
    assert [row[0] for one in book.facts for row in rows(one, causes.CAUSE)] == [1, 2, 3]
