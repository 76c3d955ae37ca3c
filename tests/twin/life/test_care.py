"""Does the twin tell of care only what can be of whom it is about?"""

import json
from datetime import date

import numpy as np
import pytest

from twin.draws import Draws
from twin.life.care import starts
from twin.life.world import World
from twin.numbers import Registers
from twin.scales import scale
from twin.stock.attributes import MARRIED
from twin.stock.population import stock
from twin.stock.sheets import named

START, END = date(2025, 1, 1), date(2025, 2, 1)


def world() -> World:
    registers = Registers()
    made = World(named(stock(scale(40), 1, START, registers), 1, "40", START), registers, START, END)
    made.begin(0, START, Draws("a month"))
    return made


@pytest.mark.parametrize(
    ("birth", "latest"),
    [(date(1975, 1, 1), None), (date(1975, 1, 2), "2025-01-01"), (date(1975, 1, 9), "2025-01-08"),
     (date(1975, 2, 1), "2025-01-31")],
)  # fmt: skip
def test_nobody_begins_a_method_from_her_50th_birthday_on(birth: date, latest: str | None) -> None:
    """The form lists wives of 15 to 49 years, and a month may begin with one who is 50 on the day."""
    there = world()
    people = there.people
    wives = np.flatnonzero((people.sex == 1) & (people.marital == MARRIED))
    for wife in wives[:20].tolist():
        people.birth[wife] = birth.toordinal()
        assert starts(there, wife) is (latest is not None)
        assert (wife in there.using) is (latest is not None)
    days = [json.loads(told)["data"]["on"] for told in there.due(END)]
    assert all(latest is not None and day <= latest for day in days)
