"""Who stands on the books of the stock, and with which reports were they put there?"""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

import msgspec

from tests.benchmarks.reports import TOLD_MS, Told, told
from twin.numbers import Registers
from twin.places import HAI_DUONG, Area, Units, area_established, area_of, communes_of
from twin.scales import MEAN, Scale
from twin.stock.population import stock
from twin.stock.sheets import lines, named

# The day after the reform, so that places are today's and more than a year of changes fits behind it.
STOCK_DAY = date(2025, 7, 2)
PERSONS_OF_AREA = 400
FEWEST_AREAS, COMMUNES, IN_A_ROW = 20, 33, 20


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

    def add(self, area: int, data: dict[str, Any]) -> None:
        """Take up a registered household; `data` is its sheet, on which the head stands first."""
        first, home = len(self.persons), len(self.households)
        row_of = {line["person"]: first + n for n, line in enumerate(data["members"])}
        self.households.append(data["household"])
        self.area_of.append(area)
        self.head_of.append(first)
        for line in data["members"]:
            self.persons.append(line["person"])
            self.sexes.append(line["sex"])
            self.births.append(line["birth"])
            self.spouses.append(row_of[line["spouse"]] if "spouse" in line else -1)
            self.homes.append(home)
            self.numbers.append(line["personal"]["identifiers"][0]["value"])


def areas_for(persons: int) -> list[Area]:
    """Lay out areas of some hundred households over communes in turn."""
    communes = communes_of(HAI_DUONG)[:COMMUNES]
    number = max(FEWEST_AREAS, persons // PERSONS_OF_AREA)
    turns = [divmod(n, len(communes)) for n in range(number)]
    return [area_of(communes[at], turn + 1, 0, IN_A_ROW) for turn, at in turns]


def founding(areas: list[Area]) -> Iterator[bytes]:
    """Tell the units, the areas and the reform."""
    units = Units.around(areas)
    events = (*units.established(), *map(area_established, areas), *units.reform(areas))
    for at, (kind, subject, data) in enumerate(events, TOLD_MS - len(events)):
        yield told(Told(kind, data, "/offices/hai-phong", subject), at)


def sheets(areas: list[Area], series: int) -> Iterator[tuple[bytes, int, dict[str, Any]]]:
    """Register households for ever, areas in turn: report, number of the area, and sheet.

    Households of one series are the same every time (their reports' ids are not), those of two are different.
    """
    registers, households = Registers(series), len(areas) * IN_A_ROW
    places, at = {area.id: n for n, area in enumerate(areas)}, TOLD_MS
    for block in count():
        of = Scale(f"series {series}, {block}", households, households * MEAN[0] // MEAN[1])
        made = list(lines(named(stock(of, series, STOCK_DAY, registers, areas), series, of.name, STOCK_DAY), STOCK_DAY))
        for turn in range(IN_A_ROW):
            for line in made[turn::IN_A_ROW]:
                data = msgspec.json.decode(line)["data"]
                data["number"] = str(block * IN_A_ROW + turn + 1)
                at += 1
                source = f"/collaborators/{data['area']}"
                report = told(Told("household.registered", data, source, data["household"]), at)
                yield report, places[data["area"]], data
