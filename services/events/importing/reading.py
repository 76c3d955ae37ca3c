"""What do the cells of one row say, column by column, and which of them are wrong?"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from services.events.importing.columns import Layout, letters
from services.events.importing.drafts import Places, placed
from services.events.importing.faults import Unsure, Wrong
from services.events.importing.tables import Box, Row, Table
from services.events.importing.verdicts import Fault
from services.events.rules.numbers import against

# One value for the rows of a household is a way to write; anything else that is merged hides what was there.
MAY_BE_MERGED = frozenset({"area", "household_number", "sheet", "household_type", "address", "on", "line"})

# What is left of a personal number that begins with two zeros.
CUT = 10


class Told(msgspec.Struct, gc=False):
    """What a row says: values by the names of columns, what is wrong, and what was read as unknown."""

    row: int
    values: dict[str, Any]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


class RowReader:
    """Reads the rows of one table."""

    def __init__(self, table: Table, layout: Layout) -> None:
        self._columns = [(position, column.name, column.read) for position, column in layout.columns]
        self._whose_cards = [name.removesuffix("bhyt") for _, name, _ in self._columns if name.endswith("bhyt")]
        self._width = max((position + 1 for position, _ in layout.columns), default=0)
        self._layout = layout
        self._json = table.json
        self._merged = _Merged(table.merged, {position: column.name for position, column in layout.columns})

    def fault(self, row: int, position: int | None, code: str) -> Fault:
        """Name a place: the cell, and what is written above it."""
        if position is None:
            return Fault(row, code)
        return placed(row, code, *self._place(position))

    def places(self, sends: Mapping[str, str]) -> Places:
        """Say where the fields of a payload stand, a column's own name unless `sends` names its field."""
        fields: dict[str, str] = {}
        for name, field in (*sends.items(), *((name, name) for _, name, _ in self._columns)):
            fields.setdefault(field, name)
        found = ((field, self._layout.at(name)) for field, name in fields.items())
        return Places({field: self._place(position) for field, position in found if position is not None})

    def _place(self, position: int) -> tuple[str, str]:
        """Give the letters of a column, which lines of JSON have not, and what is written above it."""
        return "" if self._json else letters(position), self._layout.headings.get(position, "")

    def read(self, number: int, row: Row) -> Told | None:
        """Read a row; None for one in which no column of ours says anything."""
        if len(row) < self._width:
            row = [*row, *[None] * (self._width - len(row))]
        faults: tuple[Fault, ...] = ()
        warnings: tuple[Fault, ...] = ()
        try:
            values = self._clean(row)
        except (Wrong, Unsure):
            values, faults, warnings = self._cell_by_cell(number, row)
        if self._merged.any:
            faults = (*faults, *(self.fault(number, position, "merged-cells") for position in self._merged.at(number)))
        if "male" in values or "female" in values:
            faults = (*faults, *self._by_sex(number, values))
        if not values and not faults:
            return None
        for whose in self._whose_cards:
            if _card_or_number(values, whose):
                warnings = (*warnings, self.fault(number, self._layout.at(f"{whose}bhyt"), "card-or-number"))
        return Told(number, values, faults, warnings)

    def _clean(self, row: Row) -> dict[str, Any]:
        """Read a row in which nothing is wrong, as most are."""
        return {
            name: value
            for position, name, read in self._columns
            if (cell := row[position]) is not None and cell != "" and (value := read(cell)) is not None
        }

    def _cell_by_cell(self, number: int, row: Row) -> tuple[dict[str, Any], tuple[Fault, ...], tuple[Fault, ...]]:
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        warnings: list[Fault] = []
        for position, name, read in self._columns:
            if (cell := row[position]) is None or cell == "":
                continue
            try:
                value = read(cell)
            except Wrong as wrong:
                faults.append(self.fault(number, position, wrong.code))
                continue
            except Unsure:
                value = "unknown"
                warnings.append(self.fault(number, position, "place-not-read"))
            if value is not None:
                values[name] = value
        return values, tuple(faults), tuple(warnings)

    def _by_sex(self, number: int, values: dict[str, Any]) -> Iterable[Fault]:
        """Read the two columns that stand for the sexes, each with a mark or the birth date."""
        told = {sex: values.pop(sex) for sex in ("male", "female") if sex in values}
        if len(told) > 1 or values.get("sex", next(iter(told))) not in told:
            return (self.fault(number, self._layout.at("female") or self._layout.at("male"), "sex-twice"),)
        ((sex, value),) = told.items()
        values["sex"] = sex
        if isinstance(value, str):
            values.setdefault("birth", value)
        return ()


def _card_or_number(values: dict[str, Any], whose: str) -> bool:
    """Say whether somebody's card is also what a spreadsheet would leave of her personal number."""
    told = values.get(f"{whose}bhyt", "")
    kind, card = told if isinstance(told, tuple) else ("bhyt", told)
    birth = values.get(f"{whose}birth")
    if kind != "bhyt" or len(card) != CUT or birth is None or f"{whose}pid" in values:
        return False
    return not against(f"00{card}", values.get(f"{whose}sex", "unknown"), birth)


class _Merged:
    """Merged cells below the headings that hide a value of a person; asked for rows in order."""

    def __init__(self, boxes: Iterable[Box], names: dict[int, str]) -> None:
        self._coming = deque(sorted(box for box in boxes if not _harmless(box, names)))
        self._until: dict[int, int] = {}
        self.any = bool(self._coming)

    def at(self, number: int) -> list[int]:
        """Give the first positions of merged cells in a row."""
        while self._coming and self._coming[0][0] <= number:
            _, first, bottom, _ = self._coming.popleft()
            self._until[first] = max(bottom, self._until.get(first, 0))
        self._until = {first: bottom for first, bottom in self._until.items() if bottom >= number}
        return sorted(self._until)


def _harmless(box: Box, names: dict[int, str]) -> bool:
    _, first, _, last = box
    covered = {names[position] for position in range(first, last + 1) if position in names}
    return not covered or (first == last and covered <= MAY_BE_MERGED)
