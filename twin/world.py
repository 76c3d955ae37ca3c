"""What is the state of the synthetic world, whom may something happen to this month, and what is still to be told?"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any

from contracts.calendar import VIET_NAM
from twin.old_names import Names
from twin.people import Area, Household, Person
from twin.old_places import successor
from twin.old_reports import Ids, line, milliseconds

FEW = 3000
TRIES = 4000
EVENING = (17, 21)
OFFICE = "/offices/hai-phong"

Event = tuple[str, str, dict[str, Any]]


class World:
    """People, households and areas; reports wait in `_outbox` until the day on which they are told."""

    def __init__(self, rng: Random, names: Names, ids: Ids, areas: list[Area], end: date) -> None:
        self.rng, self.names, self.ids, self.areas = rng, names, ids, areas
        self.people: list[Person] = []
        self.households: list[Household] = []
        self.abroad: list[Person] = []
        self.month = 0
        self.first = end
        self._last_moment = milliseconds(datetime.combine(end, time(0), VIET_NAM)) - 3_600_000
        self._outbox: list[tuple[int, int, bytes]] = []
        self._told = 0

    def day(self) -> date:
        """Draw a day of this month, with some days left behind it for what follows."""
        return self.first + timedelta(days=self.rng.randrange(1, 20))

    def pick(
        self, may: Callable[[Person], bool], weight: Callable[[Person], float] = lambda _person: 1.0
    ) -> Person | None:
        """Draw somebody who lives here, has not changed this month and may; `weight` is at most 1."""
        people, rng, month = self.people, self.rng, self.month
        if len(people) <= FEW:
            some = [p for p in people if p.household is not None and p.settled < month and may(p)]
            weights = [weight(person) for person in some]
            return rng.choices(some, weights)[0] if any(weights) else None
        for _ in range(TRIES):
            person = people[rng.randrange(len(people))]
            if person.household is None or person.settled >= month or not may(person):
                continue
            if rng.random() < weight(person):
                return person
        return None

    def pick_household(self, may: Callable[[Household], bool]) -> Household | None:
        """Draw a household in which somebody lives and nobody has changed this month."""
        some = self.households
        if len(some) > FEW:
            some = self.rng.choices(some, k=FEW)
        some = [
            household
            for household in some
            if household.head is not None and all(p.settled < self.month for p in household.members) and may(household)
        ]
        return self.rng.choice(some) if some else None

    def until(self, late: int) -> int:
        """Give the month up to which somebody rests whose last change is told `late` days after it."""
        return self.month + (late // 28 + 1 if late else 0)

    def commune(self, area: Area, day: date) -> str:
        """Give the commune in which an area lies on a day."""
        return successor(area.commune, day.isoformat())

    def tell(self, area: Area, on: date, events: list[Event], late: int = 0) -> list[str]:
        """Have an area's collaborator tell events in this order in one evening, `late` days after the day itself."""
        evening = datetime.combine(on + timedelta(days=late), time(self.rng.randrange(*EVENING)), VIET_NAM)
        told = milliseconds(evening) + self.rng.randrange(3_000_000)
        return self.tell_at(told, f"/collaborators/{area.id}", events)

    def tell_at(self, told: int, source: str, events: list[Event]) -> list[str]:
        """Have events told at a moment; several belong together and share a correlation."""
        told = min(told, self._last_moment)
        reports = [self.ids.new(told + step * 1000) for step in range(len(events))]
        together = reports[0] if len(events) > 1 else None
        for step, (report, (kind, subject, data)) in enumerate(zip(reports, events, strict=True)):
            moment = told + step * 1000
            self._told += 1
            heappush(self._outbox, (moment, self._told, line(report, moment, source, kind, data, subject, together)))
        return reports

    def due(self, until: date) -> list[bytes]:
        """Take out what is told before a day, in order of telling."""
        limit = milliseconds(datetime.combine(until, time(0), VIET_NAM))
        lines = []
        while self._outbox and self._outbox[0][0] < limit:
            lines.append(heappop(self._outbox)[2])
        return lines
