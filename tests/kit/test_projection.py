"""Are declarations checked, and do rows that meet in memory become what they would have become in the table?"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.projections.projection import Column, Merge, Projection, Row, Table, WrongDeclarationError, columns, merge_rows
from tests.support.counting import CELL, MOVE, THING, decode, thing_rows

VERSIONED = Table("versioned", columns(version="int", id="text", value="int"), Merge.UPSERT, key=("id",))
SUMMED = Table("summed", columns(n="int", area="int", sex="int", m="bigint"), Merge.SUM, key=("area", "sex"))


def test_columns_are_declared_in_the_order_of_the_rows() -> None:
    assert columns(id="uuid", n="int") == (Column("id", "uuid"), Column("n", "int"))
    assert SUMMED.values == ("n", "m")


@pytest.mark.parametrize(
    ("merge", "key", "fault"),
    [
        (Merge.UPSERT, (), "needs a key"),
        (Merge.UPSERT, ("version",), "needs a `version`"),
        (Merge.SUM, (), "needs a key"),
        (Merge.SUM, ("id", "version", "n"), "nothing to add up"),
        (Merge.APPEND, ("id",), "has no key"),
        (Merge.UPSERT, ("ident",), "are no columns"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(merge: Merge, key: tuple[str, ...], fault: str) -> None:
    with pytest.raises(WrongDeclarationError, match=fault):
        Table("t", columns(id="uuid", version="int", n="int"), merge, key=key)


def test_two_tables_of_one_name_are_refused() -> None:
    with pytest.raises(WrongDeclarationError, match="two tables"):
        Projection("p", 1, (THING, THING), decode, thing_rows)


def test_appended_rows_all_stand() -> None:
    rows: Sequence[Row] = [(1, 0, "a"), (1, 0, "a")]
    assert merge_rows(MOVE, rows) == list(rows)


def test_sums_that_cancel_leave_no_row() -> None:
    assert merge_rows(CELL, [("a", 1), ("b", 1), ("a", -1)]) == [("b", 1)]


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc"), st.integers(0, 99))))
def test_the_highest_version_of_a_key_is_left(rows: list[Row]) -> None:
    merged = merge_rows(VERSIONED, rows)
    assert {row[1] for row in merged} == {row[1] for row in rows}
    assert len({row[1] for row in merged}) == len(merged)
    for version, key, _ in merged:
        assert version == max(row[0] for row in rows if row[1] == key)


@given(st.lists(st.tuples(*[st.integers(-2, 2)] * 4)))
def test_every_column_outside_the_key_is_added_up(rows: list[Row]) -> None:
    merged = {(row[1], row[2]): (row[0], row[3]) for row in merge_rows(SUMMED, rows)}
    for key in {(row[1], row[2]) for row in rows}:
        mine = [row for row in rows if (row[1], row[2]) == key]
        expected = (sum(row[0] for row in mine), sum(row[3] for row in mine))
        assert merged.get(key, (0, 0)) == expected
