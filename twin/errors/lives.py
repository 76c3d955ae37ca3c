"""Who truly lives where, and which departure belongs to which arrival? Read from the true reports alone.

The true reports contradict nothing, so that a naive reading in order of day, class and telling is the truth.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec
import numpy as np

from contracts.event import CATALOGUE
from contracts.kinds.correction import corrected
from twin.errors import truth
from twin.errors.causes import Causes
from twin.errors.reading import READ, SHEET, Reading
from twin.errors.telling import Telling, described


class _Dated(msgspec.Struct):
    on: str


class _Head(msgspec.Struct):
    id: str
    type: str
    data: _Dated


class _Cause(msgspec.Struct):
    id: str
    type: str
    data: dict[str, Any]


_head = msgspec.json.Decoder(_Head).decode
_cause = msgspec.json.Decoder(_Cause).decode


_HOMES = ("household", "founded")


class Lives:
    """Takes true reports as they are told, and reads them at the end; until then they wait in a file."""

    def __init__(self, file: BinaryIO) -> None:
        self.last_day = ""
        self._causes = Causes(file)
        self._first: dict[int, int] = {}
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
            place = self._causes.keep(telling.written())
            for person in described(telling):
                self._first.setdefault(_number(person["person"]), place)

    def first(self, person: str) -> str | None:
        """Give the first report of somebody."""
        place = self._first.get(_number(person))
        return None if place is None else _head(self._causes.line(place)).id

    def description(self, person: str) -> dict[str, Any]:
        """Give what the first report of somebody said of her, as far as it is put right by now."""
        data = self._right(self._first[_number(person)]).data
        return next(one for one in (data, *data.get("members", ())) if one.get("person") == person)

    def birth(self, person: str) -> str | None:
        """Give the birth date of somebody."""
        if _number(person) not in self._first:
            return None
        told = self.description(person)
        birth: str | None = told.get("birth", told.get("on"))
        return birth

    def read(self) -> Iterator[truth.Double | truth.Move | truth.Household | truth.Person]:
        """Give doubles that the true reports themselves tell of, moves in order, then households and people."""
        self._first.clear()
        order, changing = self._in_order()
        reading = Reading(changing)
        for cause in map(self._right, order):
            READ[_kind(cause)](reading, cause.id, cause.data)
        for double, of in reading.doubles.items():
            yield truth.Double(double, of)
        yield from reading.moves
        for person, life in reading.people.items():
            if life.way is not None:
                report, on, area = life.way
                yield truth.Move(person, report, on, area)
        for person, life in reading.people.items():
            if person not in reading.doubles:
                yield reading.person(person, life)
        for household, home in reading.homes.items():
            yield reading.household(household, home)
        for cause in map(self._right, order):
            if _kind(cause) == SHEET:
                yield from reading.at_home(cause.data)

    def _in_order(self) -> tuple[list[int], set[str]]:
        """Give the places of the causes that stand, in the order of the world, and of whom all but the sheets speak.

        Those are people, and households that end, begin, move or get another head.
        """
        days, ranks = np.zeros((2, len(self._causes)), dtype=np.int64)
        stand, changing = np.ones(len(self._causes), dtype=np.bool_), set[str]()
        for place in range(len(self._causes)):
            head = _head(self._causes.line(place))
            on, kind = head.data.on, CATALOGUE[head.type]
            if kind.kind != SHEET or head.id in self._corrections:
                data = self._right(place).data
                on = data["on"]
                told = (data, *data.get("members", ())) if kind.kind != SHEET else ()
                changing.update(one["person"] for one in told if "person" in one)
                if kind.kind.startswith("household.") and kind.kind != SHEET:
                    changing.update(data[name] for name in _HOMES if name in data)
            days[place], ranks[place] = int(on.replace("-", "")), kind.rank(place)
            stand[place] = head.id not in self._voided
        order = np.lexsort((ranks, days))
        return order[stand[order]].tolist(), changing

    def _right(self, place: int) -> _Cause:
        """Give a cause with its corrections."""
        cause = _cause(self._causes.line(place))
        for correction, told in self._corrections.get(cause.id, ()):
            if correction not in self._voided:
                cause.data = corrected(cause.data, told["changes"], told.get("member"))
        return cause


def _number(person: str) -> int:
    # Takes half the memory of the text.
    return int(person.replace("-", ""), 16)


def _kind(cause: _Cause) -> str:
    return CATALOGUE[cause.type].kind
