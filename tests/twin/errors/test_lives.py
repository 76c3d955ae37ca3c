"""Is what the layer of errors keeps as true the same as what the books say that are kept by hand?"""

import json
from io import BytesIO

import pytest

from contracts.event import CATALOGUE
from tests.twin.books import Books, effective
from tests.twin.true import true_lines
from twin.errors import telling
from twin.errors.lives import Lives
from twin.errors.reading import READ
from twin.errors.truth import Double, Household, Move, Person


def read(lines: list[bytes]) -> Lives:
    lives = Lives(BytesIO())
    for line in lines:
        lives.take(telling.read(line))
    return lives


@pytest.mark.parametrize("seed", range(1, 11))
def test_the_truth_agrees_with_books_kept_by_hand(seed: int) -> None:
    lines = true_lines(40, seed, 22, 4.0)
    books = Books()
    for report in effective([json.loads(line) for line in lines]):
        books.apply(report)
    known = list(read(lines).read())
    persons = {one.person: one for one in known if isinstance(one, Person)}
    doubles = {one.person for one in known if isinstance(one, Double)}
    assert persons.keys() | doubles == books.people.keys()
    for person, true in persons.items():
        kept = books.people[person]
        home = kept["household"]
        assert (true.status, true.sex, true.birth) == (kept["status"], kept["sex"], kept["birth"])
        assert (true.household, true.area) == (home, books.households.get(home))
    stand = {one.household: one for one in known if isinstance(one, Household) and one.status == "active"}
    assert {one.household: one.area for one in stand.values()} == books.households
    kept_sheets = {one.household: (one.head, one.number, one.address) for one in stand.values()}
    assert kept_sheets == {one: (books.heads[one], *books.sheets[one]) for one in books.households}


def test_a_departure_belongs_to_the_next_arrival_of_the_same_person() -> None:
    moves = [one for one in read(true_lines(40, 1, 22, 4.0)).read() if isinstance(one, Move)]
    whole = [move for move in moves if move.arrived is not None]
    assert whole
    assert all(move.left <= str(move.arrived) and move.origin != move.destination for move in whole)
    persons = {one.person: one for one in read(true_lines(40, 1, 22, 4.0)).read() if isinstance(one, Person)}
    assert {persons[move.person].status for move in moves if move.arrived is None} == {"in_transit"}


def test_every_kind_that_brings_somebody_to_a_place_is_read() -> None:
    assert {event.kind for event in CATALOGUE.values() if event.moves} <= READ.keys()
