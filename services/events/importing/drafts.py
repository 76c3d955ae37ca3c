"""What do the rows of a file tell, before anybody has checked it as a report?

A file is read by one process and checked by another, so all of this crosses between the two as it stands here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from contracts.event import Event
from contracts.malformed import MALFORMED
from services.events.importing.contradicted import COLUMNS_OF
from services.events.importing.verdicts import Fault

canonical = msgspec.json.Encoder(order="sorted").encode


class Begun(msgspec.Struct, frozen=True, tag=True):
    """The first word on a file: its digest (SHA-256), and whether it is a book (`a0`) or lists (`p0`)."""

    digest: bytes
    form: str


class Places(msgspec.Struct, frozen=True, tag=True):
    """Where the fields of a table's payloads stand: by field, the letters of the column and the heading above."""

    columns: dict[str, tuple[str, str]]

    def fault(self, rows: Sequence[int], pointer: str, code: str) -> Fault:
        """Find the cell that a place of a payload came from; `rows` as a draft's `told`."""
        parts = pointer.split("/")
        index = parts.index("members") + 1 if "members" in parts else len(parts)
        row = rows[int(parts[index]) + 1] if index < len(parts) and len(rows) > 1 else rows[0]
        # Of a change, `relation` names the column that tells who is meant: what is told of her stands in old and new.
        named = (*(part for part in parts if part in {"old", "new"}), *reversed(parts))
        found = next((self.columns[part] for part in named if part in self.columns), None)
        if found is None:
            return Fault(row, code)
        return placed(row, code if code in MALFORMED else "not-acceptable", *found)

    def contradicted(self, row: int, code: str) -> Fault:
        """Find the cell of a row that tells what contradicts the record."""
        found = next((self.columns[one] for one in COLUMNS_OF.get(code, ()) if one in self.columns), ("", ""))
        return placed(row, code, *found)


def placed(row: int, code: str, letters: str, heading: str) -> Fault:
    """Say what is wrong in the column of these letters, if it has any."""
    return Fault(row, code, f"{letters}{row}" if letters else "", heading)


class Draft(msgspec.Struct, frozen=True, gc=False, tag=True):
    """A report as some rows tell it: `event` is its CloudEvents type, `data` its payload as JSON, names sorted.

    `told` are the rows that what is wrong stands in: the first, and for a sheet one for each member. `area`, `sexes`
    and `households` count towards the totals; of a list, whose rows may tell of the same people, `named` does: each
    person with her sex, and each household. One that `follows` goes with the report before it.
    """

    event: str
    on: str
    data: bytes
    table: str
    rows: tuple[int, ...]
    told: tuple[int, ...]
    area: str = ""
    sexes: tuple[str, ...] = ()
    households: int = 0
    named: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Fault, ...] = ()
    follows: bool = False


class Unfit(msgspec.Struct, frozen=True, gc=False, tag=True):
    """Rows that cannot be sent, and why."""

    table: str
    rows: tuple[int, ...]
    faults: tuple[Fault, ...]


class Stated(msgspec.Struct, frozen=True, tag=True):
    """What a sheet states of itself, by measure; `area` is empty for a whole table."""

    table: str
    area: str
    told: list[tuple[str, int]]


class Unread(msgspec.Struct, frozen=True, tag=True):
    """The last word on a file: the tables and the columns (table, letters) that nobody read."""

    tables: list[str]
    columns: list[tuple[str, str]]


OfTable = Places | Draft | Unfit | Stated
Found = Begun | OfTable | Unread


def draft(kind: type[Event], payload: Mapping[str, Any], table: str, rows: tuple[int, ...], **more: Any) -> Draft:
    """Draft a report of a kind; `more` as the fields of a draft are named, `told` the first row unless it says so."""
    more.setdefault("told", rows[:1])
    return Draft(kind.type_name(), payload["on"], canonical(payload), table, rows, **more)
