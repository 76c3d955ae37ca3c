"""Who stands on the books of the stock, and with which reports were they put there?"""

from collections.abc import Iterator
from datetime import date
from itertools import count
from random import Random
from typing import Any

import msgspec

from tests.benchmarks.reports import TOLD_MS, Told, told
from twin import places
from twin.households import Founder, sheet
from twin.names import Names, rows
from twin.people import Area, Household
from twin.reports import Ids

# The day after the reform, so that places are today's and more than a year of changes fits behind it.
STOCK_DAY = date(2025, 7, 2)
PERSONS_OF_AREA = 400
FEWEST_AREAS = 20


class People(msgspec.Struct):
    """Columns of those who are on the books: numbers of rows stand for persons and households, -1 for nobody."""

    areas: list[str]
    households: list[str] = []
    area_of: list[int] = []
    head_of: list[int] = []
    persons: list[str] = []
    sexes: list[str] = []
    births: list[str] = []
    spouses: list[int] = []
    homes: list[int] = []
    numbers: list[str] = []

    def add(self, area: int, household: Household, data: dict[str, Any]) -> None:
        """Take up a registered household; `data` is its sheet."""
        first, home = len(self.persons), len(self.households)
        row_of = {person.id: first + n for n, person in enumerate(household.members)}
        self.households.append(household.id)
        self.area_of.append(area)
        self.head_of.append(first)
        for person, line in zip(household.members, data["members"], strict=True):
            self.persons.append(person.id)
            self.sexes.append(person.sex)
            self.births.append(person.birth.isoformat())
            self.spouses.append(row_of[person.spouse.id] if person.spouse is not None else -1)
            self.homes.append(home)
            self.numbers.append(line["personal"]["identifiers"][0]["value"])


class FreshIds(Ids):
    """Ids whose numbers nobody of the stock bears."""

    def __init__(self, rng: Random, series: int) -> None:
        super().__init__(rng)
        self._next = count(series * 10_000_000)

    def personal_number(self, province: str, sex: str, year: int) -> str:
        """Give a number of a province that there is not."""
        return f"099{next(self._next):09d}"

    def health_card(self, group: str, province: str) -> str:
        """Give a card that nobody has."""
        return f"{group}499{next(self._next):010d}"


def areas_for(persons: int) -> list[Area]:
    """Lay out areas of some hundred households over all communes in turn."""
    communes = rows("communes_until_2025.csv")
    made = []
    for n in range(max(FEWEST_AREAS, persons // PERSONS_OF_AREA)):
        row, number = communes[n % len(communes)], n // len(communes) + 1
        unit = places.before(row["code"])
        made.append(Area(f"{unit}-{number:03d}", unit, f"Địa bàn {number}, {row['name']}"))
    return made


def founding(areas: list[Area]) -> Iterator[bytes]:
    """Tell the units, the areas and the reform."""
    events = (*places.established(), *map(places.area_established, areas), *places.reform(areas))
    for at, (kind, subject, data) in enumerate(events, TOLD_MS - len(events)):
        yield told(Told(kind, data, "/offices/hai-phong", subject), at)


def sheets(areas: list[Area], series: int) -> Iterator[tuple[bytes, int, Household, dict[str, Any]]]:
    """Register households for ever, areas in turn: report, number of the area, household and sheet.

    Households of one series are the same every time (their reports' ids are not), those of two are different.
    """
    rng = Random(f"{series} people")
    ids = FreshIds(Random(f"{series} ids"), series) if series else Ids(Random("0 ids"))
    founder = Founder(rng, Names(Random(f"{series} names")), ids, STOCK_DAY)
    for n in count():
        area, at = areas[n % len(areas)], TOLD_MS + n
        household = founder.found(area, at)
        data = sheet(household, STOCK_DAY, ids, rng)
        line = told(Told("household.registered", data, f"/collaborators/{area.id}", household.id), at)
        yield line, n % len(areas), household, data
