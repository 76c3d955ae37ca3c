"""What does a whole file say, before anything of it is sent? Its tables, which list each is, and what is wrong."""

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
from services.events.importing.columns import Column, Layout, find_layout, letters, rows_below
from services.events.importing.derived import run_id
from services.events.importing.faults import FileFault, Wrong
from services.events.importing.headings import AREA
from services.events.importing.list_shapes import MonthlyList
from services.events.importing.lists import LISTS
from services.events.importing.monthly import Sheet
from services.events.importing.prepared import Prepared, Unfit, Writer
from services.events.importing.reading import RowReader
from services.events.importing.roster import Ledger
from services.events.importing.tables import Row, Table, sniff, text_table
from services.events.importing.totals import MEASURES, Totals
from services.events.importing.words import plain

MOST_ROWS_OF_LISTS = 200_000
_PREFIX = re.compile(r"^(?:danhsach|ds|list|bieu|muc|so|p0|ctv|phieu)*[0-9]*(?=[a-z])")
TOTALS_SHEETS = frozenset(map(plain, ("Tổng hợp", "Tổng số", "Totals", "Control totals", "Đối chiếu")))
TOTALS_COLUMNS = (
    AREA,
    Column("households", ("Households", "Số hộ"), cells.number, ("Tổng số hộ", "Hộ")),
    Column("persons", ("Persons", "Số nhân khẩu"), cells.number, ("Nhân khẩu", "Tổng số nhân khẩu", "Số người")),
    Column("male", ("Male", "Nam"), cells.number, ("Số nam",)),
    Column("female", ("Female", "Nữ"), cells.number, ("Số nữ",)),
)
IGNORED_SHEETS = frozenset(map(plain, ("Hướng dẫn", "Guide", "Danh mục", "Codes")))
LIST = Column("list", ("List", "Danh sách"), cells.text, ("Tên danh sách", "Loại danh sách", "Loại"))
_NAMES = {
    plain(name): number
    for number, one in enumerate(LISTS)
    for name in (one.name, *one.titles, *one.also, one.kind.kind)
}


@dataclass
class Checking:
    """A file being read: what was counted, and which worksheets and columns nobody read."""

    path: Path
    choices: Choices
    ledger: Ledger | None
    form: str = ""
    totals: Totals = field(default_factory=Totals)
    unread_tables: list[str] = field(default_factory=list)
    unread_columns: list[tuple[str, str]] = field(default_factory=list)
    digest: bytes = b""

    def read(self) -> Iterator[Prepared | Unfit]:
        """Give every household or row as a report, or what is wrong; raises FileFault."""
        kind = sniff(self.path)
        with self.path.open("rb") as file:
            self.digest = hashlib.file_digest(file, "sha256").digest()
        writer = Writer(self.choices.access, self.choices.key, run_id(self.digest))
        with ExitStack() as stack:
            if kind == "xlsx":
                # What reads workbooks is a fifth of what an import loads before it begins.
                from services.events.importing.workbooks import workbook  # noqa: PLC0415

                tables = stack.enter_context(workbook(self.path))
            else:
                tables = [stack.enter_context(text_table(self.path, kind))]
            if not self.form:
                self.form = "p0" if self.choices.which or any(self._named(one) is not None for one in tables) else "a0"
            found = self._books(tables, writer) if self.form == "a0" else self._lists(tables, writer)
            rows = 0
            for one in found:
                rows += 1
                yield one
            if not rows:
                raise FileFault("empty")

    def _books(self, tables: Iterable[Table], writer: Writer) -> Iterator[Prepared | Unfit]:
        seen: set[tuple[str, str]] = set()
        read = 0
        for table in tables:
            if plain(table.name) in IGNORED_SHEETS:
                continue
            if plain(table.name) in TOTALS_SHEETS:
                self._totals(table)
                continue
            layout = find_layout(table, COLUMNS)
            if layout is None:
                self.unread_tables.append(table.name)
                continue
            self._accept(table, layout, NEEDED)
            read += 1
            yield from Book(table, layout, self.choices, writer, self.totals, self.ledger).read(seen)
        if not read:
            raise FileFault("headings-not-found")

    def _lists(self, tables: Sequence[Table], writer: Writer) -> Iterator[Prepared | Unfit]:
        if self.ledger is None:
            raise FileFault("database-needed")
        brought: Counter[tuple[str, ...]] = Counter()
        chosen = []
        for table in self._divided(tables):
            number = self._named(table)
            if plain(table.name) in IGNORED_SHEETS:
                continue
            if number is None:
                self.unread_tables.append(table.name)
            else:
                chosen.append((number, table))
        if not chosen:
            raise FileFault("list-unknown")
        for number, table in sorted(chosen, key=lambda one: one[0]):
            which = LISTS[number]
            layout = find_layout(table, which.columns)
            if layout is None:
                raise FileFault("headings-not-found", table.name)
            self._accept(table, layout, [column for column in which.columns if column.needed])
            yield from Sheet(table, layout, which, self.choices, writer, self.totals, self.ledger, brought).read()

    def _named(self, table: Table) -> int | None:
        """Tell which list a table is: as asked for, as the worksheet or the file is named."""
        for name in (self.choices.which, table.name, "" if table.name else self.path.stem):
            number = list_named(name) if name else None
            if number is not None:
                return number
        return None

    def _accept(self, table: Table, layout: Layout, needed: Iterable[Column]) -> None:
        for column in needed:
            by_sex = column.name == "birth" and layout.at("male") is not None and layout.at("female") is not None
            if layout.at(column.name) is None and not by_sex:
                raise FileFault("heading-missing", " / ".join(column.titles))
        self.unread_columns += [(table.name, letters(position)) for position in layout.unread]

    def _totals(self, table: Table) -> None:
        layout = find_layout(table, TOTALS_COLUMNS)
        if layout is None:
            self.unread_tables.append(table.name)
            return
        reader = RowReader(table, layout)
        for number, row in rows_below(table, layout):
            told = reader.read(number, row)
            if told is None or told.faults:
                continue
            try:
                area = self.choices.area_of(told.values.get("area"))
            except Wrong:
                continue
            self.totals.state(table.name, area, [(one, told.values[one]) for one in MEASURES if one in told.values])

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
                if position is not None or len(first) >= 30:  # noqa: PLR2004 - as headings are looked for
                    break
            if position is None:
                yield Table(table.name, _chained(first, rows), json=table.json)
                continue
            for number, row in rows:
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


def _chained(first: Iterable[tuple[int, Row]], rest: Iterator[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    yield from first
    yield from rest


def which_list(name: str) -> MonthlyList | None:
    """Give a list by name."""
    number = list_named(name)
    return None if number is None else LISTS[number]
