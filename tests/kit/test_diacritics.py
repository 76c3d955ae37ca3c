"""Do marks come off every Vietnamese letter, and is a tone the same wherever it is written?"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.diacritics import fold, marked

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


def test_every_vietnamese_letter_folds_to_a_bare_one() -> None:
    assert set(fold(LETTERS)) <= set("abcdeghiklmnopqrstuvxy")


def test_folding_takes_all_marks_off() -> None:
    assert fold("đặng ước mỹ quỳnh") == "dang uoc my quynh"


@given(st.text(alphabet=LETTERS, max_size=12))
def test_composed_and_decomposed_words_are_the_same(word: str) -> None:
    decomposed = unicodedata.normalize("NFD", word)
    assert (fold(decomposed), marked(decomposed)) == (fold(word), marked(word))


@pytest.mark.parametrize(("one", "other"), [("hoà", "hòa"), ("thuỷ", "thủy"), ("tuý", "túy")])
def test_a_tone_counts_for_the_whole_word(one: str, other: str) -> None:
    assert marked(one) == marked(other)


@pytest.mark.parametrize(("one", "other"), [("dục", "đức"), ("hòa", "hóa"), ("ăn", "ân"), ("hoa", "hòa")])
def test_other_letters_or_another_tone_are_another_word(one: str, other: str) -> None:
    assert marked(one) != marked(other)
