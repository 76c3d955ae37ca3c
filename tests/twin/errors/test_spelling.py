"""Are names misspelt as people, telephones and old systems misspell them?"""

import unicodedata
from random import Random

import pytest

from twin.errors.spelling import SLIPS, misspelt


@pytest.mark.parametrize(
    ("error", "name", "told"),
    [
        ("name-without-diacritics", "Nguyễn Văn Đức", "Nguyen Van Duc"),
        ("name-with-eth", "Đỗ Thị Đào", "\u00d0ỗ Thị \u00d0ào"),
        ("name-with-eth", "Nguyễn Văn An", None),
        ("name-other-tone-place", "Phạm Thị Hòa", "Phạm Thị Hoà"),
        ("name-other-tone-place", "Phạm Thị Hoà", "Phạm Thị Hòa"),
        ("name-other-tone-place", "Lê Minh Thùy", "Lê Minh Thuỳ"),
        ("name-other-tone-place", "Lê Văn Toàn", "Lê Văn Toàn"),
        ("name-telex", "Nguyễn An", "Nguyeenx An"),
        ("name-telex", "Đan Hương", None),
        ("name-telex", "An Nam", None),
        ("name-without-middle", "Trần Thị Ngọc Lan", "Trần Lan"),
        ("name-without-middle", "Trần Lan", None),
    ],
)
def test_a_slip_tells_a_name_otherwise_or_does_not_apply(error: str, name: str, told: str | None) -> None:
    found = SLIPS[error](name, Random(1))
    if (error, name) == ("name-telex", "Đan Hương"):
        assert found in {"Ddan Hương", "Đan Huwowng"}
    else:
        assert found == told


def test_a_decomposed_name_is_the_same_name_in_other_bytes() -> None:
    told = SLIPS["name-decomposed"]("Nguyễn Văn Đức", Random(1))
    assert told is not None
    assert told != "Nguyễn Văn Đức" == unicodedata.normalize("NFC", told)


def test_what_is_drawn_changes_the_name() -> None:
    drawn = [misspelt("Đỗ Thị Ngọc Hòa", Random(seed)) for seed in range(200)]
    assert {slip[0] for slip in drawn if slip} == set(SLIPS)
    assert all(slip is not None and slip[1] != "Đỗ Thị Ngọc Hòa" for slip in drawn)
    assert misspelt("An", Random(1)) is None
