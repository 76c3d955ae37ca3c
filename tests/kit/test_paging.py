"""Can a cursor be read back by whom it was given to, and by nobody else?"""

from base64 import urlsafe_b64encode
from operator import itemgetter
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kit.http.paging import Cursors, Round
from kit.http.problems import InvalidRequest


class Place(NamedTuple):
    position: int
    key: str


CURSORS = Cursors("a-key", "feed")


@given(st.integers(0, 2**63 - 1), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_cursor_brings_back_the_place(position: int, key: str) -> None:
    cursor = CURSORS.write(Place(position, key), "agency")
    assert CURSORS.read(cursor, Place, "agency") == Place(position, key)
    assert cursor.isascii()
    assert not set(cursor) & set("+/=")


def test_behind_a_full_page_there_may_be_more_and_behind_none_other() -> None:
    page = [Place(1, "a"), Place(2, "b")]
    following = CURSORS.behind(page, 2, itemgetter(0), "agency")
    assert following is not None
    assert CURSORS.read(following, int, "agency") == 2
    assert CURSORS.behind(page, 3, itemgetter(0), "agency") is None
    assert CURSORS.behind([], 2, itemgetter(0), "agency") is None


@given(st.integers(0, 40), st.integers(1, 63))
def test_a_cursor_changed_anywhere_is_refused(index: int, shift: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    cursor = CURSORS.write(Place(7, "0123456789012345"))
    other = alphabet[(alphabet.index(cursor[index]) + shift) % 64]
    with pytest.raises(InvalidRequest):
        CURSORS.read(cursor[:index] + other + cursor[index + 1 :], Place)


@pytest.mark.parametrize("cursor", ["", "x", "é", "A" * 5000, "====", urlsafe_b64encode(bytes(40)).decode()])
def test_what_was_never_a_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        CURSORS.read(cursor, Place)
    assert refused.value.document()["errors"] == [
        {"pointer": "query/cursor", "code": "cursor", "text": "This is no cursor of this question."}
    ]


def test_a_cursor_serves_neither_another_use_nor_another_caller() -> None:
    cursor = CURSORS.write(Place(7, "k"), "health")
    with pytest.raises(InvalidRequest):
        Cursors("a-key", "search").read(cursor, Place, "health")
    with pytest.raises(InvalidRequest):
        CURSORS.read(cursor, Place, "police")


def test_a_key_is_replaced_without_losing_the_cursors_in_use() -> None:
    cursor = CURSORS.write(Place(7, "k"))
    assert Cursors("new, a-key", "feed").read(cursor, Place) == Place(7, "k")
    with pytest.raises(InvalidRequest):
        Cursors("new", "feed").read(cursor, Place)


def test_a_place_of_an_older_shape_is_refused_not_misread() -> None:
    with pytest.raises(InvalidRequest):
        CURSORS.read(CURSORS.write({"position": 7}), Place)


def test_what_is_told_during_a_round_is_the_next_ones() -> None:
    begun = Round(known=3).begun(7)
    assert begun == Round(known=3, reached=3, until=7)
    further = replace(begun, reached=5)
    assert further.begun(9) == further
    assert further.begun(6) == replace(further, until=6), "who answers may know less than who answered before"
    assert further.ended() == Round(known=7)


def test_no_key_is_no_signature() -> None:
    with pytest.raises(ValueError, match="cursor_key"):
        Cursors(" , ", "feed")
