"""How does a P0 form become reports: one row an event, people found by number, or by name, birth and household?"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from contracts.person import identifier_key
from services.events.importing.books import personal_of
from services.events.importing.choices import Choices
from services.events.importing.columns import Layout, rows_below
from services.events.importing.derived import entity_id, report_id
from services.events.importing.drafts import Draft, OfTable, Stated, Unfit, canonical, draft
from services.events.importing.faults import Misfit, Wrong
from services.events.importing.headings import NUMBERS, numbers_of
from services.events.importing.list_shapes import MonthlyList, Who
from services.events.importing.reading import RowReader, Told
from services.events.importing.roster import Ledger, Resident, Roster, fits
from services.events.importing.tables import Table
from services.events.importing.totals import totals_of
from services.events.importing.verdicts import Fault
from services.events.importing.words import plain


class Sheet:
    """Reads one list; `brought` counts who was brought on the books by rows of the same key."""

    def __init__(
        self,
        table: Table,
        layout: Layout,
        which: MonthlyList,
        choices: Choices,
        ledger: Ledger,
        brought: Counter[tuple[str, ...]],
    ) -> None:
        self._table, self._layout, self._which, self._choices = table, layout, which, choices
        self._ledger, self._brought = ledger, brought
        self._reader = RowReader(table, layout)

    def read(self) -> Iterator[OfTable]:
        """Give each row as the draft of a report, or what is wrong with it."""
        yield self._reader.places(self._which.sends)
        summing = False
        for number, row in rows_below(self._table, self._layout):
            told = self._reader.read(number, row)
            if told is None:
                continue
            totals = totals_of(row, within=summing, numbered="household_number" in told.values)
            summing = totals is not None
            if totals is not None:
                yield Stated(self._table.name, "", totals)
            elif told.faults:
                yield Unfit(self._table.name, (number,), told.faults)
            else:
                yield self._report(told)

    def _report(self, told: Told) -> Draft | Unfit:
        warnings = list(told.warnings)
        try:
            area = self._area(told)
            payload = self._payload(told, area, warnings)
            named = tuple(self._named(told, area, payload))
        except Misfit as misfit:
            return Unfit(self._table.name, (told.row,), (self._fault(told, misfit.column, misfit.code),))
        return draft(
            self._which.kind,
            payload,
            self._table.name,
            (told.row,),
            area=area,
            named=named,
            warnings=tuple(warnings),
        )

    def _fault(self, told: Told, column: str, code: str) -> Fault:
        return self._reader.fault(told.row, self._layout.at(column), code)

    def _area(self, told: Told) -> str:
        try:
            area = self._choices.area_of(told.values.get("area"))
        except Wrong as wrong:
            raise Misfit("area", wrong.code) from None
        if self._roster(area).area is None:
            raise Misfit("area", "area-unknown")
        return area

    def _roster(self, area: str) -> Roster:
        return self._ledger.roster(area)

    def _payload(self, told: Told, area: str, warnings: list[Fault]) -> dict[str, Any]:
        which, values = self._which, told.values
        payload = self._values(told, warnings)
        if which.shape is not None:
            payload |= which.shape(values)
        self._check_day(payload.get("on"), "on" if self._layout.at("on") is not None else "birth")
        numbered = which.household or "household_number" in values
        household = self._household(told, area, payload["on"]) if numbered else None
        if which.household:
            payload["household"] = household
        if which.described:
            payload.setdefault("sex", "unknown")
            if personal := personal_of(values):
                if "name" not in personal:
                    raise Misfit("name", "name-missing")
                payload["personal"] = personal
        for who in which.who:
            person = self._person(who, told, area, household, payload, warnings)
            if person is not None:
                payload[who.field] = person
        return payload

    def _values(self, told: Told, warnings: list[Fault]) -> dict[str, Any]:
        """Take the columns that go into the payload."""
        payload: dict[str, Any] = {}
        for column, field in self._which.sends.items():
            if column not in told.values:
                continue
            if field == "*":
                payload |= self._place(column, told, payload.get("on") or self._choices.today, warnings)
            else:
                payload[field] = told.values[column]
        return payload

    def _place(self, column: str, told: Told, on: str, warnings: list[Fault]) -> dict[str, str]:
        """Look up a place that is told in words; where not exactly one of the day bears the name, say what is sure."""
        said: dict[str, str] = told.values[column]
        if "named" not in said:
            return said
        found = self._ledger.named(said["named"], on)
        if len(found) != 1:
            warnings.append(self._fault(told, column, "place-unclear" if found else "place-not-read"))
        if column == "origin":
            return {"origin": found[0]} if len(found) == 1 else {}
        if not found:
            return {"destination": "unknown"}
        return {"destination": "inside_country"} | ({"place": found[0]} if len(found) == 1 else {})

    def _check_day(self, on: str | None, column: str) -> None:
        if on is None:
            raise Misfit(column, "required")
        if on > self._choices.today:
            raise Misfit(column, "date-in-the-future")
        if self._choices.month and not on.startswith(self._choices.month):
            raise Misfit(column, "date-outside-month")

    def _household(self, told: Told, area: str, on: str) -> str:
        number = told.values.get("household_number")
        if number is None:
            raise Misfit("household_number", "household-number-missing")
        found = self._roster(area).find_households(number[0], told.values.get("sheet") or number[1], on)
        if not found:
            raise Misfit("household_number", "household-unknown")
        if len(found) > 1:
            raise Misfit("household_number", "household-unclear")
        return found[0]

    def _person(
        self,
        who: Who,
        told: Told,
        area: str,
        household: str | None,
        payload: dict[str, Any],
        warnings: list[Fault],
    ) -> str | None:
        if who.how in ("new", "arriving"):
            return self._new(who, told, area, payload, warnings)
        values = {
            name.removeprefix(who.prefix): value for name, value in told.values.items() if name.startswith(who.prefix)
        }
        if not _names(who, told):
            if who.how == "told":
                return None
            raise Misfit(f"{who.prefix}name", "name-missing")
        try:
            found = self._find(who, values, self._roster(area), household)
        except Misfit as misfit:
            if who.how == "told" and misfit.code == "person-not-found":
                warnings.append(self._fault(told, f"{who.prefix}name", who.missing))
                return None
            before = self._meant_before(who, payload, self._roster(area), household)
            if before is None:
                raise
            return before
        if not fits(values.get("birth"), found.birth):
            warnings.append(self._fault(told, f"{who.prefix}birth", "birth-differs"))
        if not _may_be(values.get("sex"), found):
            warnings.append(self._fault(told, f"{who.prefix}sex", "sex-differs"))
        return found.id

    def _meant_before(self, who: Who, payload: dict[str, Any], roster: Roster, household: str | None) -> str | None:
        """Find whom a row meant that was imported before, where she has another name or birth date since."""
        if len(self._which.who) > 1:
            return None
        people = [one.id for one in roster.people.values() if household is None or household in one.households]
        kind, key = self._which.kind, self._choices.key
        reports = {
            report_id(kind.kind, payload["on"], canonical(payload | {who.field: person}), key): person
            for person in people
        }
        return next((reports[report] for report in self._ledger.told(reports)), None)

    def _named(self, told: Told, area: str, payload: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Give whom a row tells of with her sex, also who is on no books, and the household whose number it has."""
        people = self._roster(area).people
        for who in self._which.who:
            if not who.counts or not (who.field in payload or _names(who, told)):
                continue
            person = payload.get(who.field) or f"{who.field} of row {told.row}"
            known = people.get(person)
            sex = payload.get("sex") or (None if who.prefix else told.values.get("sex"))
            yield person, sex or ("unknown" if known is None else known.sex)
        if "household_number" in told.values:
            yield self._household(told, area, payload["on"]), "households"

    def _find(self, who: Who, values: dict[str, Any], roster: Roster, household: str | None) -> Resident:
        """Find exactly one: by a number, whose name must then agree, and whose birth date must be nobody else's of that
        name; else by name with birth date or household.

        Somebody whom a row names besides (a mother, a spouse) may live elsewhere, if her birth date is told.
        """
        name, birth = plain(values.get("name") or ""), values.get("birth")
        numbers = [(column, identifier_key(kind, number)) for kind, (column, number) in numbers_of(values).items()]
        for column, number in numbers:
            holders = roster.by_number.get(number, set())
            if len(holders) > 1:
                raise Misfit(f"{who.prefix}{column}", "person-unclear")
            for holder in map(roster.people.__getitem__, holders):
                if name and holder.name and holder.name != name:
                    raise Misfit(f"{who.prefix}name", "name-differs")
                if not fits(birth, holder.birth) and _bearing(roster, name, birth):
                    raise Misfit(f"{who.prefix}name", "person-unclear")
                return holder
        anywhere = household is None or (who.prefix and birth is not None)
        found = [person for person in _bearing(roster, name, birth) if anywhere or household in person.households]
        if len(found) > 1 and household is not None:
            found = [person for person in found if household in person.households] or found
        if len(found) > 1:
            found = [person for person in found if _may_be(values.get("sex"), person)] or found
        if not found:
            raise Misfit(f"{who.prefix}name", "person-not-found")
        if len(found) > 1 or (birth is None and household is None):
            raise Misfit(f"{who.prefix}name", "person-unclear")
        return found[0]

    def _new(self, who: Who, told: Told, area: str, payload: dict[str, Any], warnings: list[Fault]) -> str:
        """Name somebody new: by nothing personal, and by how many of the same key came before."""
        household, on = payload["household"], payload["on"]
        key = (self._which.name, household, on, payload["sex"], str(payload.get("birth")))
        self._once(area, key, told.values.get("name"))
        # Also of who is on the books already: twins keep their places in a list that is imported again.
        self._brought[area, *key] += 1
        numbers = frozenset(identifier_key(kind, number) for kind, (_, number) in numbers_of(told.values).items())
        name = plain(told.values.get("name") or "")
        if who.how == "arriving" and numbers:
            holders = self._ledger.holders(numbers)
            if len(holders) > 1:
                raise Misfit("name", "person-unclear")
            for holder, known in holders.items():
                if name and known and known != name:
                    raise Misfit("name", "name-differs")
                return holder
        person = entity_id(area, *key, self._brought[area, *key])
        roster = self._roster(area)
        on_the_books = roster.people.get(person)
        if on_the_books is not None and name and on_the_books.name not in ("", name):
            raise Misfit("name", "another-by-that-key")
        birth = payload.get("birth") or (on if who.how == "new" else None)
        if who.how == "arriving" and any(
            one.id != person and _alike(one, name, birth) for one in roster.people.values()
        ):
            warnings.append(self._fault(told, "name", "may-be-known"))
        roster.add(Resident(person, name, birth, numbers, frozenset((household,)), payload["sex"]))
        return person

    def _once(self, area: str, key: tuple[str, ...], name: str | None) -> None:
        """Refuse a row that was pasted twice; twins bear two names, which may differ in a tone alone."""
        if name is not None:
            named = (area, *key, name.lower())
            if self._brought[named]:
                raise Misfit("name", "row-twice")
            self._brought[named] += 1


def _bearing(roster: Roster, name: str, birth: str | None) -> list[Resident]:
    """List everybody of an area who has the name, and may have the birth date."""
    return [one for one in roster.people.values() if name and one.name == name and fits(birth, one.birth)]


def _may_be(sex: str | None, known: Resident) -> bool:
    """Say whether a sex that is told is somebody's on the books, as far as both are known."""
    return sex in (None, "unknown", known.sex) or known.sex == "unknown"


def _alike(known: Resident, name: str, birth: str | None) -> bool:
    """Say whether somebody on the books has the name, and the birth date to the day."""
    told = bool(name) and birth is not None and len(birth) == len("2025-01-01")
    return told and (known.name, known.birth) == (name, birth)


def _names(who: Who, told: Told) -> bool:
    return any(f"{who.prefix}{name}" in told.values for name in ("name", *NUMBERS))
