"""Are the words of real books understood, and those that may mean two things left to whoever wrote them?"""

import pytest

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
