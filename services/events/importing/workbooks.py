"""What stands in an XLSX workbook, read in a stream and bounded whatever the file claims?

An XLSX file is a ZIP of XML, so a small file may claim to be endless: sizes are judged before anything is unpacked,
and what unpacks to more than it said fails. Formulas come as their text, because what they last showed may be old.
"""

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE, builtin_format_code
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException

from services.events.importing.faults import FileFault
from services.events.importing.tables import MOST_COLUMNS, Box, Row, Table

LARGEST_FILE = 512 << 20
LARGEST_SHEET = 3 << 30
LARGEST_STRINGS = 512 << 20
LARGEST_OTHER = 32 << 20
MOST_PARTS = 5_000
MOST_RATIO, JUDGED_FROM = 250, 16 << 20
MOST_BOXES = 200_000
_CHUNK = 1 << 20
LONGEST_TAG = 4_000
_BOX = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]{1,7})"')
# Of a cell's format: quoted words, letters taken as they are, languages and colours.
_UNSEEN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


@contextmanager
def workbook(path: Path) -> Iterator[list[Table]]:
    """Open a workbook: its worksheets in order; raises FileFault for what is none, or too large."""
    if path.stat().st_size > LARGEST_FILE:
        raise FileFault("too-large")
    with ExitStack() as stack:
        yield _opened(path, stack)


def _opened(path: Path, stack: ExitStack) -> list[Table]:
    try:
        # As a file: of a path openpyxl would look at the ending of its name.
        file = stack.enter_context(path.open("rb"))
        with zipfile.ZipFile(path) as parts:
            _judge(parts)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
            stack.callback(book.close)
            _forget_days_not_shown(book)
            return [_table(sheet, parts) for sheet in book.worksheets]
    except _BROKEN:
        raise FileFault("not-a-workbook") from None


def _judge(parts: zipfile.ZipFile) -> None:
    """Refuse what would unpack to more than is read, and XML that declares entities."""
    found = parts.infolist()
    if len(found) > MOST_PARTS:
        raise FileFault("too-large")
    for part in found:
        name = part.filename.lower()
        most = LARGEST_OTHER
        if "worksheets/" in name:
            most = LARGEST_SHEET
        elif "sharedstrings" in name:
            most = LARGEST_STRINGS
        read = name.endswith((".xml", ".rels"))
        bomb = part.file_size > JUDGED_FROM and part.file_size > MOST_RATIO * max(1, part.compress_size)
        if read and (part.file_size > most or bomb):
            raise FileFault("too-large")
        if read:
            with parts.open(part) as file:
                prolog = file.read(4096)
            if b"<!" in prolog.replace(b"<!--", b"") or prolog[:2] in {b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"}:
                raise FileFault("not-a-workbook")


def _forget_days_not_shown(book: Any) -> None:
    """Let cells that show a month or a year alone come as numbers: spreadsheets take `03/1961` for its first day."""
    formats = book._number_formats  # noqa: SLF001 - else unsaid
    for style in set(book._date_formats):  # noqa: SLF001 - else unsaid
        number = book._cell_styles[style].numFmtId  # noqa: SLF001 - else unsaid
        custom = number - BUILTIN_FORMATS_MAX_SIZE
        shown = builtin_format_code(number) if custom < 0 else formats[custom]
        if "d" not in _UNSEEN.sub("", shown or "").lower():
            book._date_formats.discard(style)  # noqa: SLF001 - else unsaid


def _table(sheet: Any, parts: zipfile.ZipFile) -> Table:
    if sheet.sheet_state != "visible":
        return Table(sheet.title, iter(()), hidden=True)
    # The size that a worksheet states of itself is often wrong.
    sheet.reset_dimensions()
    return Table(sheet.title, _rows(sheet), tuple(_boxes(parts, sheet._worksheet_path)))  # noqa: SLF001 - else unsaid


def _rows(sheet: Any) -> Iterator[tuple[int, Row]]:
    number = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
                number += 1
                yield number, row
    except _BROKEN:
        raise FileFault("not-a-workbook", f"row {number + 1}") from None


def _boxes(parts: zipfile.ZipFile, name: str) -> Iterator[Box]:
    """Find merged cells, which a worksheet lists behind its last row; a row out of order would be passed over."""
    kept, boxes, last, seen = b"", 0, 0, 0
    with parts.open(name.lstrip("/")) as file:
        while chunk := file.read(_CHUNK):
            searched = kept + chunk
            end = 0
            for row in _ROW.finditer(searched, seen):
                seen = row.end()
                if int(row[1]) <= last:
                    raise FileFault("not-a-workbook", f"row {int(row[1])}")
                last = int(row[1])
            for found in _BOX.finditer(searched):
                end = found.end()
                boxes += 1
                if boxes > MOST_BOXES:
                    raise FileFault("too-large")
                left, top, right, bottom = found.groups()
                first, last = (column_index_from_string(one.decode()) - 1 for one in (left, right))
                yield int(top), first, int(bottom), last
            cut = max(end, len(searched) - LONGEST_TAG)
            kept, seen = searched[cut:], max(0, seen - cut)
