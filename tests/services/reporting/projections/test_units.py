"""Do units reach their history, and nothing else?"""

from contracts.fact import Fact
from kit.projections.history import RECORDING
from services.reporting.projections.units import UNIT_HISTORY, UnitFact, decode, rows
from tests.support.book import Book, establish, register


def test_a_fact_about_units_gives_their_history() -> None:
    book = Book()
    establish(book)
    found = [table for fact in book.facts for table, _ in rows(fact.record(), decode(fact.body))]
    assert found.count(UNIT_HISTORY) == book.position


def test_every_fact_says_when_its_position_was_recorded() -> None:
    book = Book()
    fact = register(book, 1)
    assert list(rows(fact.record(), decode(fact.body))) == [(RECORDING, (fact.recorded_at, fact.position))]


def test_a_fact_about_people_is_not_even_decoded() -> None:
    assert decode(register(Book(), 1).body) is None


def test_a_slim_fact_reads_only_fields_that_a_fact_has() -> None:
    assert set(UnitFact.__struct_fields__) <= set(Fact.__struct_fields__)
