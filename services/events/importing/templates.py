"""What does an empty book or form look like that is sure to be read again, with its words to choose from?"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kit.http.problems import Language
from services.events.importing.book_columns import COLUMNS
from services.events.importing.columns import Column
from services.events.importing.drafting import CODES, GUIDE, TOTALS, TOTALS_COLUMNS
from services.events.importing.lists import LISTS
from services.events.importing.words import labels

ROWS = 20_000
LONGEST_TITLE = 31
BOOK = {"vi": "Sổ A0", "en": "A0 book"}
LEFT_OUT = frozenset({"male", "female"})
_HEAD = PatternFill("solid", start_color="DDEBF7")
_PICK = {
    "vi": ("Chọn trong danh sách", "Hãy chọn một từ trong danh sách của cột này."),
    "en": ("Choose from the list", "Choose one of the words of this column's list."),
}
_LINES = {
    ("a0", "vi"): (
        "Mỗi dòng là một người; các dòng của một hộ đứng liền nhau. Không biết thì để trống.",
        "Ngày ghi: 14/03/1961, hoặc 03/1961, hoặc 1961. Các cột số đã định dạng văn bản để giữ số 0 ở đầu.",
        "Không gộp ô, không dùng công thức. Ghi số tổng của địa bàn ở trang Tổng hợp để đối chiếu.",
    ),
    ("a0", "en"): (
        "One row a person; the rows of a household stand together. What is unknown stays empty.",
        "Dates: 14/03/1961, or 03/1961, or 1961. Columns are formatted as text, so that leading zeros stay.",
        "No merged cells, no formulas. Write the area's own totals on the sheet Totals, to be compared.",
    ),
    ("p0", "vi"): (
        "Mỗi dòng là một sự kiện của một người; mỗi danh sách là một trang. Không biết thì để trống.",
        "Ngày của sự kiện ghi đủ: 14/03/2026. Ngày sinh ghi: 14/03/1961, hoặc 03/1961, hoặc 1961.",
        "Không gộp ô, không dùng công thức. Ghi số tổng của danh sách ở dòng cuối để đối chiếu, ví dụ: Số người, 12.",
        "Mỗi danh sách phải có:",
    ),
    ("p0", "en"): (
        "One row an event of one person; one sheet a list. What is unknown stays empty.",
        "The day of an event is written in full: 14/03/2026. Dates of birth: 14/03/1961, or 03/1961, or 1961.",
        "No merged cells, no formulas. Write a list's own total in its last row, to be compared, e.g.: People, 12.",
        "Each list must have:",
    ),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `template`."""
    parser.add_argument("form", choices=("a0", "p0"), help="A0 book or P0 lists")
    parser.add_argument("--out", type=Path, required=True, help="XLSX file to write; nothing is overwritten")
    parser.add_argument("--language", choices=("vi", "en"), default="vi", help="language of headings and words")


WRITTEN = {
    "a0": ("an empty A0 book was written", "đã ghi sổ A0 trống"),
    "p0": ("an empty form of P0 lists was written", "đã ghi mẫu phiếu P0 trống"),
}
NOT_XLSX = "it is a workbook: let its name end in .xlsx / đây là bảng tính: hãy đặt tên tệp kết thúc bằng .xlsx"
NO_FILE = "name the file to write, e.g. FILE=so-a0.xlsx / hãy nêu tệp cần ghi, ví dụ FILE=so-a0.xlsx"


def run(given: argparse.Namespace) -> int:
    """Write an empty A0 book or P0 form as XLSX, with words to choose from."""
    path: Path = given.out
    # A spreadsheet does not open a workbook that is called otherwise.
    if path.suffix.lower() != ".xlsx" and not path.is_dir():
        sys.stderr.write(f"{path}: {NOT_XLSX}\n")
        return 1
    try:
        with path.open("xb") as file:
            book(given.form, given.language).save(file)
    except FileExistsError:
        said = NO_FILE if path.is_dir() else "there is such a file already / đã có tệp này"
        sys.stderr.write(f"{said}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{path}: {error.strerror} / không ghi được tệp này\n")
        return 1
    sys.stdout.write(f"{WRITTEN[given.form][given.language == 'vi']}: {path}\n")
    return 0


def book(form: str, language: Language) -> Workbook:
    """Make the workbook of a form."""
    made = Workbook()
    made.remove(made.active or made.create_sheet())
    ranges = _codes(made, language)
    guide = made.create_sheet(GUIDE[language], 0)
    sheets: Sequence[tuple[str, Sequence[Column]]]
    if form == "a0":
        sheets = [(BOOK[language], COLUMNS), (TOTALS[language], TOTALS_COLUMNS)]
    else:
        sheets = [(one.titles[language == "vi"][:LONGEST_TITLE], one.columns) for one in LISTS]
    for index, (title, columns) in enumerate(sheets, 1):
        _sheet(made.create_sheet(title, index), [one for one in columns if one.name not in LEFT_OUT], language, ranges)
    _explain(guide, _LINES[form, language], sheets, language)
    made.active = 1
    return made


def _codes(made: Workbook, language: Language) -> dict[str, str]:
    """Write all lists of words onto a hidden sheet; the range of each."""
    sheet = made.create_sheet(CODES[language])
    sheet.sheet_state = "hidden"
    names = sorted(
        {column.codes for columns in (COLUMNS, *(one.columns for one in LISTS)) for column in columns} - {""}
    )
    ranges: dict[str, str] = {}
    for position, name in enumerate(names, 1):
        words = [pair[language == "vi"] for pair in labels(name).values()]
        for row, word in enumerate([f"# {name}", *words], 1):
            sheet.cell(row, position, word)
        letter = get_column_letter(position)
        ranges[name] = f"{quote_sheetname(sheet.title)}!${letter}$2:${letter}${len(words) + 1}"
    return ranges


def _sheet(sheet: Worksheet, columns: Sequence[Column], language: Language, ranges: dict[str, str]) -> None:
    for position, column in enumerate(columns, 1):
        cell = sheet.cell(1, position, column.titles[language == "vi"])
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        letter = get_column_letter(position)
        # Text, so that a spreadsheet neither eats zeros nor turns a day and a month around.
        sheet.column_dimensions[letter].number_format = "@"
        sheet.column_dimensions[letter].width = max(12, min(32, len(column.titles[1]) + 4))
        if column.codes or column.offers:
            words = ",".join(pair[language == "vi"] for pair in column.offers)
            chosen = f"={ranges[column.codes]}" if column.codes else f'"{words}"'
            choice = DataValidation("list", formula1=chosen, allow_blank=True)
            choice.errorTitle, choice.error = _PICK[language]
            choice.showErrorMessage = True
            choice.add(f"{letter}2:{letter}{ROWS}")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "A2"


def _explain(
    sheet: Worksheet, lines: Sequence[str], sheets: Iterable[tuple[str, Sequence[Column]]], language: Language
) -> None:
    sheet.column_dimensions["A"].width = 110
    row = 0
    for row, line in enumerate(lines, 1):
        sheet.cell(row, 1, line)
    for title, columns in sheets:
        row += 1
        needed = [one.titles[language == "vi"] for one in columns if one.needed]
        sheet.cell(row, 1, f"{title}: {', '.join(needed)}" if needed else title)
