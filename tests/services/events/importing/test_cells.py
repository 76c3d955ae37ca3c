"""Does each reader of a cell take what people write, and nothing that they cannot have meant?"""

from datetime import datetime
from typing import Any

import pytest

from contracts.ids import EARLIEST_YEAR, LATEST_YEAR
from services.events.importing import cells
from services.events.importing.cells import LONGEST_TEXT, Reader
from services.events.importing.faults import Unsure, Wrong
from tests.services.events.telling import COMMUNE


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "--", "\u2014", "\u2013", ".", "..", "…", "...", "/", "?"])
def test_a_cell_with_a_mark_for_nothing_says_nothing(cell: str | None) -> None:
    readers = (cells.text, cells.number, cells.household_number, cells.sheet_number, cells.whole_date, cells.place)
    assert {read(cell) for read in readers} == {None}


@pytest.mark.parametrize(
    "cell", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"]
)
def test_an_error_of_the_spreadsheet_is_no_text(cell: str) -> None:
    with pytest.raises(Wrong, match="cell-error"):
        cells.text(cell)


@pytest.mark.parametrize(
    ("read", "cell", "told"),
    [
        (cells.text, "Đ" * LONGEST_TEXT, "Đ" * LONGEST_TEXT),
        (cells.text, "#12 ngõ 3", "#12 ngõ 3"),
        (cells.text, 1e14, "100000000000000"),
        # What a spreadsheet no longer knows to the digit is not told as if it did.
        (cells.text, 1e15, "1000000000000000.0"),
        (cells.number, "999999999", 999_999_999),
        (cells.number, 2.0, 2),
        (cells.household_number, "012345.1", ("012345", "1")),
        (cells.sheet_number, "9", "9"),
        (cells.partial_date, f"{EARLIEST_YEAR}", f"{EARLIEST_YEAR}"),
        (cells.partial_date, f"31/12/{LATEST_YEAR}", f"{LATEST_YEAR}-12-31"),
        (cells.partial_date, "12/1961", "1961-12"),
        (cells.partial_date, "00/12/1961", "1961-12"),
        (cells.partial_date, "0/0/1961", "1961"),
        (cells.partial_date, "1961-3", "1961-03"),
        (cells.partial_date, "14.3.1961 00:00:00", "1961-03-14"),
        (cells.partial_date, datetime(1961, 3, 14), "1961-03-14"),  # noqa: DTZ001 - as a workbook gives it
        (cells.whole_date, "1961-03-14", "1961-03-14"),
        (cells.ethnicity_reader(), 1, "01"),
        (cells.ethnicity_reader(), "1", "01"),
        (cells.result("newborn_result"), "x", "done"),
        (cells.result("newborn_result"), 1, "done"),
        (cells.mark_or_date, 1.0, True),
        (cells.mark_or_date, " X ", True),
        (cells.mark_or_date, "1961", "1961"),
        (cells.place, COMMUNE, {"destination": "inside_country", "place": COMMUNE}),
        (cells.origin, COMMUNE, {"origin": COMMUNE}),
        (cells.place, "Nước ngoài", {"destination": "abroad"}),
        (cells.origin, "Nước ngoài", {"named": "Nước ngoài"}),
    ],
)
def test_what_can_be_meant_is_read(read: Reader, cell: object, told: object) -> None:
    assert read(cell) == told


@pytest.mark.parametrize(
    ("read", "cell", "code"),
    [
        (cells.text, "Đ" * (LONGEST_TEXT + 1), "text-format"),
        (cells.text, True, "not-acceptable"),
        (cells.number, "1000000000", "number-format"),
        (cells.number, 2.5, "number-format"),
        (cells.household_number, "1234567", "household-number-format"),
        (cells.sheet_number, "12", "number-format"),
        (cells.sheet_number, "0", "number-format"),
        (cells.partial_date, f"{EARLIEST_YEAR - 1}", "date-out-of-range"),
        (cells.partial_date, f"{LATEST_YEAR + 1}-01-01", "date-out-of-range"),
        (cells.partial_date, "13/1961", "date-format"),
        (cells.partial_date, "00/13/1961", "date-format"),
        (cells.partial_date, "14/00/1961", "date-format"),
        (cells.partial_date, "29/02/1961", "date-format"),
        (cells.partial_date, "14/3/61", "date-two-digit-year"),
        (cells.partial_date, "3/61", "date-two-digit-year"),
        (cells.partial_date, "tháng ba", "date-format"),
        (cells.partial_date, 22354, "date-as-number"),
        (cells.partial_date, datetime(1961, 3, 14, 7), "date-format"),  # noqa: DTZ001 - as a workbook gives it
        (cells.whole_date, "1961-03", "date-incomplete"),
        (cells.ethnicity_reader(), 99, "code-unknown"),
        (cells.roughly("death_place"), "=A1", "formula"),
        # A plus may be a mark or a positive result.
        (cells.result("newborn_result"), "+", "code-unknown"),
    ],
)
def test_what_cannot_be_meant_is_wrong(read: Reader, cell: Any, code: str) -> None:
    with pytest.raises(Wrong, match=f"^{code}$"):
        read(cell)


def test_a_place_that_no_list_holds_is_unsure() -> None:
    with pytest.raises(Unsure):
        cells.roughly("death_place")("trên sông")
