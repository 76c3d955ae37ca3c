"""How does a service declare a projection: its tables, and the pure function from fact to rows?

Rows are merged in any order, any number of facts at a time, from any partition first. So a table can only be
kept in one of three ways, and a row may say nothing that depends on what was written before.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import Any, Generic, TypeVar

from contracts.topics import FACTS
from kit.log.records import Record

Row = tuple[Any, ...]
T = TypeVar("T")

VERSION = "version"


class Merge(StrEnum):
    """How rows of one key meet."""

    UPSERT = "upsert"
    """The highest `version` of a key wins; what ended stays as a tombstone (a boolean `gone`)."""
    APPEND = "append"
    """Every row stands; a fact's rows are written once."""
    SUM = "sum"
    """Every column outside the key is added up; for small roll-ups only."""


class WrongDeclarationError(Exception):
    """A projection's declaration contradicts itself; found when the module is imported."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str


def columns(**types: str) -> tuple[Column, ...]:
    """`columns(id="uuid", version="int")`, in this order."""
    return tuple(Column(name, type_) for name, type_ in types.items())


# Compared by identity: a table is looked up for every row, and is declared once.
@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """`indexes` are what follows `on <table>` in SQL, as "(household)", "using gin (words)", "unique (code)"."""

    name: str
    columns: tuple[Column, ...]
    merge: Merge
    key: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    fillfactor: int = 100

    def __post_init__(self) -> None:
        missing = set(self.key) - set(self.names)
        if missing:
            raise WrongDeclarationError(f"{self.name}: the key names {sorted(missing)}, which are no columns")
        if self.merge is Merge.APPEND and self.key:
            raise WrongDeclarationError(f"{self.name}: an appended table has no key, only indexes")
        if self.merge is not Merge.APPEND and not self.key:
            raise WrongDeclarationError(f"{self.name}: a table kept by {self.merge} needs a key")
        if self.merge is Merge.UPSERT and VERSION not in self.values:
            raise WrongDeclarationError(f"{self.name}: an upserted table needs a `version` outside its key")
        if self.merge is Merge.SUM and not self.values:
            raise WrongDeclarationError(f"{self.name}: nothing to add up")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def values(self) -> tuple[str, ...]:
        """Columns outside the key; those of a summed table are its sums."""
        return tuple(name for name in self.names if name not in self.key)


@dataclass(frozen=True, eq=False)
class Projection(Generic[T]):
    """One read model. `rows` is pure: (record, decoded fact) -> pairs of table and row, in column order.

    A change of tables or of `rows` is a new `version`; the kit then builds it beside the serving one.
    Projections of a service that share one `decode` object decode each record once.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    decode: Callable[[bytes], T]
    rows: Callable[[Record, T], Iterable[tuple[Table, Row]]]
    topics: tuple[str, ...] = (FACTS,)

    def __post_init__(self) -> None:
        if len({table.name for table in self.tables}) != len(self.tables):
            raise WrongDeclarationError(f"{self.name}: two tables of one name")


AnyProjection = Projection[Any]


def merge_rows(table: Table, rows: Sequence[Row]) -> list[Row]:
    """What is left of a batch's rows once they met in memory; at most one row a key."""
    if table.merge is Merge.APPEND:
        return list(rows)
    key = itemgetter(*(table.names.index(name) for name in table.key))
    if table.merge is Merge.UPSERT:
        return _highest(rows, key, table.names.index(VERSION))
    return _sums(rows, key, [table.names.index(name) for name in table.values])


def _highest(rows: Sequence[Row], key: Callable[[Row], Any], version: int) -> list[Row]:
    best: dict[Any, Row] = {}
    for row in rows:
        found = best.setdefault(key(row), row)
        if found[version] < row[version]:
            best[key(row)] = row
    return list(best.values())


def _sums(rows: Sequence[Row], key: Callable[[Row], Any], values: Sequence[int]) -> list[Row]:
    sums: dict[Any, list[Any]] = {}
    for row in rows:
        found = sums.get(key(row))
        if found is None:
            sums[key(row)] = list(row)
        else:
            for value in values:
                found[value] += row[value]
    return [tuple(row) for row in sums.values() if any(row[value] for value in values)]
