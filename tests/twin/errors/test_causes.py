"""Does a line come back as it was kept, while others are still to come?"""

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from twin.errors.causes import Causes


@given(st.lists(st.tuples(st.binary(max_size=20), st.integers(0, 50)), max_size=20))
def test_a_line_comes_back_by_its_place_between_two_that_are_kept(kept: list[tuple[bytes, int]]) -> None:
    causes, lines = Causes(BytesIO()), list[bytes]()
    for line, other in kept:
        assert causes.keep(line) == len(lines)
        lines.append(line)
        assert causes.line(other % len(lines)) == lines[other % len(lines)]
    assert [causes.line(place) for place in range(len(causes))] == lines
