"""Which columns does a table have, as people head them: Vietnamese or English, with marks or without?"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain, zip_longest

from services.events.importing.cells import Reader
from services.events.importing.faults import FileFault
from services.events.importing.tables import Row, Table
from services.events.importing.words import plain

ROWS_TRIED = 30
FEWEST_MATCHED = 2
ALIKE, SHORTEST_MISSPELT = 0.86, 5
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_MARK = re.compile(r"\(?([0-9]{1,2}|[A-Za-z])\)?")


@dataclass(frozen=True, slots=True)
class Column:
    """What one column says: `titles` English and Vietnamese, `also` other headings, `codes` its list of words, `offers`
    the few words of one that has no such list.
    """

    name: str
    titles: tuple[str, str]
    read: Reader
    also: tuple[str, ...] = ()
    codes: str = ""
    needed: bool = False
    offers: tuple[tuple[str, str], ...] = ()

    @property
    def headings(self) -> Iterator[str]:
        """Every heading that means this column, folded."""
        return (plain(one) for one in (self.name, *self.titles, *self.also))


@dataclass(frozen=True)
class Layout:
    """Where which column stands: positions from 0, and what is written above; the `unread` mean nothing to us."""

    columns: tuple[tuple[int, Column], ...]
    headings: dict[int, str]
    last_row: int
    titles: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()
    waiting: tuple[tuple[int, Row], ...] = field(default=(), repr=False)
    above: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    def at(self, name: str) -> int | None:
        """Give where a column stands."""
        return next((position for position, column in self.columns if column.name == name), None)


def letters(position: int) -> str:
    """Name a position as a spreadsheet does: 0 is A, 27 is AB."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def find_layout(table: Table, columns: Sequence[Column]) -> Layout | None:
    """Find the row of headings among the first rows, and read it; None where there is none."""
    known = {heading: column for column in columns for heading in column.headings}
    first: list[tuple[int, Row]] = []
    best, most = -1, FEWEST_MATCHED - 1
    for index, (number, row) in enumerate(table.rows):
        first.append((number, row))
        matched = len({column.name for text in row if (column := _match(text, known)) is not None})
        if matched > most:
            best, most = index, matched
        if index + 1 >= ROWS_TRIED:
            break
    if best < 0:
        return None
    return _layout(first, best, known)


def rows_below(table: Table, layout: Layout) -> Iterator[tuple[int, Row]]:
    """Give the rows below the headings; where these stand anew, as on each printed page, they are left out."""
    again = False
    for number, row in chain(layout.waiting, table.rows):
        again = _stands_anew(row, layout.above, within=again)
        if not again:
            yield number, row


def _stands_anew(row: Row, above: Sequence[Sequence[str]], *, within: bool) -> bool:
    """Say whether a row is the first of the headings again, or `within` them another or the numbers of columns."""
    return any(_same(row, one) for one in (above if within else above[:1])) or (within and _counts_columns(row))


def _same(row: Row, folded: Sequence[str]) -> bool:
    return all(_folded(one) == two for one, two in zip_longest(row, folded, fillvalue=""))


def _folded(cell: object) -> str:
    return plain(str(cell or ""))


def _layout(first: list[tuple[int, Row]], best: int, known: dict[str, Column]) -> Layout:
    headings = {
        position: text for position, text in enumerate(first[best][1]) if isinstance(text, str) and text.strip()
    }
    found = {position: column for position, text in headings.items() if (column := _match(text, known)) is not None}
    below = best + 1
    # `Hộ số (1)` means what `Hộ số` means.
    numbered = below < len(first) and _counts_columns(first[below][1])
    if below < len(first) and not numbered and (more := _second_row(first[best][1], first[below][1], known)):
        found |= more
        headings |= {position: str(first[below][1][position]) for position in more}
        below += 1
    above = tuple(tuple(map(_folded, row)) for _, row in first[best:below])
    while below < len(first) and _counts_columns(first[below][1]):
        below += 1
    _only_once(found, headings)
    return Layout(
        tuple(sorted(found.items(), key=lambda one: one[0])),
        {position: " ".join(text.split()) for position, text in headings.items()},
        first[below - 1][0],
        tuple(_texts(row for _, row in first[:best])),
        tuple(sorted((headings.keys() | _filled(first[below:])) - found.keys())),
        tuple(first[below:]),
        above,
    )


def misspelt(layout: Layout, columns: Iterable[Column], known: Container[str]) -> list[int]:
    """Find unread columns whose heading is nearly that of a column which the table lacks, and none of the `known`."""
    lacking = [one for column in columns if layout.at(column.name) is None for one in column.headings]
    return [
        position
        for position in layout.unread
        if len(text := plain(layout.headings.get(position, ""))) >= SHORTEST_MISSPELT
        and text not in known
        and get_close_matches(text, lacking, n=1, cutoff=ALIKE)
    ]


def _filled(rows: Sequence[tuple[int, Row]]) -> set[int]:
    """Give the positions at which most rows say something, with a heading or without."""
    filled = Counter(position for _, row in rows for position, value in enumerate(row) if value not in (None, ""))
    return {position for position, times in filled.items() if 2 * times > len(rows)}


def _match(text: object, known: dict[str, Column]) -> Column | None:
    if not isinstance(text, str) or len(text) > 100:  # noqa: PLR2004 - no heading is that long
        return None
    bare = _PARENTHESES.sub(" ", text)
    for one in (text, bare, text.split("\n")[0], *_PARENTHESES.findall(text), re.sub(r"^\s*\d+[.)]\s*", "", bare)):
        column = known.get(plain(one))
        if column is not None:
            return column
    return None


def _second_row(upper: Row, lower: Row, known: dict[str, Column]) -> dict[int, Column]:
    """Read a second row of headings, as `Nam` and `Nữ` below `Ngày sinh`: all of its cells must be headings."""
    found: dict[int, Column] = {}
    above = ""
    for position, text in enumerate(lower):
        over = upper[position] if position < len(upper) else None
        above = str(over) if over else above
        if text is None or (isinstance(text, str) and not text.strip()):
            continue
        column = _match(f"{above} {text}", known) or _match(text, known)
        if column is None:
            return {}
        found[position] = column
    return found if len(found) >= FEWEST_MATCHED else {}


def _counts_columns(row: Row) -> bool:
    """Say whether a row only numbers the columns: A, B, 1, 2, 3."""
    texts = [str(value).strip() for value in row if value not in (None, "")]
    marks = [found[1] for text in texts if (found := _MARK.fullmatch(text))]
    numbers = [int(mark) for mark in marks if mark.isdigit()]
    return (
        len(marks) == len(texts) > FEWEST_MATCHED and numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 1
    )


def _only_once(found: dict[int, Column], headings: dict[int, str]) -> None:
    seen: dict[str, int] = {}
    for position, column in sorted(found.items(), key=lambda one: one[0]):
        if column.name in seen:
            raise FileFault("heading-twice", f"{letters(seen[column.name])}, {letters(position)}: {headings[position]}")
        seen[column.name] = position


def _texts(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        for value in row:
            if isinstance(value, str) and value.strip():
                yield value
