"""Are bad files told apart in plain words, and does none of them cost more than it should?"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from services.events.importing import tables
from services.events.importing.checking import Checking
from services.events.importing.choices import Choices
from services.events.importing.drafting import Drafting
from services.events.importing.drafts import Unfit
from services.events.importing.prepared import Prepared
from services.events.importing.tables import MOST_COLUMNS
from services.events.importing.verdicts import Fault, harmless, shown
from tests.services.events.importing.reading import CSV, HEADINGS, ROW, codes, fault, read, workbook
from tests.services.events.telling import ANYBODY, AREA


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[bytes | str], Path]:
    def save(body: bytes | str) -> Path:
        path = tmp_path / "book"
        path.write_bytes(body.encode() if isinstance(body, str) else body)
        return path

    return save


Saved = Callable[[bytes | str], Path]


@pytest.mark.parametrize(
    "body",
    [
        CSV,
        CSV.encode("utf-8-sig"),
        CSV.replace(",", ";"),
        CSV.replace(",", "\t"),
        CSV.replace(",", "\t").encode("utf-16"),
        "sep=;\n" + CSV.replace(",", ";"),
        "Hộ số;Họ và tên;Địa chỉ\n12;Đỗ Thị Bưởi;Số 1, ngõ 2, phố Ba, phường Tư\n",
        CSV.replace("\n", "\r\n"),
        "SỔ HỘ GIA ĐÌNH\n\nThôn:,Đông\n" + CSV,
        CSV.replace("\n12", "\n(1),(2),(3),(4)\n12"),
        CSV.replace("Hộ số", "HO SO").replace("Ngày sinh", "nam sinh").replace("Họ và tên", "ho va ten"),
        CSV.splitlines()[0] + "\n12,Đỗ Thị Bưởi\n",
        "Household number,Full name,Sex,Date of birth\n" + ",".join(ROW),
        '{"household_number": 12, "name": "Đỗ Thị Bưởi", "sex": "female", "birth": "1959"}\n',
        '{"Hộ số": "12", "Họ và tên": "Đỗ Thị Bưởi"}\n{"Hộ số": "12", "Giới tính": "nữ", "Ngày sinh": 1959}\n',
    ],
    ids=range(15),
)
def test_ways_to_write_the_same_book(saved: Saved, body: bytes | str) -> None:
    _, found = read(saved(body))
    (one,) = found
    assert isinstance(one, Prepared)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", ("empty", "")),
        ("  \n\n", ("empty", "")),
        (CSV.splitlines()[0], ("empty", "")),
        (CSV.encode("cp1258", errors="replace"), ("encoding", "line 1")),
        ((CSV + "13,Lê V").encode() + b"\xff\xfe\n", ("encoding", "line 3")),
        ("a,b,c\n1,2,3\n", ("headings-not-found", "")),
        ("<html><table><tr><td>1</td></tr></table></html>", ("headings-not-found", "")),
        ("Hộ số,Họ tên,Họ và tên\n1,A,B\n", ("heading-twice", "B, C: Họ và tên")),
        ("Họ tên,Giới tính\nA,nam\n", ("heading-missing", "Household number / Hộ số")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ("old-excel", "")),
        (b"PK\x03\x04 this is no archive", ("not-a-workbook", "")),
        (b"\x89PNG\r\n\0\0\0\0", ("type-unknown", "")),
        (CSV + '13,"Lê Văn,nam,1970\n', ("csv-broken", "row 3")),
        ("{}\n[1]\n", ("json", "line 2")),
        ('[{"Hộ số": 1}]', ("json-array", "")),
        (b'\xef\xbb\xbf\n[\n  {"a": 1},\n  {"a": 2}\n]\n', ("json-array", "")),
        ("[]", ("json-array", "")),
        ('{"Hộ số": 1}\n{"a": \n', ("json", "line 2")),
        (CSV + "13," + "x" * 1_100_000 + "\n", ("too-wide", "line 3")),
        (CSV + ",".join("x" * (MOST_COLUMNS + 5)) + "\n", ("too-wide", "row 3")),
    ],
    ids=range(20),
)
def test_a_file_that_cannot_be_read_is_told_why(saved: Saved, body: bytes | str, expected: tuple[str, str]) -> None:
    assert fault(saved(body)) == expected


@pytest.mark.parametrize(("heading", "where"), [("Ngày chết", "D"), ("Danh sách", "D"), ("Date of death", "D")])
def test_a_list_is_not_read_as_a_book_unless_that_is_asked_for(saved: Saved, heading: str, where: str) -> None:
    path = saved(CSV.replace("Ngày sinh", heading))
    assert fault(path) == ("book-or-list", where)
    checking = Checking(Drafting(path, Choices(ANYBODY, "2026-01-01", area=AREA, on="2025-01-01", key=b"k"), form="a0"))
    assert len(list(checking.read())) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert fault(tmp_path / "none.csv") == ("not-found", "")
    assert fault(tmp_path) == ("not-found", "")


def test_columns_and_worksheets_that_nobody_reads_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEADINGS, "Ghi chú riêng"])
    sheet.append([*ROW, "x"])
    book.create_sheet("Bìa").append(["Xã Đông"])
    book.save(tmp_path / "book.xlsx")
    checking, found = read(tmp_path / "book.xlsx")
    assert len(found) == 1
    assert (checking.unread_tables, checking.unread_columns) == (["Bìa"], [("Sheet", "E")])


def test_a_worksheet_that_is_hidden_is_named_unless_it_holds_the_words_of_a_template(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", HEADINGS, ROW)
    book = openpyxl.load_workbook(path)
    for title in ("Tổ 2", "Danh mục"):
        sheet = book.create_sheet(title)
        sheet.append(HEADINGS)
        sheet.append(("13", *ROW[1:]))
        sheet.sheet_state = "hidden"
    book.save(path)
    checking, found = read(path)
    assert (len(found), checking.unread_tables) == (1, ["Tổ 2"])


def test_a_column_without_a_heading_is_named(saved: Saved) -> None:
    checking, found = read(saved(CSV.replace("Ngày sinh", "")))
    assert (len(found), checking.unread_columns) == (1, [("", "D")])
    # A word that somebody wrote beside a row makes no column.
    beside, _ = read(saved(CSV.replace("1959", "1959,?") + "13,Lê Văn Tám,nam,1970,\n14,Lê Văn Ba,nam,1971,\n"))
    assert beside.unread_columns == []


@pytest.mark.parametrize("heading", ["Ngày snh", "Ngay sinhh", "Date of brith"])
def test_a_heading_that_is_misspelt_is_wrong_before_anything_is_sent(saved: Saved, heading: str) -> None:
    assert codes(saved(CSV.replace("Ngày sinh", heading)))[:1] == [("D1", "heading-misspelt")]


def test_a_heading_that_is_another_word_is_not_misspelt(saved: Saved) -> None:
    assert codes(saved(CSV.replace("Ngày sinh", "Ngày sinh con"))) == []


def test_two_rows_of_headings_with_a_column_for_each_sex(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        ("Hộ số", "Họ và tên", "Ngày sinh", None, "Dân tộc"),
        (None, None, "Nam", "Nữ", None),
        ("A", "B", 1, 2, 3),
        ("12", "Đỗ Thị Bưởi", None, "14/03/1959", "Kinh"),
        ("12", "Lê Văn Tám", 1970, None, None),
        ("12", "Lê Văn Ba", "x", "x", None),
        merged=("C1:D1", "A1:A2", "B1:B2", "E1:E2"),
    )
    assert codes(path) == [("D6", "sex-twice")]


def test_a_sex_and_a_mark_for_the_other_are_one_too_many(saved: Saved) -> None:
    assert codes(saved("Hộ số,Họ và tên,Giới tính,Nam\n12,Đỗ Thị Bưởi,nữ,x\n13,Lê Văn Tám,nam,x\n")) == [
        ("D2", "sex-twice")
    ]


def test_a_formula_over_several_cells_and_nested_values_are_wrong_cells(tmp_path: Path, saved: Saved) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    sheet.append(ROW)
    sheet["B2"] = ArrayFormula("B2:B3", "=A1:A2")
    book.save(tmp_path / "book.xlsx")
    assert codes(tmp_path / "book.xlsx") == [("B2", "formula")]
    nested = saved('{"Hộ số": 1, "Họ và tên": {"họ": "Lê"}, "Giới tính": ["nam"], "Ngày sinh": true}\n')
    assert [code for _, code in codes(nested)] == ["not-acceptable"] * 3


@pytest.mark.parametrize(
    "row",
    [
        "²,Đỗ Thị Bưởi,nữ,1959",
        "12,Đỗ Thị Bưởi,nữ,²/3/1959",
        "Tổng số hộ,²,,",
        "12,\x1b[2J,nữ,1959",
        "999999999999999999999999,A,nữ,1",
        '12,"Đỗ\nThị",nữ,' + "1" * 5_000,
        "12,\ue000\u0001,nữ,1959",
    ],
)
def test_odd_characters_end_in_a_verdict_and_never_in_a_crash(saved: Saved, row: str) -> None:
    assert codes(saved(CSV + row + "\n"))


def test_a_verdict_names_the_heading_and_not_the_number_of_its_column(saved: Saved) -> None:
    numbered = CSV.replace("\n12", "\n(1),(2),(3),(4)\n12").replace("1959", "32/1/1959")
    _, (one,) = read(saved(numbered))
    assert isinstance(one, Unfit)
    assert [(told.cell, told.column) for told in one.faults] == [("D3", "Ngày sinh")]


@pytest.mark.parametrize("numbers", ["", "(1),(2),(3),(4)\n"])
def test_headings_that_stand_anew_on_each_page_are_nobody(saved: Saved, numbers: str) -> None:
    headings, row = CSV.splitlines(keepends=True)
    other = row.replace("Đỗ Thị Bưởi", "Lê Văn Tám")
    _, (one,) = read(saved(headings + numbers + row + headings.upper() + numbers + other.replace("12", "")))
    assert isinstance(one, Prepared)
    assert len(one.rows) == 2
    assert codes(saved(headings + row + "Hộ số,Họ và tên,Giới tính,1959\n"))


@pytest.mark.parametrize("sums", ["Tổng số hộ,2,Nhân khẩu,1,", "Tổng cộng,,Nhân khẩu: 2,,", "Nhân khẩu,2,Nam,0,"])
def test_a_total_below_the_column_of_household_numbers_is_compared(saved: Saved, sums: str) -> None:
    checking, (one,) = read(saved(f"Địa bàn,{CSV}{sums}\n".replace("\n12", f"\n{AREA},12")))
    assert isinstance(one, Prepared)
    assert len(checking.totals.differences()) == 1


@pytest.mark.parametrize("cell", ["3.00611E+10", "9,12E+08", "9.1E8"])
@pytest.mark.parametrize("heading", ["Số CCCD", "Số CMND", "Số BHXH", "Mã đối tượng", "Điện thoại"])
def test_a_number_that_a_spreadsheet_rounded_is_wrong(saved: Saved, heading: str, cell: str) -> None:
    body = ";".join((*HEADINGS, heading)) + "\n" + ";".join((*ROW, cell)) + "\n"
    assert codes(saved(body)) == [("E2", "number-rounded")]


def test_a_file_that_is_changed_while_it_is_read_is_told(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved('{"Hộ số": "12", "Họ và tên": "Lê"}\n')
    real = tables._decoded
    passes: list[int] = []

    def changing(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
        passes.append(1)
        return real(file) if len(passes) == 1 else iter([(1, {"Nguyễn Thị Bí Mật": 1})])

    monkeypatch.setattr(tables, "_decoded", changing)
    assert fault(path) == ("changed-meanwhile", "line 1")


def test_no_word_of_a_file_is_a_formula_or_an_order_in_what_is_written() -> None:
    assert harmless("=cmd|'/c calc'!A1") == "'=cmd|'/c calc'!A1"
    assert harmless("\x1b[2JHộ số\n") == "[2JHộ số"
    assert harmless("Sổ A0") == "Sổ A0"


def test_a_verdict_is_shown_in_one_language() -> None:
    one = {
        "table": "Sổ A0",
        "row": 7,
        "cell": "O7",
        "column": "Ngày sinh",
        "code": "date-format",
        "en": "No.",
        "vi": "Sai.",
    }
    assert shown(one, "vi") == "  Sổ A0 dòng 7 O7 Ngày sinh: date-format: Sai."
    assert shown(one, "en") == "  Sổ A0 row 7 O7 Ngày sinh: date-format: No."


@pytest.mark.parametrize(
    ("card", "row", "warned"),
    [
        ("1159123456", ("12", "Đỗ Thị Bưởi", "nữ", "1959"), True),
        ("1159123456", ("12", "Đỗ Thị Bưởi", "", "1959"), True),
        ("1159123456", ("12", "Đỗ Thị Bưởi", "nữ", "1960"), False),
        ("1159123456", ("12", "Đỗ Văn Bưởi", "nam", "1959"), False),
        ("1159123456", ("12", "Đỗ Thị Bưởi", "nữ", ""), False),
        ("3159123456", ("12", "Đỗ Thị Bưởi", "nữ", "1959"), False),
        ("0159123456", ("12", "Đỗ Thị Bưởi", "nữ", "1959"), False),
    ],
)
def test_a_card_that_would_also_be_the_personal_number_without_its_zeros_is_read_with_a_warning(
    saved: Saved, card: str, row: tuple[str, ...], *, warned: bool
) -> None:
    """A CSV has no cells of numbers that would give it away; where the number stands too, there is no doubt."""
    path = saved(",".join((*HEADINGS, "Mã đối tượng")) + "\n" + ",".join((*row, card)) + "\n")
    _, (found,) = read(path)
    assert isinstance(found, Prepared)
    assert (Fault(2, "card-or-number", "E2", "Mã đối tượng") in found.warnings) is warned
    both = saved(",".join((*HEADINGS, "CCCD", "Mã đối tượng")) + "\n" + ",".join((*row, "001159123456", card)) + "\n")
    _, (found,) = read(both)
    assert isinstance(found, Prepared)
    assert "card-or-number" not in {warning.code for warning in found.warnings}
