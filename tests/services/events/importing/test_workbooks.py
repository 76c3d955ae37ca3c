"""Which cells of a workbook are read as what, and which workbooks are refused?"""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from services.events.importing.prepared import Prepared
from tests.services.events.importing.reading import HEADINGS, ROW, codes, fault, read, workbook
from tests.services.events.telling import AREA


def test_numbers_dates_and_formulas_of_a_workbook(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        (*HEADINGS, "Số CCCD", "Dân tộc"),
        (12, "Đỗ Thị Bưởi", 2, datetime(1959, 3, 14), None, 1),  # noqa: DTZ001 - spreadsheets know no zones
        (13.0, "Lê Văn Tám", 1, 1970, 30070000001, None),
        (14, '=CONCATENATE("A","B")', 1, 32874, None, None),
        (15, "Lê Văn Năm", True, 1970.5, None, None),
    )
    assert codes(path) == [
        ("E3", "number-lost-zeros"),
        ("B4", "formula"),
        ("D4", "date-as-number"),
        ("C5", "not-acceptable"),
        ("D5", "date-as-number"),
    ]


@pytest.mark.parametrize("shown", ["mm/yyyy", "mmm-yy", "yyyy", '"tháng" m "năm" yyyy'])
def test_a_date_of_which_a_workbook_shows_no_day_is_no_day(tmp_path: Path, shown: str) -> None:
    path = workbook(tmp_path / "book.xlsx", HEADINGS, (*ROW[:3], datetime(1959, 3, 1)))  # noqa: DTZ001 - as above
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D2"].number_format = shown
    book.save(path)
    assert codes(path) == [("D2", "date-as-number")]
    book.worksheets[0]["D2"].number_format = "[$-42A]d mmmm yyyy"
    book.save(path)
    assert codes(path) == []


def test_numbers_that_a_workbook_may_have_cut_are_wrong(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        (*HEADINGS, "Mã đối tượng", "Điện thoại"),
        # 001088012345 without its zeros looks like a card.
        (*ROW, 1088012345, 912345678),
        ("13", *ROW[1:], "1088012345", "0912345678"),
        ("14", *ROW[1:], None, "912 345 678"),
        ("15", *ROW[1:], None, "+84 912 345 678"),
    )
    assert codes(path) == [("E2", "number-unclear"), ("F2", "number-lost-zeros"), ("F4", "number-lost-zeros")]


def test_a_household_number_merged_over_its_rows_is_read_and_other_merged_cells_are_wrong(tmp_path: Path) -> None:
    rows = (HEADINGS, ("12", "Đỗ Thị Bưởi", "nữ", "1959"), (None, "Lê Văn Tám", "nam", "1970"))
    path = workbook(tmp_path / "book.xlsx", ("SỔ A0",), *rows, merged=("A1:D1", "A3:A4"))
    _, (one,) = read(path)
    assert isinstance(one, Prepared)
    assert one.rows == (3, 4)
    wrong = workbook(tmp_path / "other.xlsx", *rows, merged=("D2:D3",))
    assert codes(wrong) == [("D2", "merged-cells"), ("D3", "merged-cells")]
    below = workbook(tmp_path / "below.xlsx", *rows, ("13", "Lê Văn Ba", "nam", "1971"), merged=("D3:D4",))
    assert codes(below) == [("D3", "merged-cells"), ("D4", "merged-cells")]
    across = workbook(tmp_path / "across.xlsx", *rows, merged=("B2:C2",))
    assert codes(across)[0] == ("B2", "merged-cells")
    # A household's number may be merged over its rows, and its area, but not one with the other.
    both = [("Địa bàn", *HEADINGS), *((None, *row) for row in rows[1:])]
    assert codes(workbook(tmp_path / "both.xlsx", *both, merged=("A2:B3",)))[0] == ("A2", "merged-cells")


def totals_beside(path: Path, *rows: tuple[Any, ...]) -> Path:
    """Write a book of one household with a worksheet of totals."""
    workbook(path, HEADINGS, ROW)
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("Tổng hợp")
    for row in (("Địa bàn", "Số hộ", "Số nhân khẩu", "Nam", "Nữ"), *rows):
        sheet.append(row)
    book.save(path)
    return path


def test_no_total_of_a_worksheet_is_passed_over(tmp_path: Path) -> None:
    path = totals_beside(
        tmp_path / "book.xlsx",
        (AREA, "1.001", "=COUNTA(A1:A9)", 5, "1"),
        ("Địa bàn nào", 1, 1, 0, 1),
        (AREA, "chừng một", 1, 0, 1),
        ("Tổng cộng", 1, 2, 0, 1),
    )
    assert codes(path) == [("A3", "area-format"), ("B4", "number-format")]
    checking, _ = read(path)
    differences = [(one.area, one.measure, one.stated, one.counted) for one in checking.totals.differences()]
    assert differences == [(AREA, "households", 1001, 1), (AREA, "male", 5, 0), ("", "persons", 2, 1)]


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Write a workbook again with parts changed."""
    out = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return out


def test_a_workbook_that_unpacks_to_very_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", HEADINGS, ROW)
    bomb = repacked(path, lambda name, body: body + b" " * (300 << 20) if name.endswith("sheet1.xml") else body)
    assert bomb.stat().st_size < 1 << 20
    tracemalloc.start()
    assert fault(bomb) == ("too-large", "")
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_a_workbook_that_lies_about_its_size_is_no_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", HEADINGS, *[ROW] * 2000)
    body = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as parts:
        size = parts.getinfo("xl/worksheets/sheet1.xml").file_size
    lie = size.to_bytes(4, "little")
    assert body.count(lie) >= 1
    path.write_bytes(bytes(body).replace(lie, (2000).to_bytes(4, "little")))
    assert fault(path)[0] == "not-a-workbook"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_xml_that_declares_entities_is_refused(tmp_path: Path, part: str) -> None:
    path = workbook(tmp_path / "book.xlsx", HEADINGS, ROW)
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]>'
    changed = repacked(path, lambda name, body: bomb + body.partition(b"?>")[2] if name == part else body)
    assert fault(changed) == ("not-a-workbook", "")


def test_a_worksheet_cut_off_in_the_middle_is_no_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", HEADINGS, *[ROW] * 500)
    cut = repacked(path, lambda name, body: body[: len(body) // 2] if name.endswith("sheet1.xml") else body)
    assert fault(cut)[0] == "not-a-workbook"


def test_a_row_far_down_costs_no_memory(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", HEADINGS, ROW)

    def far(name: str, body: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return body
        return body.replace(b'r="2"', b'r="1048576"').replace(b'2"', b'1048576"')

    changed = repacked(path, far)
    tracemalloc.start()
    _, found = read(changed)
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()
    assert [one.rows for one in found] == [(1_048_576,)]


def test_what_is_not_a_zip_of_xml_at_all(tmp_path: Path) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as parts:
        parts.writestr("readme.txt", "no workbook")
    (tmp_path / "book.xlsx").write_bytes(body.getvalue())
    assert fault(tmp_path / "book.xlsx") == ("not-a-workbook", "")


def test_rows_out_of_order_are_no_workbook_since_some_would_be_passed_over(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", HEADINGS, ROW, ("13", "Lê Văn Tám", "nam", "1970"))
    swapped = repacked(
        path, lambda name, body: body.replace(b'<row r="3"', b'<row r="2"') if "sheet1" in name else body
    )
    assert fault(swapped) == ("not-a-workbook", "row 2")
