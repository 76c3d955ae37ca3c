"""Which rows sum up, and is each total compared with what it is a total of?"""

from collections.abc import Sequence

import pytest

from services.events.importing.cells import Cell
from services.events.importing.faults import Wrong
from services.events.importing.totals import Difference, Totals, counted, total, totals_of
from tests.services.events.telling import AREA, SECOND


def test_a_total_is_compared_with_its_area_its_table_or_the_whole_file() -> None:
    totals = Totals()
    totals.count("one", AREA, ("male", "female"), households=1)
    totals.count("one", SECOND, ("female",), households=1)
    totals.count("two", AREA, named=(("lan", "female"), ("home", "households")))
    totals.count("two", AREA, named=(("lan", "female"), ("an", "unknown")))
    for table, area, persons, households in (
        ("sums", AREA, 4, 2),
        ("sums", SECOND, 1, 1),
        ("one", "", 3, 2),
        ("two", "", 2, 1),
        ("", "", 5, 3),
    ):
        totals.state(table, area, (("persons", persons), ("households", households), ("male", 9)))
    assert {one.measure for one in totals.differences()} == {"male"}
    assert totals.differences()[0] == Difference("sums", AREA, "male", 9, 1)
    assert totals.by_area() == {
        AREA: {"households": 2, "persons": 4, "male": 1, "female": 2, "unknown": 1},
        SECOND: {"households": 1, "persons": 1, "female": 1},
    }


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("Tổng số hộ", "12"), [("households", 12)]),
        (("Tổng số hộ:", 12.0, None, "Nhân khẩu: 45 người"), [("households", 12), ("persons", 45)]),
        (("Tổng cộng", "", "Nam", 3, "Nữ", "1.234"), [("male", 3), ("female", 1234)]),
        # A formula says nothing that was not counted here; nor does a number of which nobody says what it counts.
        (("Tổng cộng", 7, "Nam", "=SUM(A1:A9)", 5, "Nữ", 1), [("female", 1)]),
        (("Tổng cộng",), []),
        (("Nam", 3), None),
        (("Tổng số nhân khẩu: chừng ba",), None),
        (("Nhân khẩu", 3, "Ghi chú"), None),
        ((12, "Tổng cộng"), None),
        (("Lê Văn Tám", "nam"), None),
        ((), None),
    ],
)
def test_a_row_sums_up_that_holds_labels_with_numbers_behind_a_beginning(
    row: Sequence[Cell], told: list[tuple[str, int]] | None
) -> None:
    assert totals_of(row, within=False, numbered=False) == told


def test_below_a_row_that_sums_up_the_next_goes_on_unless_it_has_the_number_of_a_household() -> None:
    assert totals_of(("Nam", 3), within=True, numbered=False) == [("male", 3)]
    assert totals_of(("Nam", 3), within=True, numbered=True) is None
    assert totals_of((None, ""), within=True, numbered=False) is None
    assert totals_of(("Tổng cộng",), within=False, numbered=True) is None
    assert totals_of(("Tổng số hộ", 2), within=False, numbered=True) == [("households", 2)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234", 1234),
        (" 1.234 ", 1234),
        ("1,234,567", 1_234_567),
        ("1 234 hộ", 1234),
        ("12345678", 12_345_678),
        ("123456789", None),
        ("1.23", None),
        ("12 tuổi", None),
        ("", None),
    ],
)
def test_a_number_is_counted_as_people_write_who_sum_up(text: str, number: int | None) -> None:
    assert counted(text) == number


def test_a_cell_of_a_worksheet_of_totals_holds_a_number_or_nothing() -> None:
    assert (total(None), total("-"), total("45 người")) == (None, None, 45)
    with pytest.raises(Wrong, match="number-format"):
        total("chừng ba")
