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
