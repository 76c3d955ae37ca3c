"""Is an empty form read back by the importer that made it, and does it offer the words of the code lists?"""

import argparse
from pathlib import Path

import openpyxl
import pytest

from kit.problems import Language
from services.events.importing import templates
from services.events.importing.book_columns import COLUMNS
from services.events.importing.columns import find_layout
from services.events.importing.drafting import list_named
from services.events.importing.lists import LISTS
from services.events.importing.tables import Table
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


@pytest.mark.parametrize(("where", "said"), [("", "FILE="), ("nowhere/a0.xlsx", "No such file")])
def test_where_nothing_can_be_written_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str, said: str
) -> None:
    given = argparse.Namespace(form="a0", out=tmp_path / where, language="vi")
    assert templates.run(given) == 1
    assert said in capsys.readouterr().err
