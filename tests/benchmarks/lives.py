"""What happens to the people of the stock, told in about the order in which it happened?

Single-person reports of all kinds, nearly all of which the ledger records: people rest between two changes, so that
batches which overtake each other on their way contradict nothing. A share is told late, a share corrects.
"""

from collections import deque
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from contracts.ids import uuid7
from tests.benchmarks.people import STOCK_DAY, People
from tests.benchmarks.reports import TOLD_MS, Told, told
from twin import names
from twin.draws import Draws

# Reports between two changes of one person; more than are ever under way at once.
REST = 6_000
LATE_DAYS = 5
TRIES, FEW_TRIES = 4_000, 200
WOMAN, MAN, MOTHERS, OLD = 18, 20, range(18, 45), 60
# Shares of the mix, in percent: about as a commune's month, with more unions so that every kind weighs something.
MIX = {"born": 18, "died": 10, "moved": 27, "arrived": 16, "left": 13, "married": 11, "divorced": 5}


class Change(NamedTuple):
    """A report that may be corrected, and the days that its date may go back."""

    report: str
    kind: str
    data: dict[str, Any]
    area: int
    told: int


class Lives:
    """Tells what happens between the stock's day and today; `expected` is how many reports fill that time."""

    def __init__(self, people: People, expected: int, *, seed: str = "lives", late: float = 0.02) -> None:
        self._rng = Random(seed)
        self._names = Draws(seed, "names")
        self._people = people
        self._late = late
        today = (datetime.now(UTC) + timedelta(hours=7)).date()
        self._days = max(LATE_DAYS + 3, (today - STOCK_DAY).days - 1)
        self._expected = max(1, expected)
        self._told = 0
        self._new = 0
        count = len(people.persons)
        self._homes = list(people.homes)
        self._spouses = list(people.spouses)
        self._changed = [-REST] * count
        self._day_of = [0] * count
        self._heads = list(people.head_of)
        self._persons, self._sexes, self._births = list(people.persons), list(people.sexes), list(people.births)
        self._away: deque[int] = deque()
        self._movers: deque[tuple[int, int, int]] = deque()
        self._open: deque[Change] = deque()

    def take(self, number: int, *, corrections: float = 0.0) -> list[bytes]:
        """Tell the next reports."""
        kinds = self._rng.choices(list(MIX), list(MIX.values()), k=number)
        return [self._next(kind, corrections) for kind in kinds]

    def _next(self, kind: str, corrections: float) -> bytes:
        self._told += 1
        chance = self._rng.random()
        if chance < corrections and (line := self._correct()) is not None:
            return line
        if chance > 1 - self._late and (line := self._tell_late()) is not None:
            return line
        line = getattr(self, f"_{kind}")()
        assert isinstance(line, bytes)
        return line

    @property
    def _day(self) -> int:
        """Days since the stock's; two at least, so that late and corrected days stay behind it."""
        return 2 + min(self._told, self._expected) * (self._days - 2) // self._expected

    def _on(self, day: int) -> str:
        return (STOCK_DAY + timedelta(days=day)).isoformat()

    def _age(self, person: int) -> int:
        return STOCK_DAY.year - int(self._births[person][:4])

    def _rested(self, person: int) -> bool:
        return self._told - self._changed[person] > REST and self._day_of[person] < self._day

    def _pick(self, sex: str = "", ages: range = range(130)) -> int:
        """Draw somebody at home who has rested."""
        person = self._find(TRIES, sex, ages)
        if person < 0:
            raise RuntimeError("too few people for so many reports: take a larger stock")
        return person

    def _find(self, tries: int, sex: str = "", ages: range = range(130)) -> int:
        rng, count = self._rng, len(self._persons)
        for _ in range(tries):
            person = int(rng.random() * count)
            if self._homes[person] < 0 or not self._rested(person) or self._age(person) not in ages:
                continue
            if not sex or self._sexes[person] == sex:
                return person
        return -1

    def _write(self, kind: str, person: int, data: dict[str, Any], *, home: int, day: int | None = None) -> bytes:
        """Write a report; it may be corrected later, if nothing else of these days is known of the person."""
        self._changed[person] = self._told
        report = uuid7(TOLD_MS + self._told)
        area = self._people.area_of[home]
        if day is None:
            if self._day_of[person] < self._day - 1:
                self._open.append(Change(report, kind, data, area, self._told))
            self._day_of[person] = self._day
        source = f"/collaborators/{self._people.areas[area]}"
        return told(Told(kind, data, source, data.get("person")), TOLD_MS, report)

    def _add(self, person: str, sex: str, birth: str, home: int) -> int:
        self._persons.append(person)
        self._sexes.append(sex)
        self._births.append(birth)
        self._homes.append(home)
        self._spouses.append(-1)
        self._changed.append(self._told)
        self._day_of.append(self._day - 3)
        return len(self._persons) - 1

    def _leave(self, person: int) -> int:
        home = self._homes[person]
        if self._heads[home] == person:
            self._heads[home] = -1
        return home

    def _personal(self, sex: str, year: int) -> dict[str, Any]:
        self._new += 1
        middle, given = names.draw_one(self._names, int(sex == "female"), year, set())
        return {
            "name": names.text(names.draw_surname(self._names), middle, given),
            "identifiers": [{"type": "pid", "value": f"097{self._new:09d}"}],
        }

    def _somebody_new(self, home: int, birth: str, on: str) -> tuple[int, dict[str, Any]]:
        sex = "male" if self._rng.random() < 0.52 else "female"
        entity = uuid7(TOLD_MS + self._told)
        person = self._add(entity, sex, birth, home)
        household = self._people.households[home]
        personal = self._personal(sex, int(birth[:4]))
        return person, {"on": on, "person": entity, "household": household, "sex": sex, "personal": personal}

    def _born(self) -> bytes:
        mother = self._pick("female", MOTHERS)
        on = self._on(self._day)
        home = self._homes[mother]
        person, data = self._somebody_new(home, on, on)
        data |= {"mother": self._persons[mother], "birth_order": 1, "relation": "child", "ethnicity": "01"}
        data |= {"place": "health_station", "weight_grams": 3150}
        self._changed[mother], self._day_of[mother] = self._told, self._day
        return self._write("person.born", person, data, home=home)

    def _arrived(self) -> bytes:
        home = self._homes[self._pick()]
        on = self._on(self._day)
        if self._away and self._rng.random() < 0.3 and self._rested(self._away[0]):
            person = self._away.popleft()
            self._homes[person] = home
            data = {"on": on, "person": self._persons[person], "household": self._people.households[home]}
            data |= {"sex": self._sexes[person], "relation": "other"}
        else:
            birth = date(1960 + int(self._rng.random() * 60), 1 + int(self._rng.random() * 12), 14).isoformat()
            person, data = self._somebody_new(home, birth, on)
            data |= {"birth": birth, "relation": "other", "marital": "single", "education": "upper_secondary"}
            data |= {"ethnicity": "01", "residence": "present"}
        return self._write("person.arrived", person, data, home=home)

    def _died(self) -> bytes:
        """Mostly the old, as long as there are enough."""
        person = self._find(FEW_TRIES, ages=range(OLD, 130)) if self._rng.random() < 0.9 else -1
        person = person if person >= 0 else self._pick()
        home = self._leave(person)
        spouse = self._spouses[person]
        if spouse >= 0:
            self._part(person, spouse)
        self._homes[person] = -1
        data = {"on": self._on(self._day), "person": self._persons[person], "place": "home"}
        return self._write("person.died", person, data, home=home)

    def _part(self, one: int, other: int) -> None:
        self._spouses[one] = self._spouses[other] = -1
        self._changed[other], self._day_of[other] = self._told, self._day

    def _left(self) -> bytes:
        person = self._pick()
        home = self._leave(person)
        self._homes[person] = -1
        abroad = self._rng.random() < 0.2
        if not abroad:
            self._away.append(person)
        destination = "abroad" if abroad else "inside_country"
        data = {"on": self._on(self._day), "person": self._persons[person], "destination": destination}
        return self._write("person.left", person, data, home=home)

    def _moved(self) -> bytes:
        person, home = self._pick(), self._homes[self._pick()]
        while home == self._homes[person]:
            home = self._homes[self._pick()]
        former = self._leave(person)
        if self._people.head_of[former] != person and self._day_of[person] < self._day - LATE_DAYS - 1:
            self._movers.append((person, former, self._day))
        self._homes[person] = home
        return self._write("person.moved", person, self._move(person, home, self._day), home=home)

    def _move(self, person: int, home: int, day: int) -> dict[str, Any]:
        household = self._people.households[home]
        return {"on": self._on(day), "person": self._persons[person], "household": household, "relation": "other"}

    def _married(self) -> bytes:
        """Two who are free; in a small stock some day nobody is, and then somebody moves."""
        bride = self._single("female", range(WOMAN, 50))
        groom = self._single("male", range(MAN, 50))
        if bride < 0 or groom < 0:
            return self._moved()
        self._spouses[bride], self._spouses[groom] = groom, bride
        self._changed[groom], self._day_of[groom] = self._told, self._day
        on = self._on(self._day)
        data = {"on": on, "person": self._persons[bride], "spouse": self._persons[groom]}
        return self._write("person.married", bride, data, home=self._homes[bride])

    def _single(self, sex: str, ages: range) -> int:
        for _ in range(FEW_TRIES):
            person = self._pick(sex, ages)
            if self._spouses[person] < 0:
                return person
        return -1

    def _divorced(self) -> bytes:
        for _ in range(FEW_TRIES):
            person = self._pick(ages=range(WOMAN, 80))
            spouse = self._spouses[person]
            if spouse >= 0 and self._rested(spouse):
                self._part(person, spouse)
                data = {"on": self._on(self._day), "person": self._persons[person]}
                return self._write("person.divorced", person, data, home=self._homes[person])
        return self._moved()

    def _tell_late(self) -> bytes | None:
        """Tell that somebody who moved had been in yet another household some days before."""
        if not self._movers or not self._rested(self._movers[0][0]):
            return None
        person, former, day = self._movers.popleft()
        between = self._homes[self._pick()]
        if between in {former, self._homes[person]} or self._homes[person] < 0:
            return None
        data = self._move(person, between, day - LATE_DAYS)
        return self._write("person.moved", person, data, home=between, day=day - LATE_DAYS)

    def _correct(self) -> bytes | None:
        """Correct a report of a while ago: nearly always its date, sometimes the sex of a child."""
        if not self._open or self._told - self._open[0].told < REST:
            return None
        change = self._open.popleft()
        on = date.fromisoformat(change.data["on"]) - timedelta(days=1)
        changes = {"on": on.isoformat()}
        if change.kind == "person.born" and self._rng.random() < 0.5:
            changes = {"sex": "female" if change.data["sex"] == "male" else "male"}
        data = {"fact": change.report, "changes": changes}
        source = f"/collaborators/{self._people.areas[change.area]}"
        return told(Told("fact.corrected", data, source), TOLD_MS + self._told)
