"""Is a name folded, compared and split as people write it?"""

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.facts import Person
from services.registry.names import answers, words
from services.registry.projections.persons import search_keys

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


def folded(name: str) -> list[str]:
    """Give the words by which a person of this name is found."""
    return search_keys(Person("resident", personal=msgspec.Raw(msgspec.json.encode({"name": name}))))


@given(st.text(alphabet=LETTERS + " ", max_size=30))
def test_composed_and_decomposed_names_have_the_same_words(name: str) -> None:
    assert folded(unicodedata.normalize("NFD", name)) == folded(unicodedata.normalize("NFC", name))


@given(st.text(alphabet=LETTERS + " '-", max_size=30))
def test_a_name_answers_to_itself_and_to_its_bare_spelling(name: str) -> None:
    assert answers(name, words(name))
    assert answers(name, folded(name))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Nguyễn Thị Hòa", ["nguyen", "thi", "hoa"]),
        ("ĐẶNG ĐỨC ĐẶNG", ["dang", "duc"]),
        ("H'Hen Niê", ["h", "hen", "nie"]),
        ("Y-Moan Ênuôl", ["y", "moan", "enuol"]),
        ("Ольга", ["ольга"]),
    ],
)
def test_a_name_is_split_into_folded_words(name: str, found: list[str]) -> None:
    assert folded(name) == found


def test_a_word_with_marks_asks_for_that_spelling_only() -> None:
    assert not answers("Trần Văn Dục", words("Đức"))
    assert answers("Trần Văn Đức", words("đức van"))
