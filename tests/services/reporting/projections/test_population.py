"""Which rows does a fact give?"""

from collections import Counter
from typing import Any

import pytest

from contracts.fact import Changes, Fact, PersonTransition
from contracts.ids import place_number
from kit.log.records import Record
from kit.projections.projection import Table
from services.reporting.cubes.cells import IN_TRANSIT, month_number
from services.reporting.projections import population
from services.reporting.projections.population import FLOW, STOCK, decode, rows
from tests.support.book import Book, register
from tests.support.facts import AREA, OTHER_AREA, Recorded, household_id, person_id


def told(*facts: Recorded) -> list[tuple[Table, tuple[Any, ...]]]:
    return [row for fact in facts for row in rows(fact.record(), decode(fact.record().value))]


def totals(*facts: Recorded) -> dict[Any, int]:
    """Rows added up over all positions."""
    counts: Counter[Any] = Counter()
    for table, row in told(*facts):
        counts[table.name, *row[:-2]] += row[-1]
    return {cell: n for cell, n in counts.items() if n}


def test_a_slim_fact_reads_only_fields_that_a_fact_has() -> None:
    assert set(population.Fact.__struct_fields__) <= set(Fact.__struct_fields__)
    assert set(population.Steps.__struct_fields__) <= set(Changes.__struct_fields__)
    assert set(population.Step.__struct_fields__) <= set(PersonTransition.__struct_fields__)


def test_rows_fit_their_tables() -> None:
    book = Book()
    registered = register(book, 1)
    moved = book.record("person.moved", "2025-09-03", persons={person_id(1): {"area": OTHER_AREA}})
    assert {table for table, _ in told(registered, moved)} == {STOCK, FLOW}
    assert all(len(row) == len(table.columns) for table, row in told(registered, moved))


def test_a_move_is_one_flow_with_both_ends_and_two_rows_of_stock() -> None:
    book = Book()
    register(book, 1)
    moved = book.record("person.moved", "2025-09-03", persons={person_id(1): {"area": OTHER_AREA}})
    here, there = place_number(AREA), place_number(OTHER_AREA)
    month, birth = month_number("2025-09"), month_number("1990-05")
    assert told(moved) == [
        (FLOW, (5, here, there, month, 2, birth, 2, 1)),
        (STOCK, (here, month, 2, birth, 2, -1)),
        (STOCK, (there, month, 2, birth, 2, 1)),
    ]


def test_a_departure_with_a_destination_leaves_the_person_in_transit() -> None:
    book = Book()
    register(book, 1)
    left = book.record("person.left", "2025-09-03", persons={person_id(1): {"status": "in_transit", "area": None}})
    assert [row[0] for table, row in told(left) if table is STOCK] == [place_number(AREA), IN_TRANSIT]


@pytest.mark.parametrize("kind", ["household.split", "household.merged", "household.dissolved"])
def test_whoever_comes_to_another_area_with_her_household_has_moved_and_inside_one_area_has_not(kind: str) -> None:
    book = Book()
    register(book, 1, members={1: {"sex": "female", "birth": "1990-05"}, 2: {"sex": "male", "birth": "1988-01"}})
    there = {"household": household_id(2), "area": OTHER_AREA}
    moved = book.record(kind, "2025-09-03", persons={person_id(1): {"household": household_id(2)}, person_id(2): there})
    flows = [row for table, row in told(moved) if table is FLOW]
    assert [(row[0], row[1], row[2]) for row in flows] == [(5, place_number(AREA), place_number(OTHER_AREA))]


def test_what_changes_no_cell_gives_no_row() -> None:
    book = Book()
    register(book, 1)
    head = book.record("household.head_changed", "2025-09-03", persons={person_id(1): {"relation": "head"}})
    assert told(head) == []


@pytest.mark.parametrize("seen", [0, 1])
def test_correcting_and_taking_that_back_restores_every_figure(seen: int) -> None:
    book = Book()
    first = register(book, 1)
    book.record(
        "person.moved", "2025-09-03", persons={person_id(1): {"household": household_id(2), "area": OTHER_AREA}}
    )
    before = totals(*book.facts)
    corrected = book.correct(first.position, "2025-08-20", persons={person_id(1): {"birth": "1991-06", "sex": "male"}})
    assert totals(*book.facts) != before
    if seen:
        book.record("person.left", "2025-10-01", persons={person_id(1): {"status": "outside", "area": None}})
        book.void(book.position)
    book.void(corrected.position)
    assert totals(*book.facts) == before


def test_a_correction_leaves_out_what_it_tells_again_alike() -> None:
    book = Book()
    first = register(book, 1, members={1: {"sex": "female", "birth": "1990-05"}, 2: {"sex": "male", "birth": "1988"}})
    corrected = book.correct(first.position, persons={person_id(1): {"education": "college"}})
    assert told(corrected) == []


def test_a_voided_registration_takes_its_people_out_of_its_own_month() -> None:
    book = Book()
    first = register(book, 1)
    voided = book.void(first.position)
    assert totals(first, voided) == {}
    assert {row[-1] for _, row in told(voided)} == {-1}


def test_a_record_is_read_from_bytes_as_the_log_holds_them() -> None:
    fact = register(Book(), 1)
    record = Record("population.facts", 0, 0, b"k", fact.body, (("ce_sequence", b"7"),))
    assert {row[-2] for _, row in rows(record, decode(record.value))} == {7}
