"""What is the state of the invented world, whom may something happen to this month, and what is still to be told?"""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any, TypeVar

import numpy as np

from contracts.ids import uuid7
from contracts.reference.units import REFORM
from twin import ids, names
from twin.draws import Draws, Ints
from twin.life.people import LONG_AGO, Homes, People, homes, people
from twin.numbers import Registers, card
from twin.places import Area
from twin.reports import clock, encode, line, milliseconds
from twin.stock.attributes import MARITAL
from twin.stock.columns import RELATIONS
from twin.stock.shapes import NOBODY
from twin.stock.sheets import Named, address

TRIES, NEIGHBOURS = 300, 600
EVENING, EVENINGS, HOUR = 17, 4, 3_600_000
REFORM_DAY = date.fromisoformat(REFORM)

Event = tuple[str, str, dict[str, Any]]
Number = TypeVar("Number", int, Ints)


def add_months(day: date, months: int) -> date:
    """Give the same day some months later; days beyond the 28th become the 28th of any other month."""
    if months == 0:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def _years(days: Number) -> Number:
    return days * 400 // 146_097


class World:
    """People, households and areas, each known by its row; reports wait until the day on which they are told."""

    def __init__(self, of: Named, registers: Registers, start: date, end: date) -> None:
        self.people: People = people(of, start.toordinal())
        self.homes: Homes = homes(of)
        self.areas: list[Area] = of.stock.areas
        self.abroad: dict[int, int] = {}
        self.using: dict[int, str] = {}
        self.pregnant: dict[int, int] = {}
        self.pregnancies: dict[int, int] = {}
        self.visited: dict[int, tuple[int, str]] = {}
        self.insured: dict[int, str] = {}
        self.insurances = 0
        self.away: set[int] = set()
        self.listed: dict[str, object] = {}
        self.counts: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.month, self.first = -1, start
        self.draws = Draws("before the first month")
        self._of, self._registers = of, registers
        self._begun = of.stock.first
        self._home_of = of.stock.household
        self._joined: dict[int, dict[int, None]] = {}
        self._came: dict[int, int] = {}
        self._numbers = [area.households for area in self.areas]
        self._last_moment = milliseconds(end, 0) - HOUR
        self._communes = {area.commune for area in self.areas}, {area.heir for area in self.areas}
        self._outbox: list[tuple[int, int, str, bytes]] = []
        self._in_order = 0

    def begin(self, month: int, first: date, draws: Draws) -> None:
        """Begin a month with a stream of chance of its own."""
        self.month, self.first, self.draws = month, first, draws
        self.counts, self.told = Counter(), Counter()
        self.living = np.flatnonzero(self.people.household[: self.people.size] >= 0)
        self.ages = self.ages_in(self.living, 0)

    def aged(self, first: int, last: int) -> tuple[Ints, Ints]:
        """List those who live here and are from `first` to below `last` years old, with their ages."""
        some = (self.ages >= first) & (self.ages < last)
        return self.living[some], self.ages[some]

    def ages_in(self, rows: Ints, months: int) -> Ints:
        """Give the ages that people have in some months."""
        then = add_months(self.first, months).toordinal()
        return np.clip(_years(then - self.people.birth[rows].astype(np.int64)), 0, 100)

    def age(self, row: int) -> int:
        """Give the age of a person in years at the beginning of the month."""
        return _years(self.first.toordinal() - int(self.people.birth[row]))

    def born(self, row: int) -> date:
        """Give the day of birth."""
        return date.fromordinal(int(self.people.birth[row]))

    def day(self) -> date:
        """Draw a day of this month, with some days left behind it for what follows."""
        return self.first + timedelta(days=self.draws.one(19) + 1)

    def person(self, row: int) -> str:
        """Give the id of a person."""
        return ids.text(self.people.raw[row])

    def household(self, home: int) -> str:
        """Give the id of a household."""
        return ids.text(self.homes.raw[home])

    def sex(self, row: int) -> str:
        """Give the code of somebody's sex."""
        return names.SEXES[self.people.sex[row]]

    def home(self, row: int) -> int:
        """Give the household in which somebody lives."""
        return int(self.people.household[row])

    def spouse(self, row: int) -> int:
        """Give somebody's spouse."""
        return int(self.people.spouse[row])

    def area(self, home: int) -> Area:
        """Give the area of a household."""
        return self.areas[int(self.homes.area[home])]

    def commune(self, home: int, on: date) -> str:
        """Give the commune in which a household lies on a day."""
        area = self.area(home)
        return area.commune if on < REFORM_DAY else area.heir

    def communes(self, on: date) -> set[str]:
        """Name the communes in which there are areas on a day."""
        return self._communes[on >= REFORM_DAY]

    def members(self, home: int) -> list[int]:
        """List those who live in a household."""
        lives = self.people.household
        found = []
        if home + 1 < len(self._begun):
            found = [row for row in range(int(self._begun[home]), int(self._begun[home + 1])) if lives[row] == home]
        return found + [row for row in self._joined.get(home, ()) if lives[row] == home]

    def stayed(self, row: int) -> bool:
        """Say whether somebody has lived in her household since before this month: on each of its days."""
        return self._came.get(row, NOBODY) < self.month

    def ready(self, row: int) -> bool:
        """Say whether somebody lives here and has not changed this month."""
        return bool(self.people.household[row] >= 0 and self.people.settled[row] < self.month)

    def calm(self, home: int) -> bool:
        """Say whether a household has a head, and nobody has come, gone or changed in it this month."""
        led = self.homes.head[home] >= 0 and self.homes.settled[home] < self.month
        return bool(led) and all(map(self.ready, self.members(home)))

    def find_home(self, may: Callable[[int], bool], near: int | None = None) -> int:
        """Draw a household in which nobody has changed this month and that may; NOBODY where there is none.

        With `near` it is looked for among the next ones in the books first: they are of the same commune mostly.
        """
        for tried in range(TRIES):
            home = self.draws.one(self.homes.size)
            if near is not None and tried < TRIES // 2:
                home = (near + self.draws.one(2 * NEIGHBOURS + 1) - NEIGHBOURS) % self.homes.size
            if not self.homes.ended[home] and may(home) and self.calm(home):
                return home
        return NOBODY

    def until(self, late: int) -> int:
        """Give the month up to which somebody rests whose last change is told `late` days after it."""
        return self.month + (late // 28 + 1 if late else 0)

    def rest(self, *rows: int, late: int = 0) -> None:
        """Let nothing else happen to people for a while."""
        for row in rows:
            self.people.settled[row] = self.until(late)

    def settle(self, row: int, home: int, relation: str = "other", late: int = 0) -> None:
        """Take a person out of her household and put her into another one, or into none."""
        old = int(self.people.household[row])
        if old >= 0:
            self.homes.settled[old] = self.until(late)
            if self.homes.head[old] == row:
                self.homes.head[old] = NOBODY
        self.people.household[row] = home
        if home == NOBODY:
            return
        self.homes.settled[home] = self.until(late)
        self._came[row] = self.until(late)
        self.people.relation[row] = RELATIONS.index(relation)
        if row >= len(self._home_of) or self._home_of[row] != home:
            self._joined.setdefault(home, {})[row] = None

    def unite(self, one: int, other: int, marital: str) -> None:
        """Give two people a marital status, and each other where they are a couple."""
        together = marital in {"married", "separated"}
        for person, partner in ((one, other), (other, one)):
            self.people.marital[person] = MARITAL.index(marital)
            self.people.spouse[person] = partner if together else NOBODY

    def add_person(self, sex: int, born: date, surname: int, given: int, told: date) -> int:
        """Take up somebody new, who lives nowhere yet."""
        row = self.people.add()
        self.people.raw[row] = ids.raw(self.new_id(milliseconds(told, 7)))
        self.people.household[row] = self.people.spouse[row] = self.people.mother[row] = NOBODY
        self.people.birth[row], self.people.sex[row] = born.toordinal(), sex
        self.people.surname[row], self.people.given[row] = surname, given
        self.people.settled[row] = self.month
        self.people.last_birth[row] = LONG_AGO
        return row

    def add_home(self, area: int, on: date) -> int:
        """Take up a new household without people."""
        home = self.homes.add()
        self.homes.raw[home] = ids.raw(self.new_id(milliseconds(on, 7)))
        self.homes.area[home], self.homes.head[home] = area, NOBODY
        self.homes.settled[home] = self.month
        return home

    def sheet_of(self, area: int) -> dict[str, Any]:
        """Begin the next sheet of an area's A0 book: its number, and the address line of who moves in."""
        self._numbers[area] += 1
        number = self._numbers[area]
        return {"number": str(number), "personal": {"address": address(number, self.areas[area])}}

    def personal(self, row: int, middle: int, on: date, home: int) -> dict[str, Any]:
        """Name somebody and give her numbers."""
        born, province = self.born(row), self.area(home).province
        name = names.text(int(self.people.surname[row]), middle, int(self.people.given[row]))
        number = self._registers.one(province, int(self.people.sex[row]), born.year)
        identifiers = [
            {"type": "pid", "value": f"{number:012d}"},
            {"type": "bhyt", "value": card(born, on, province, int(self._registers.cards(1)[0])).decode()},
        ]
        return {"name": name, "identifiers": identifiers}

    def sheet(self, row: int) -> str:
        """Give the report of the A0 sheet on which somebody stands; empty for those who came later."""
        return ids.text(self._of.sheet[self._home_of[row]]) if row < len(self._home_of) else ""

    def new_id(self, told: int) -> str:
        """Make an id that carries `told`, in milliseconds since 1970."""
        return uuid7(
            told, (self.draws.one(1 << 31) << 48 | self.draws.one(1 << 31) << 17 | told & 0x1FFFF).to_bytes(10)
        )

    def tell(self, home: int, on: date, events: list[Event], late: int = 0) -> list[str]:
        """Have a household's collaborator tell events in this order in one evening, `late` days after the day."""
        evening = milliseconds(on + timedelta(days=late), EVENING) + self.draws.one(EVENINGS) * HOUR
        return self.tell_at(evening + self.draws.one(3_000_000), f"/collaborators/{self.area(home).id}", events)

    def tell_of(self, row: int, kind: str, told: dict[str, Any], on: date | None = None) -> bool:
        """Tell what happened to somebody on a day, or on any of this month; nobody changes twice in a month."""
        on = on or self.day()
        self.rest(row)
        who = self.person(row)
        self.tell(self.home(row), on, [(kind, who, {"on": on.isoformat(), "person": who, **told})])
        return True

    def tell_at(self, told: int, source: str, events: list[Event]) -> list[str]:
        """Have events told at a moment; several belong together and share a correlation."""
        told = min(told, self._last_moment)
        reports = [self.new_id(told + step * 1000) for step in range(len(events))]
        together = reports[0].encode() if len(events) > 1 else b""
        for step, (report, (kind, subject, data)) in enumerate(zip(reports, events, strict=True)):
            moment = told + step * 1000
            self._in_order += 1
            body = encode(data)
            written = line(
                report.encode(), clock(moment), source.encode(), kind.encode(), subject.encode(), body, together
            )
            heappush(self._outbox, (moment, self._in_order, kind, written))
        return reports

    def due(self, until: date) -> list[bytes]:
        """Take out what is told before a day, in order of telling."""
        limit, found = milliseconds(until, 0), []
        while self._outbox and self._outbox[0][0] < limit:
            _, _, kind, written = heappop(self._outbox)
            self.told[kind] += 1
            found.append(written)
        return found
