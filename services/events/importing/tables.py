"""Which rows does a file hold? CSV, XLSX and NDJSON are told apart by what stands in them, not by their names."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, count, islice
from pathlib import Path
from typing import IO, Any

import msgspec

from services.events.importing.faults import FileFault

MOST_COLUMNS = 100
LONGEST_LINE = 1_000_000
_HEAD = 1 << 16
_DELIMITERS = ",;\t|"
_ROWS_TRIED = 30
# A heading may stand in brackets.
_ARRAY = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*[{\]]")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
NESTED = object()
"""Stands for a list or an object where one value is expected."""
UTF8, UTF16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
Row = Sequence[Any]
Box = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells; rows from 1, columns from 0."""


@dataclass(frozen=True)
class Table:
    """A worksheet, or the one table of a file: rows with their numbers as a spreadsheet counts them."""

    name: str
    rows: Iterator[tuple[int, Row]]
    merged: tuple[Box, ...] = field(default=())
    json: bool = False
    hidden: bool = False


def sniff(path: Path) -> str:
    """Tell what a file is: `xlsx`, `csv` or `ndjson`; raises FileFault."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except (FileNotFoundError, IsADirectoryError):
        raise FileFault("not-found") from None
    if not head.strip():
        raise FileFault("empty")
    if head.startswith(ZIP):
        return "xlsx"
    if head.startswith(OLE):
        raise FileFault("old-excel")
    if head.removeprefix(UTF8).lstrip().startswith(b"{"):
        return "ndjson"
    if _ARRAY.match(head):
        raise FileFault("json-array")
    if b"\0" in head and not head.startswith(UTF16):
        raise FileFault("type-unknown")
    return "csv"


@contextmanager
def text_table(path: Path, kind: str) -> Iterator[Table]:
    """Open a CSV or NDJSON file as a table."""
    with path.open("rb") as file:
        wide = file.read(2) in UTF16
        file.seek(0)
        if kind == "ndjson":
            yield Table("", _objects(file), json=True)
        elif wide:
            with io.TextIOWrapper(file, encoding="utf-16", newline="") as words:
                yield Table("", _separated(_lines(words.readline)))
        else:
            yield Table("", _separated(_lines(lambda most: file.readline(most).decode())))


def _lines(readline: Callable[[int], str]) -> Iterator[str]:
    for number in count(1):
        try:
            line = readline(LONGEST_LINE + 1)
        except UnicodeError as wrong:
            # A line that is cut off in the middle of a letter is too long above all.
            too_long = isinstance(wrong, UnicodeDecodeError) and len(wrong.object) > LONGEST_LINE
            raise FileFault("too-wide" if too_long else "encoding", f"line {number}") from None
        if not line:
            return
        if len(line) > LONGEST_LINE:
            raise FileFault("too-wide", f"line {number}")
        yield line if number > 1 else line.removeprefix("\ufeff")


def _separated(lines: Iterator[str]) -> Iterator[tuple[int, Row]]:
    first = list(islice(lines, _ROWS_TRIED))
    delimiter = _delimiter(first)
    skipped = 1 if first and first[0].lower().startswith("sep=") else 0
    number = skipped
    try:
        for row in csv.reader(chain(first[skipped:], lines), delimiter=delimiter, strict=True):
            number += 1
            if len(row) > MOST_COLUMNS and any(row[MOST_COLUMNS:]):
                raise FileFault("too-wide", f"row {number}")
            yield number, row
    except csv.Error:
        raise FileFault("csv-broken", f"row {number + 1}") from None


def _delimiter(lines: list[str]) -> str:
    """Choose what divides most of the first lines, outside of quotation marks: addresses hold commas, headings do not.

    Where several do, the one that divides each of them into most columns.
    """
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == len("sep=;"):
        return lines[0].strip()[-1]
    unquoted = ["".join(line.split('"')[::2]) for line in lines]
    counts = {one: [found for line in unquoted if (found := line.count(one))] for one in _DELIMITERS}
    return max(_DELIMITERS, key=lambda one: (len(counts[one]), min(counts[one], default=0)))


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def _objects(file: IO[bytes]) -> Iterator[tuple[int, Row]]:
    """Give objects as rows below one row of all the names that any of them has."""
    names: dict[str, int] = {}
    for _, told in _decoded(file):
        for name in told:
            if name not in names:
                names[name] = len(names)
        if len(names) > MOST_COLUMNS:
            raise FileFault("too-wide")
    yield 0, list(names)
    file.seek(0)
    for number, told in _decoded(file):
        row: list[Any] = [None] * len(names)
        for name, value in told.items():
            if name not in names:
                raise FileFault("changed-meanwhile", f"line {number}")
            row[names[name]] = value if value is None or isinstance(value, str | int | float) else NESTED
        yield number, row


def _decoded(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise FileFault("too-wide", f"line {number}")
        if number == 1:
            line = line.removeprefix(UTF8)
        if not line.strip():
            continue
        try:
            line.decode()
            yield number, _decode(line)
        except UnicodeError:
            raise FileFault("encoding", f"line {number}") from None
        except (ValueError, RecursionError):
            raise FileFault("json", f"line {number}") from None
