"""Who truly lives where, and which departure belongs to which arrival? Read from the true reports alone.

The true reports contradict nothing, so that a naive reading in order of day, class and telling is the truth.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from contracts.event import Event
from contracts.kinds.correction import corrected
from twin.errors import truth
from twin.errors.reading import READ, Reading
from twin.errors.telling import Telling, described
from twin.reports import encode

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class _Dated(msgspec.Struct):
    on: str


_day = msgspec.json.Decoder(_Dated).decode


class Lives:
    """Takes true reports as they are told, and reads them at the end."""

    def __init__(self) -> None:
        self.first: dict[str, str] = {}
        self.last_day = ""
        self._causes: dict[str, tuple[type[Event], bytes]] = {}
        self._corrections: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        self._voided: set[str] = set()

    def take(self, telling: Telling) -> None:
        """Take one true report."""
        report, kind, data = telling.event, telling.kind, telling.data
        self.last_day = max(self.last_day, telling.on)
        if kind == "fact.voided":
            self._voided.add(data["fact"])
        elif kind == "fact.corrected":
            self._corrections.setdefault(data["fact"], []).append((report, data))
        elif kind in READ:
            self._causes[report] = (telling.payload, encode(data))
            for person in described(telling):
                self.first.setdefault(person["person"], report)

    def description(self, person: str) -> dict[str, Any]:
        """Give what the first report of somebody said of her, as far as it is put right by now."""
        data = self._right(self.first[person])
        return next(one for one in (data, *data.get("members", ())) if one.get("person") == person)

    def birth(self, person: str) -> str | None:
        """Give the birth date of somebody."""
        if person not in self.first:
            return None
        told = self.description(person)
        birth: str | None = told.get("birth", told.get("on"))
        return birth

    def read(self) -> Iterator[truth.Double | truth.Move | truth.Person]:
        """Give doubles that the true reports themselves tell of, moves in order, then everybody as she is."""
        reading = Reading()
        for report, kind, data in self._in_order():
            READ[kind](reading, report, data)
        for double, of in reading.doubles.items():
            yield truth.Double(double, of)
        yield from reading.moves
        for person, life in reading.people.items():
            if life.way is not None:
                report, on, area = life.way
                yield truth.Move(person, report, on, area)
        for person, life in reading.people.items():
            if person not in reading.doubles:
                household, area = reading.home(life)
                known = (life.sex, life.birth, life.name, life.number)
                yield truth.Person(person, life.status, *known, area, household)

    def _in_order(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        causes = []
        for order, (report, (event, raw)) in enumerate(self._causes.items()):
            if report in self._voided:
                continue
            on = self._right(report)["on"] if report in self._corrections else _day(raw).on
            causes.append((on, event.rank(order), report))
        causes.sort()
        for _, _, report in causes:
            yield report, self._causes[report][0].kind, self._right(report)

    def _right(self, report: str) -> dict[str, Any]:
        """Give what a report says with its corrections."""
        data = _decode(self._causes[report][1])
        for correction, told in self._corrections.get(report, ()):
            if correction not in self._voided:
                data = corrected(data, told["changes"], told.get("member"))
        return data
