"""Is every figure what a count of the oracle's people gives, in any geography and for both clocks?"""

import random
from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import httpx

from tests.laws.counting import TRANSIT, Cell, Known, Map, flows, population
from tests.laws.people_laws import asked_as_known
from tests.laws.telling import Broken, Teller

MONTHS = [f"2025-{month:02d}" for month in range(1, 7)]
LEVELS = ("area", "commune", "district", "province")
MEASURES = (
    "births", "deaths", "registered", "struck_off", "moves_in", "moves_out", "marriages", "divorces",
    "territory_in", "territory_out", "reclassified_in", "reclassified_out",
)  # fmt: skip
QUESTIONS = 10


def last_day(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{month}-{monthrange(year, number)[1]}"


def day_before(month: str) -> str:
    return (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()


class Figures:
    """One moment's questions: what is asked, what was answered, what a count gives."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        teller: Teller,
        chance: random.Random,
        position: int | None,
        months: Sequence[str] = MONTHS,
    ) -> None:
        self.client = client
        self.months = months
        self.chance = chance
        self.known = Known(teller.oracle, position or len(teller.rows))
        self.when = {} if position is None else {"as_known": asked_as_known(teller, position, chance)}

    async def ask(self, path: str, **asked: Any) -> dict[str, Any]:
        told = {name: value for name, value in asked.items() if value not in (None, "")} | self.when
        response = await self.client.get(path, params=told)
        if response.status_code != 200:
            raise Broken("a question about a unit that stands is answered", path=path, told=told, said=response.text)
        answer: dict[str, Any] = response.json()
        return answer

    def unit(self, geography: str) -> tuple[str, str | None]:
        """A unit that stands on a day, and a level below it or none."""
        units = Map(self.known.states(geography)).units
        unit = self.chance.choice(["VN", "VN", "VN", TRANSIT, *sorted(units)])
        allowed = (
            LEVELS if unit == "VN" else () if unit == TRANSIT else LEVELS[: LEVELS.index(units[unit]["level"]) + 1]
        )
        return unit, self.chance.choice([None, *allowed])

    def geography(self, month: str) -> str:
        return self.chance.choice([last_day(month), last_day(month), "2025-01-01", "2025-07-31", "2020-01-01"])

    async def population(self) -> None:
        month = self.chance.choice(self.months)
        geography = self.geography(month)
        unit, level = self.unit(geography)
        cuts = tuple(self.chance.sample(["sex", "age", "birth_month"], self.chance.randint(0, 2)))
        by = ",".join([*([level] if level else []), *cuts])
        answer = await self.ask("/population", unit=unit, month=month, geography=geography, by=by)
        part_of = Map(self.known.states(geography)).parts(unit, level)
        wanted = population(self.known.people(last_day(month)), part_of, month, cuts)
        transit = sum(n for cell, n in wanted.items() if cell[0] == TRANSIT)
        wanted = Counter({cell: n for cell, n in wanted.items() if cell[0] != TRANSIT})
        self.compare("population", answer, (), level, cuts, wanted)
        if answer["total"] != wanted.total() or answer.get("in_transit", transit) != transit:
            raise Broken("the total is the sum of its parts", answer=answer, transit=transit)

    async def flows(self) -> None:
        first, last = sorted(self.chance.choices(self.months, k=2))
        geography = self.geography(last)
        unit, level = self.unit(geography)
        cuts = tuple(self.chance.sample(["month", "sex", "age", "birth_month"], self.chance.randint(0, 3)))
        by = ",".join([*([level] if level else []), *cuts])
        answer = await self.ask("/flows", **{"unit": unit, "from": first, "to": last, "geography": geography, "by": by})
        part_of = Map(self.known.states(geography)).parts(unit, level)
        wanted = flows(self.known.flows, part_of, first, last, cuts)
        wanted = Counter({cell: n for cell, n in wanted.items() if cell[1] != TRANSIT})
        self.compare("flows", answer, ("flow",), level, cuts, wanted)

    def compare(
        self, what: str, answer: dict[str, Any], leading: tuple[str, ...], level: str | None, cuts: Any, wanted: Any
    ) -> None:
        found: Counter[Cell] = Counter()
        for row in answer["rows"]:
            part = (row["unit"] or "") if level else "whole"
            found[*(row[name] for name in leading), part, *(row[cut] for cut in cuts)] += row["value"]
        if +found != wanted:
            raise Broken(f"{what} is counted", answer=answer, wrong=(found - wanted, wanted - found))

    async def balance(self) -> None:
        """The equation (25) holds in every part, its terms are counted one by one, no move is lost between parts."""
        first, last = sorted(self.chance.choices(self.months, k=2))
        level = self.chance.choice([None, *LEVELS])
        answer = await self.ask("/balance", **{"from": first, "to": last, "by": level})
        part_of = Map(self.known.states(last_day(last))).parts("VN", level)
        counted = flows(self.known.flows, part_of, first, last, ())
        rows = [((row["unit"] or "") if level else "whole", row) for row in answer["rows"]]
        for part, row in [*rows, (TRANSIT, answer["in_transit"])]:
            told = {name: row[name] for name in MEASURES if name in row}
            if told != {name: counted[name, part] for name in told} or row["difference"]:
                raise Broken("the balance is counted", part=part, row=row, counted=counted)
            if row["territory"] != counted["territory_in", part] - counted["territory_out", part]:
                raise Broken("territory is counted", part=part, row=row, counted=counted)
        start = self.known.people(day_before(first))
        for name, people in (("population_start", start), ("population_end", self.known.people(last_day(last)))):
            counts = population(people, part_of, last, ())
            shown: Counter[Cell] = Counter()
            for part, row in [*rows, (TRANSIT, answer["in_transit"])]:
                shown[part,] = row[name]
            if +shown != counts:
                raise Broken("the ends of a balance are counted", name=name, shown=shown, counts=counts)
        net = sum(row["moves_in"] - row["moves_out"] for _, row in [*rows, (TRANSIT, answer["in_transit"])])
        abroad = [flow for flow in self.known.flows if flow.into == "moves_in" and first <= flow.month <= last]
        if net != sum((flow.left is None) - (flow.entered is None) for flow in abroad):
            raise Broken("moves in are moves out", net=net, answer=answer)


async def check_figures(
    client: httpx.AsyncClient, teller: Teller, chance: random.Random, months: Sequence[str] = MONTHS
) -> None:
    """Questions of all sorts, now and as known at some positions."""
    for number in range(QUESTIONS):
        position = None if number < 3 else chance.randint(1, len(teller.rows))
        figures = Figures(client, teller, chance, position, months)
        for question in (figures.population, figures.population, figures.flows, figures.flows, figures.balance):
            await question()


async def all_figures(client: httpx.AsyncClient) -> dict[str, Any]:
    """Every figure by area, month, sex and birth month, without saying from which position."""
    found: dict[str, Any] = {}
    for month in MONTHS:
        answer = await client.get("/population", params={"month": month, "by": "area,sex,birth_month"})
        found[month] = answer.json()["rows"], answer.json()["in_transit"]
    answer = await client.get(
        "/flows", params={"from": MONTHS[0], "to": MONTHS[-1], "by": "area,month,sex,birth_month"}
    )
    found["flows"] = answer.json()["rows"]
    return found
