"""Do cells hold exactly what is known, and give it back?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import CODE_LISTS
from contracts.ids import EARLIEST_YEAR, LATEST_YEAR
from services.reporting.cubes.cells import SEXES, birth_number, birth_text, month_number, month_text

SMALLINT = range(-(2**15), 2**15)


@given(st.integers(EARLIEST_YEAR, LATEST_YEAR), st.integers(1, 12))
def test_months_keep_their_order_and_fit_two_bytes(year: int, month: int) -> None:
    text = f"{year}-{month:02d}"
    assert month_text(month_number(text)) == text
    assert month_number(text) in SMALLINT
    assert month_number(f"{text}-28") == month_number(text)
    assert birth_number(str(year)) in SMALLINT


@pytest.mark.parametrize(("known", "kept"), [("1961-03-14", "1961-03"), ("1961-03", "1961-03"), ("1961", "1961")])
def test_a_birth_is_kept_as_far_as_it_is_known_to_the_month(known: str, kept: str) -> None:
    assert birth_text(birth_number(known)) == kept


def test_an_unknown_birth_stays_unknown() -> None:
    assert birth_text(birth_number(None)) is None


def test_every_sex_of_the_code_list_has_a_code() -> None:
    assert SEXES.keys() == next(one for one in CODE_LISTS if one.name == "sex").values.keys()
