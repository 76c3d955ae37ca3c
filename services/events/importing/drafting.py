"""What does a whole file say? Its tables, which list each is, and the drafts of its reports."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from services.events.importing import cells
from services.events.importing.book_columns import COLUMNS, NEEDED
from services.events.importing.books import Book
from services.events.importing.choices import Choices
from services.events.importing.columns import ROWS_TRIED, Column, Layout, find_layout, letters, misspelt, rows_below
from services.events.importing.drafts import Begun, Draft, Found, OfTable, Stated, Unfit, Unread, placed
from services.events.importing.faults import FileFault, Wrong
from services.events.importing.headings import AREA
from services.events.importing.lists import LISTS
from services.events.importing.monthly import Sheet
from services.events.importing.reading import RowReader
from services.events.importing.roster import Ledger
from services.events.importing.tables import Row, Table, sniff, text_table
from services.events.importing.totals import MEASURES, sums_all, total
from services.events.importing.words import plain

MOST_ROWS_OF_LISTS = 200_000
_PREFIX = re.compile(r"^(?:danhsach|ds|list|bieu|muc|so|p0|ctv|phieu)*[0-9]*(?=[a-z])")
CODES = {"vi": "Danh mục", "en": "Codes"}
GUIDE = {"vi": "Hướng dẫn", "en": "Guide"}
TOTALS = {"vi": "Tổng hợp", "en": "Totals"}
"""Titles of the worksheets of a template that hold no rows of a book or a list."""
TOTALS_SHEETS = frozenset(map(plain, (*TOTALS.values(), "Tổng số", "Control totals", "Đối chiếu")))
# Not `male` and `female`: of a person both would be one too many.
TOTALS_COLUMNS = (
    AREA,
    Column("total_households", ("Households", "Số hộ"), total, ("Tổng số hộ", "Hộ")),
    Column("total_persons", ("Persons", "Số nhân khẩu"), total, ("Nhân khẩu", "Tổng số nhân khẩu", "Số người")),
    Column("total_male", ("Male", "Nam"), total, ("Số nam",)),
    Column("total_female", ("Female", "Nữ"), total, ("Số nữ",)),
)
IGNORED_SHEETS = frozenset(map(plain, (*GUIDE.values(), *CODES.values())))
LIST = Column("list", ("List", "Danh sách"), cells.text, ("Tên danh sách", "Loại danh sách", "Loại"))
# One table may hold the columns of several lists.
_HEADINGS = {
    heading
    for one in (LIST, *COLUMNS, *(each for which in LISTS for each in which.columns))
    for heading in one.headings
}
# What a book has no column for: the day of an event (but a book may say when a card was issued), or which list it is.
_OF_LISTS = {heading for one in LISTS for each in one.columns if each.name == "on" for heading in each.headings}
_OF_LISTS = (
    (_OF_LISTS | set(LIST.headings)) - {heading for one in COLUMNS for heading in one.headings} - {"ngay", "ngaycap"}
)
_NAMES = {
    plain(name): number
    for number, one in enumerate(LISTS)
    for name in (one.name, *one.titles, *one.also, one.kind.kind)
}


@dataclass
class Drafting:
    """A file being read; `ledger` is the address of the database to look into, empty where there is none."""

    path: Path
    choices: Choices
    ledger: str = ""
    form: str = ""
    _unread: Unread = field(default_factory=lambda: Unread([], []))

    def read(self) -> Iterator[Found]:
        """Give every household or row as drafts, or what is wrong with it; raises FileFault."""
        kind = sniff(self.path)
        with self.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
        with ExitStack() as stack:
            ledger = Ledger(self.ledger) if self.ledger else None
            if ledger is not None:
                stack.callback(ledger.close)
            if kind == "xlsx":
                # What reads workbooks is a fifth of what an import loads before it begins.
                from services.events.importing.workbooks import workbook  # noqa: PLC0415

                tables = stack.enter_context(workbook(self.path))
            else:
                tables = [stack.enter_context(text_table(self.path, kind))]
            hidden = (one.name for one in tables if one.hidden and plain(one.name) not in IGNORED_SHEETS)
            self._unread.tables.extend(hidden)
            tables = [one for one in tables if not one.hidden]
            form = self.form
            if not form:
                form = "p0" if self.choices.which or any(self._named(one) is not None for one in tables) else "a0"
            yield Begun(digest, form)
            rows = 0
            for one in self._books(tables, ledger) if form == "a0" else self._lists(tables, ledger):
                rows += isinstance(one, Draft | Unfit)
                yield one
            if not rows:
                raise FileFault("empty")
        yield self._unread

    def _books(self, tables: Iterable[Table], ledger: Ledger | None) -> Iterator[OfTable]:
        seen: set[tuple[str, str]] = set()
        read = 0
        for table in tables:
            if plain(table.name) in IGNORED_SHEETS:
                continue
            if plain(table.name) in TOTALS_SHEETS:
                yield from self._stated(table)
                continue
            layout = find_layout(table, COLUMNS)
            if layout is None:
                self._unread.tables.append(table.name)
                continue
            strange = [position for position in layout.unread if plain(layout.headings.get(position, "")) in _OF_LISTS]
            if strange and not self.form:
                raise FileFault("book-or-list", ", ".join(map(letters, strange)))
            yield from self._accept(table, layout, COLUMNS, NEEDED)
            read += 1
            yield from Book(table, layout, self.choices, ledger).read(seen)
        if not read:
            raise FileFault("headings-not-found")

    def _lists(self, tables: Sequence[Table], ledger: Ledger | None) -> Iterator[OfTable]:
        if ledger is None:
            raise FileFault("database-needed")
        brought: Counter[tuple[str, ...]] = Counter()
        chosen = []
        for table in self._divided(tables):
            number = self._named(table)
            if plain(table.name) in IGNORED_SHEETS:
                continue
            if number is None:
                self._unread.tables.append(table.name)
            else:
                chosen.append((number, table))
        if not chosen:
            raise FileFault("list-unknown")
        for number, table in sorted(chosen, key=lambda one: one[0]):
            which = LISTS[number]
            layout = find_layout(table, which.columns)
            if layout is None:
                raise FileFault("headings-not-found", table.name)
            needed = [column for column in which.columns if column.needed]
            yield from self._accept(table, layout, which.columns, needed)
            yield from Sheet(table, layout, which, self.choices, ledger, brought).read()

    def _named(self, table: Table) -> int | None:
        """Tell which list a table is: as asked for, as the worksheet or the file is named."""
        for name in (self.choices.which, table.name, "" if table.name else self.path.stem):
            number = list_named(name) if name else None
            if number is not None:
                return number
        return None

    def _accept(
        self, table: Table, layout: Layout, columns: Iterable[Column], needed: Iterable[Column]
    ) -> Iterator[Unfit]:
        """Ask for what is needed, and say which headings are nearly ones that the table lacks."""
        for column in needed:
            by_sex = column.name == "birth" and layout.at("male") is not None and layout.at("female") is not None
            if layout.at(column.name) is None and not by_sex:
                raise FileFault("heading-missing", " / ".join(column.titles))
        self._unread.columns.extend((table.name, letters(position)) for position in layout.unread)
        row = layout.last_row
        faults = [
            placed(row, "heading-misspelt", "" if table.json else letters(position), layout.headings[position])
            for position in misspelt(layout, columns, _HEADINGS)
        ]
        if faults:
            yield Unfit(table.name, (row,), tuple(faults))

    def _stated(self, table: Table) -> Iterator[Stated | Unfit]:
        """Read a worksheet of totals; one that is a formula says nothing that was not counted here."""
        layout = find_layout(table, TOTALS_COLUMNS)
        if layout is None:
            self._unread.tables.append(table.name)
            return
        reader = RowReader(table, layout)
        for number, row in rows_below(table, layout):
            told = reader.read(number, row)
            if told is None:
                continue
            values = told.values
            faults = [fault for fault in told.faults if fault.code != "formula"]
            area, named = "", table.name
            if sums_all(values.get("area")):
                named = ""
            else:
                try:
                    area = self.choices.area_of(values.get("area"))
                except Wrong as wrong:
                    faults.append(reader.fault(number, layout.at("area"), wrong.code))
            if faults:
                yield Unfit(table.name, (number,), tuple(faults))
            else:
                yield Stated(
                    named, area, [(one, values[f"total_{one}"]) for one in MEASURES if f"total_{one}" in values]
                )

    def _divided(self, tables: Sequence[Table]) -> Iterator[Table]:
        """Divide a table that says in each row which list it belongs to."""
        for table in tables:
            if table.name or self.choices.which:
                yield table
                continue
            first: list[tuple[int, Row]] = []
            rows = table.rows
            divided: dict[str, list[tuple[int, Row]]] = {}
            position: int | None = None
            for number, row in rows:
                first.append((number, row))
                position = next((n for n, text in enumerate(row) if plain(str(text or "")) in set(LIST.headings)), None)
                if position is not None or len(first) >= ROWS_TRIED:
                    break
            if position is None:
                yield Table(table.name, _chained(first, rows), json=table.json)
                continue
            for number, row in filter(_says_something, rows):
                told = str(row[position] or "") if position < len(row) else ""
                divided.setdefault(told, []).append((number, row))
                if number > MOST_ROWS_OF_LISTS:
                    raise FileFault("too-large")
            for told, own in divided.items():
                if list_named(told) is None:
                    raise FileFault("list-unknown", f"row {own[0][0]}")
                yield Table(LISTS[list_named(told) or 0].titles[1], iter([first[-1], *own]), json=table.json)


def list_named(name: str) -> int | None:
    """Find a list by its name, title or kind, whatever number stands before it."""
    folded = plain(name)
    return _NAMES.get(folded, _NAMES.get(_PREFIX.sub("", folded)))


def _says_something(numbered: tuple[int, Row]) -> bool:
    return any(text not in (None, "") for text in numbered[1])


def _chained(first: Iterable[tuple[int, Row]], rest: Iterator[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    yield from first
    yield from rest
