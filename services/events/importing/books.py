"""How does an A0 book become registrations: one row a person, the rows of a household together?

A household that spreads over a second couple's sheet (XXX.1, XXX.2) is one household with people on its sheets.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from contracts.kinds.household import LARGEST_SHEET, HouseholdRegistered
from contracts.kinds.regrouping import HouseholdSheetOpened
from services.events.importing.book_columns import OF_HOUSEHOLD, OF_NOBODY, PLAIN, WORDS
from services.events.importing.choices import Choices
from services.events.importing.columns import Layout, rows_below
from services.events.importing.derived import entity_id
from services.events.importing.drafts import Draft, OfTable, Stated, Unfit, draft
from services.events.importing.faults import Misfit, Wrong
from services.events.importing.headings import numbers_of
from services.events.importing.reading import RowReader, Told
from services.events.importing.roster import Ledger, plain_number
from services.events.importing.tables import Row, Table
from services.events.importing.totals import totals_of
from services.events.importing.verdicts import Fault

ROWS_AHEAD = 2_000
# Columns that stand in a payload under another field.
SENDS = {"household_number": "number", "phone": "contacts"}


_Key = tuple[str, str]


@dataclass
class _Home:
    """A household whose rows are being read."""

    key: _Key
    first: Told
    people: list[Told] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Book:
    """Reads the households of one table."""

    def __init__(self, table: Table, layout: Layout, choices: Choices, ledger: Ledger | None) -> None:
        self._table, self._layout, self._choices, self._ledger = table, layout, choices, ledger
        self._reader = RowReader(table, layout)
        # Most rows say the same as the row above.
        self._area_of = lru_cache(maxsize=1 << 10)(choices.area_of)
        self._words_alone = {column.name for _, column in layout.columns} <= WORDS | {"household_number", "sheet"}

    def read(self, seen: set[_Key]) -> Iterator[OfTable]:
        """Give each household as drafts, or what is wrong with its rows; `seen` are those of all tables so far."""
        yield self._reader.places(SENDS)
        home: _Home | None = None
        summing = False
        for row, told in self._told():
            totals = totals_of(row, within=summing, numbered="household_number" in told.values)
            summing = totals is not None
            if totals is not None:
                yield Stated(self._table.name, "", totals)
                continue
            found, faults = self._place(told, home)
            if found is None:
                # It may belong to the household above, which must not come in without it.
                if home is None:
                    yield Unfit(self._table.name, (told.row,), (*told.faults, *faults))
                else:
                    home.rows.append(told.row)
                    home.faults += [*told.faults, *faults]
                continue
            if home is None or home.key != found:
                if home is not None:
                    yield from self._finish(home)
                home = _Home(found, told)
                if found in seen:
                    home.faults.append(self._fault(told, "household_number", "household-twice"))
                seen.add(found)
            self._take(home, told, faults)
        if home is not None:
            yield from self._finish(home)

    def _told(self) -> Iterator[tuple[Row, Told]]:
        """Read some rows at a time; the ledger looks the areas of the next ones up while these are checked."""
        rows = (
            (row, told)
            for number, row in rows_below(self._table, self._layout)
            if (told := self._reader.read(number, row)) is not None
        )
        ready: list[tuple[Row, Told]] = []
        while coming := list(islice(rows, ROWS_AHEAD)):
            if self._ledger is not None:
                self._ledger.expect(self._areas({told.values.get("area") for _, told in coming}))
            yield from ready
            ready = coming
        yield from ready

    def _areas(self, told: set[str | None]) -> Iterator[str]:
        for one in told:
            with suppress(Wrong):
                yield self._area_of(one)

    def _fault(self, told: Told, column: str, code: str) -> Fault:
        return self._reader.fault(told.row, self._layout.at(column), code)

    def _place(self, told: Told, home: _Home | None) -> tuple[_Key | None, list[Fault]]:
        """Say to which household a row belongs: one without a number goes on with the one above."""
        values = told.values
        number = values.get("household_number")
        if number is None:
            bad = any(
                fault.column == self._layout.headings.get(self._layout.at("household_number") or 0)
                for fault in told.faults
            )
            if home is None or bad or values.get("relation") == "head":
                return None, [] if bad else [self._fault(told, "household_number", "household-number-missing")]
            if values.keys() <= WORDS and not self._words_alone and not told.faults:
                return None, [self._fault(told, "household_number", "row-unclear")]
            if home.people and (sheet := home.people[-1].values.get("sheet")) is not None:
                values.setdefault("sheet", sheet)
            return home.key, []
        try:
            told_area = values.get("area")
            same = told_area is None and home is not None and not self._choices.area
            area = home.key[0] if same and home is not None else self._area_of(told_area)
        except Wrong as wrong:
            return None, [self._fault(told, "area", wrong.code)]
        if number[1] is not None:
            values.setdefault("sheet", number[1])
        return (area, plain_number(number[0])), []

    def _take(self, home: _Home, told: Told, faults: list[Fault]) -> None:
        home.rows.append(told.row)
        home.faults += [*told.faults, *faults]
        if told is not home.first:
            for name in OF_HOUSEHOLD:
                value = told.values.get(name)
                if value is not None and value != home.first.values.get(name):
                    home.faults.append(self._fault(told, name, "household-differs"))
        if not told.values.keys() <= OF_NOBODY:
            home.people.append(told)

    def _finish(self, home: _Home) -> Iterator[Draft | Unfit]:
        rows = tuple(home.rows)
        if len(home.people) > LARGEST_SHEET:
            home.faults.append(self._fault(home.people[LARGEST_SHEET], "household_number", "household-too-large"))
        payload, warnings = self._payload(home) if not home.faults else ({}, [])
        if not home.faults:
            self._check_places(home, payload)
        if home.faults:
            yield Unfit(self._table.name, rows, tuple(home.faults))
            return
        yield draft(
            HouseholdRegistered,
            payload,
            self._table.name,
            rows,
            told=(home.first.row, *(told.row for told in home.people)),
            area=home.key[0],
            sexes=tuple([member["sex"] for member in payload["members"]]),
            households=1,
            warnings=tuple(warnings),
        )
        yield from self._sheets(home, payload)

    def _sheets(self, home: _Home, payload: dict[str, Any]) -> Iterator[Draft]:
        """Put people on the sheets that their rows name."""
        sheets: dict[str, list[tuple[int, str]]] = {}
        for told, member in zip(home.people, payload["members"], strict=True):
            if "sheet" in told.values:
                sheets.setdefault(told.values["sheet"], []).append((told.row, member["person"]))
        for sheet, people in sorted(sheets.items()):
            opened = {"on": payload["on"], "household": payload["household"], "sheet": sheet}
            opened["people"] = [person for _, person in people]
            rows = tuple(row for row, _ in people)
            yield draft(HouseholdSheetOpened, opened, self._table.name, rows, follows=True)

    def _payload(self, home: _Home) -> tuple[dict[str, Any], list[Fault]]:
        """Write the sheet; what is wrong between its rows goes to the household's faults."""
        area, number = home.key
        first = home.first.values
        on = first.get("on") or self._choices.on
        household = entity_id(area, "household", number)
        payload: dict[str, Any] = {
            "on": on,
            "household": household,
            "area": area,
            "number": first["household_number"][0],
        }
        if not on:
            home.faults.append(self._fault(home.first, "on", "date-missing"))
        elif on > self._choices.today:
            home.faults.append(self._fault(home.first, "on", "date-in-the-future"))
        payload["type"] = first.get("household_type") or "family"
        if "address" in first:
            payload["personal"] = {"address": first["address"]}
        payload["members"] = members = [
            self._member(home, told, entity_id(area, "person", number, index), on)
            for index, told in enumerate(home.people)
        ]
        heads = [index for index, told in enumerate(home.people) if told.values.get("relation") == "head"]
        if len(heads) > 1:
            home.faults.append(self._fault(home.people[heads[1]], "relation", "head-twice"))
        elif heads:
            payload["head"] = members[heads[0]]["person"]
            _marry(members, heads[0])
        self._link_mothers(home, members)
        warnings = [warning for told in home.people for warning in told.warnings]
        headless = bool(members) and not heads and payload["type"] == "family"
        return payload, [self._fault(home.first, "relation", "no-head"), *warnings] if headless else warnings

    def _member(self, home: _Home, told: Told, person: str, on: str) -> dict[str, Any]:
        values = told.values
        member: dict[str, Any] = {"person": person, "sex": values.get("sex") or "unknown"}
        member |= {name: values[name] for name in PLAIN if name in values}
        birth = values.get("birth")
        if birth is not None and on and birth > on[: len(birth)]:
            home.faults.append(self._fault(told, "birth", "born-after-date"))
        try:
            personal = personal_of(values)
        except Misfit as misfit:
            home.faults.append(self._fault(told, misfit.column, misfit.code))
            personal = {}
        if personal and "name" not in personal:
            home.faults.append(self._fault(told, "name", "name-missing"))
        if personal:
            member["personal"] = personal
        return member

    def _link_mothers(self, home: _Home, members: Sequence[dict[str, Any]]) -> None:
        asked = [
            (told, member) for told, member in zip(home.people, members, strict=True) if "mother_line" in told.values
        ]
        lines = {told.values.get("line", index + 1): index for index, told in enumerate(home.people) if asked}
        for told, member in asked:
            index = lines.get(told.values["mother_line"])
            if index is None or members[index] is member:
                home.faults.append(self._fault(told, "mother_line", "line-unknown"))
            else:
                member["mother"] = members[index]["person"]

    def _check_places(self, home: _Home, payload: dict[str, Any]) -> None:
        """Look the area and the number up where there is a ledger to look into."""
        if self._ledger is None:
            return
        area, number = home.key
        roster = self._ledger.area(area)
        if roster.area is None:
            home.faults.append(self._fault(home.first, "area", "area-unknown"))
        elif any(other != payload["household"] for _, other in roster.households.get(number, ())):
            home.faults.append(self._fault(home.first, "household_number", "household-number-taken"))


def personal_of(values: dict[str, Any]) -> dict[str, Any]:
    """Write what identifies a person."""
    personal: dict[str, Any] = {"name": values["name"]} if "name" in values else {}
    numbers = [{"type": kind, "value": number} for kind, (_, number) in numbers_of(values).items()]
    if numbers:
        personal["identifiers"] = numbers
    if "phone" in values:
        personal["contacts"] = [{"type": "phone", "value": values["phone"]}]
    return personal


def _marry(members: Sequence[dict[str, Any]], index: int) -> None:
    """Link the head and the only spouse where the book says of both that they are married."""
    spouses = [one for one in members if one.get("relation") == "spouse"]
    head_ = members[index]
    if len(spouses) == 1 and head_.get("marital") == spouses[0].get("marital") == "married":
        head_["spouse"], spouses[0]["spouse"] = spouses[0]["person"], head_["person"]
