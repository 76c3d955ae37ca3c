"""Are the words of real books understood, and those that may mean two things left to whoever wrote them?"""

import pytest

from contracts.fields import FIELDS
from services.events.importing.care_lists import NEWBORN
from services.events.importing.cells import result
from services.events.importing.columns import Column
from services.events.importing.faults import Wrong
from services.events.importing.words import plain, vocabulary


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Con dâu/rể", "adopted_or_in_law"),
        ("con dâu (rể)", "adopted_or_in_law"),
        ("con dâu, con rể", "adopted_or_in_law"),
        ("ông nội", "other"),
        ("Em gái", "other"),
        ("Người giúp việc", "other"),
        ("cháu", None),
        ("bà", None),
        ("chủ", None),
    ],
)
def test_how_somebody_stands_to_the_head(word: str, code: str | None) -> None:
    assert vocabulary("relation").get(plain(word)) == code


def test_a_hospital_is_no_health_station_where_somebody_is_born_and_a_facility_where_somebody_dies() -> None:
    words = [plain(word) for word in ("Bệnh viện", "trạm y tế", "Tại nhà", "nơi khác")]
    assert [vocabulary("birth_place")[one] for one in words] == ["elsewhere", "health_station", "home", "elsewhere"]
    assert [vocabulary("death_place")[one] for one in words] == [
        "health_facility", "health_facility", "home", "elsewhere",
    ]  # fmt: skip


def test_who_has_a_family_is_married() -> None:
    assert {vocabulary("marital")[plain(word)] for word in ("Có gia đình", "đã có gia đình")} == {"married"}


@pytest.mark.parametrize(
    ("list_", "word", "code"),
    [
        ("marital", "Chưa lập gia đình", "single"),
        ("marital", "Đã lập gia đình", "married"),
        ("marital", "Ly dị", "divorced"),
        ("relation", "Má", "parent"),
        ("relation", "ba má", "parent"),
        ("ethnicity", "Cao Lan", "15"),
        ("ethnicity", "Sán Chỉ", "15"),
        ("ethnicity", "Hán", "04"),
        ("ethnicity", "K'ho", "16"),
    ],
)
def test_other_names_of_the_same_are_understood(list_: str, word: str, code: str) -> None:
    assert vocabulary(list_)[plain(word)] == code


@pytest.mark.parametrize("list_", ["newborn_result", "prenatal_result"])
@pytest.mark.parametrize("word", ["Có", "Không", "+"])
def test_a_result_that_may_be_of_the_child_or_of_the_screening_is_left_to_whoever_wrote_it(
    list_: str, word: str
) -> None:
    """`Không` below a condition may say that the child does not have it, or that nobody looked."""
    with pytest.raises(Wrong, match="code-unknown"):
        result(list_)(word)


@pytest.mark.parametrize("column", NEWBORN, ids=lambda column: column.name)
def test_a_condition_is_called_alike_on_a_list_and_in_a_payload(column: Column) -> None:
    assert tuple(map(str.lower, column.titles)) == tuple(map(str.lower, FIELDS[column.name]))
