"""Is an empty form read back by the importer that made it, and does it offer the words of the code lists?"""

import argparse
from pathlib import Path

import openpyxl
import pytest

from kit.http.problems import Language
from services.events.importing import templates
from services.events.importing.book_columns import COLUMNS
from services.events.importing.columns import find_layout
from services.events.importing.drafting import TOTALS, list_named
from services.events.importing.lists import LISTS
from services.events.importing.tables import Table
from services.events.importing.totals import totals_of
from services.events.importing.words import labels, plain, vocabulary
from tests.services.events.importing.conftest import Importer, facts_of, payload
from tests.services.events.telling import AREA, Teller

LANGUAGES: tuple[Language, ...] = ("vi", "en")


def written(tmp_path: Path, form: str, language: Language = "vi") -> Path:
    path = tmp_path / f"{form}-{language}.xlsx"
    assert templates.run(argparse.Namespace(form=form, out=path, language=language)) == 0
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_of_a_template_is_recognised(tmp_path: Path, language: Language) -> None:
    book = openpyxl.load_workbook(written(tmp_path, "a0", language))
    sheet = book.worksheets[1]
    layout = find_layout(Table("", enumerate(sheet.iter_rows(values_only=True), 1)), COLUMNS)
    assert layout is not None
    assert not layout.unread
    assert len(layout.columns) == len(COLUMNS) - len(templates.LEFT_OUT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_has_a_worksheet_that_is_recognised(tmp_path: Path, language: Language) -> None:
    book = openpyxl.load_workbook(written(tmp_path, "p0", language))
    named = [list_named(title) for title in book.sheetnames[1:-1]]
    assert named == list(range(len(LISTS)))
    for one, sheet in zip(LISTS, book.worksheets[1:-1], strict=True):
        layout = find_layout(Table("", enumerate(sheet.iter_rows(values_only=True), 1)), one.columns)
        assert layout is not None, one.name
        assert not layout.unread, one.name


def test_coded_columns_offer_exactly_words_that_are_read_back(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path, "a0"))
    codes = book["Danh mục"]
    assert codes.sheet_state == "hidden"
    offered = {one.formula1 for one in book.worksheets[1].data_validations.dataValidation}
    assert len(offered) == len({column.codes for column in COLUMNS} - {""})
    for cells in codes.iter_cols(values_only=True):
        name, *words = [str(one) for one in cells if one is not None]
        known = vocabulary(name.removeprefix("# "))
        assert len(words) == len(labels(name.removeprefix("# ")))
        assert all(plain(word) in known for word in words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_speaks_one_language(tmp_path: Path, language: Language) -> None:
    """In its headings, in the words that its columns offer, and in what its guide asks of each list."""
    book = openpyxl.load_workbook(written(tmp_path, "p0", language))
    guide, *sheets, codes = book.worksheets
    asked = [str(line) for (line,) in guide.iter_rows(values_only=True)][-len(LISTS) :]
    for one, sheet, line in zip(LISTS, sheets, asked, strict=True):
        shown = [column for column in one.columns if column.name not in templates.LEFT_OUT]
        assert [cell.value for cell in sheet[1]] == [column.titles[language == "vi"] for column in shown]
        needed = ", ".join(column.titles[language == "vi"] for column in shown if column.needed)
        assert line == f"{one.titles[language == 'vi'][: templates.LONGEST_TITLE]}: {needed}"
        offered = [one.formula1 for one in sheet.data_validations.dataValidation if str(one.formula1)[0] == '"']
        told = [",".join(pair[language == "vi"] for pair in column.offers) for column in shown if column.offers]
        assert offered == [f'"{words}"' for words in told]
    for cells in codes.iter_cols(values_only=True):
        name, *words = [str(one) for one in cells if one is not None]
        assert words == [pair[language == "vi"] for pair in labels(name.removeprefix("# ")).values()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["a0", "p0"])
def test_a_guide_speaks_of_no_worksheet_that_the_form_lacks(tmp_path: Path, form: str, language: Language) -> None:
    book = openpyxl.load_workbook(written(tmp_path, form, language))
    said = " ".join(str(line) for (line,) in book.worksheets[0].iter_rows(values_only=True))
    totals = TOTALS[language]
    assert (totals in said) == (totals in book.sheetnames) == (form == "a0")


@pytest.mark.parametrize(("language", "words"), [("vi", "Số người, 12"), ("en", "People, 12")])
def test_the_total_that_the_guide_of_a_form_shows_is_read_as_one(
    tmp_path: Path, language: Language, words: str
) -> None:
    guide = openpyxl.load_workbook(written(tmp_path, "p0", language)).worksheets[0]
    assert any(words in str(line) for (line,) in guide.iter_rows(values_only=True))
    assert totals_of(words.split(", "), within=False, numbered=False) == [("persons", 12)]


async def test_a_filled_template_comes_in(teller: Teller, importing: Importer, tmp_path: Path) -> None:
    await teller.places()
    path = written(tmp_path, "a0")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[1]
    heads = [str(cell.value) for cell in sheet[1]]
    for row, name in ((2, "Lê Văn Tám"), (3, "Trần Thị Chín")):
        sheet.cell(row, heads.index("Hộ số") + 1, "5")
        sheet.cell(row, heads.index("Họ và tên") + 1, name)
        sheet.cell(row, heads.index("Ngày sinh") + 1, "14/03/1961")
        sheet.cell(row, heads.index("Giới tính") + 1, "nam" if row == 2 else "nữ")
    book["Tổng hợp"].append([AREA, 1, 3, 1, 2])
    book.save(path)
    came = await importing(path, "--area", AREA, "--on", "2025-01-01", "--dry-run")
    assert came.code == 1
    assert "persons: the sheet says 3, counted 2" in came.out
    assert "female: the sheet says 2, counted 1" in came.out
    assert came.fates() == {"ready": 2}
    book["Tổng hợp"].cell(2, 3, 2)
    book["Tổng hợp"].cell(2, 5, 1)
    book.save(path)
    assert (await importing(path, "--area", AREA, "--on", "2025-01-01")).code == 0
    (fact,) = await facts_of(teller, "household.registered")
    members = payload(fact)["members"]
    assert isinstance(members, list)
    assert members[0]["birth"] == "1961-03-14"


FILLED = {
    "Chuyển đến từ xã khác": ["13", "Lê Thị Năm", "Nơi đi", "huyện khác", "Ngày chuyển đến"],
    "Trẻ sinh ra": ["12", "Phạm Gia Hân", "Họ và tên mẹ", "Nguyễn Thị Hoa", "Ngày sinh"],
    "Sàng lọc sơ sinh": ["12", "Phạm Gia Hân", "Ngày sàng lọc"],
    "Mới sử dụng BPTT": ["12", "Nguyễn Thị Hoa", "Ngày bắt đầu sử dụng"],
    "Thôi sử dụng BPTT": ["12", "Nguyễn Thị Hoa", "Ngày thôi sử dụng"],
    "Thông tin thai sản": ["13", "Trần Thị Chín", "Ngày xảy ra"],
    "Sàng lọc trước sinh": ["13", "Trần Thị Chín", "Ngày sàng lọc"],
    "Người cao tuổi khám sức khỏe": ["12", "Đỗ Thị Bưởi", "Ngày khám"],
    "Khám sức khỏe trước khi kết hôn": ["13", "Lê Văn Tám", "Họ và tên bạn đời", "Lê Thị Năm", "Ngày khám"],
    "Thay đổi thông tin cơ bản": ["12", "Phạm Văn Bình", "Thông tin mới", "nữ", "Ngày thay đổi"],
    "Cấp số định danh, thẻ": ["12", "Phạm Văn Bình", "Số BHXH mới", "3021234567", "Ngày cấp"],
    "Kết hôn": ["13", "Lê Văn Tám", "Họ và tên vợ/chồng", "Lê Thị Năm", "Ngày kết hôn"],
    "Ly hôn": ["12", "Phạm Văn Bình", "Ngày ly hôn"],
    "Ly thân": ["14", "Vũ Thị Mười", "Ngày ly thân"],
    "Đoàn tụ sau ly thân": ["14", "Vũ Thị Mười", "Ngày đoàn tụ"],
    "Chuyển đi khỏi xã": ["13", "Trần Thị Chín", "Ngày chuyển đi"],
    "Người chết": ["12", "Đỗ Thị Bưởi", "Ngày chết"],
}
"""Of each list of the form one row: number of the household, name, more cells, and the heading of the date."""
PEOPLE = """Hộ số,Họ và tên,Quan hệ,Giới tính,Ngày sinh,Tình trạng hôn nhân
12,Phạm Văn Bình,chủ hộ,nam,17/04/1988,có vợ
12,Nguyễn Thị Hoa,vợ,nữ,03/09/1991,có chồng
12,Đỗ Thị Bưởi,mẹ,nữ,1950,góa
13,Lê Văn Tám,chủ hộ,nam,1990,
13,Trần Thị Chín,chị,nữ,1992,
14,Vũ Văn Sáu,chủ hộ,nam,1980,có vợ
14,Vũ Thị Mười,vợ,nữ,1982,có chồng
"""


async def test_a_form_with_a_row_in_every_list_and_a_word_in_every_coded_cell_comes_in(
    teller: Teller, importing: Importer, tmp_path: Path
) -> None:
    await teller.places()
    assert (await importing(PEOPLE, "--area", AREA, "--on", "2025-01-01")).code == 0
    path = written(tmp_path, "p0")
    book = openpyxl.load_workbook(path)
    codes = {cells[0].coordinate[:-1]: [cell.value for cell in cells] for cells in book["Danh mục"].iter_cols()}
    for day, (title, (number, name, *more, on)) in enumerate(FILLED.items(), 1):
        sheet = book[title]
        heads = {str(cell.value): position for position, cell in enumerate(sheet[1], 1)}
        told = {
            "Hộ số": number,
            "Họ và tên": name,
            on: f"{day:02}/03/2025",
            **dict(zip(*[iter(more)] * 2, strict=True)),
        }
        for offer in sheet.data_validations.dataValidation:
            cell = str(offer.sqref).partition(":")[0]
            heading = str(sheet.cell(1, sheet[cell].column).value)
            if heading in ("Quan hệ với chủ hộ", "Giới tính"):
                continue
            words = offer.formula1
            column = words.split("$")[1] if words.startswith("=") else ""
            told.setdefault(heading, str(codes[column][1]) if column else words.strip('"').split(",")[0])
        for heading, value in told.items():
            sheet.cell(2, heads[heading], value)
    book.save(path)
    came = await importing(path, "--area", AREA)
    assert (came.code, came.fates()) == (0, {"recorded": len(LISTS)}), came


@pytest.mark.parametrize(
    ("form", "language", "said"),
    [
        ("a0", "vi", "đã ghi sổ A0 trống: "),
        ("p0", "vi", "đã ghi mẫu phiếu P0 trống: "),
        ("a0", "en", "an empty A0 book was written: "),
        ("p0", "en", "an empty form of P0 lists was written: "),
    ],
)
def test_what_was_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, language: Language, said: str
) -> None:
    path = written(tmp_path, form, language)
    assert capsys.readouterr().out == f"{said}{path}\n"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path, "a0")
    assert templates.run(argparse.Namespace(form="a0", out=path, language="vi")) == 1


@pytest.mark.parametrize(
    ("where", "said"), [("", "FILE="), ("nowhere/a0.xlsx", "No such file"), ("a0.csv", ".xlsx"), ("a0", ".xlsx")]
)
def test_where_nothing_can_be_written_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str, said: str
) -> None:
    given = argparse.Namespace(form="a0", out=tmp_path / where, language="vi")
    assert templates.run(given) == 1
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
