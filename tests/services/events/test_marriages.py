"""Which marriages are noted because somebody is under age (tảo hôn)?

Men marry from full 20 and women from full 18 years (Luật Hôn nhân và Gia đình 52/2014/QH13, article 8).
"""

from typing import Any

import pytest

from tests.services.events.telling import AREA, Teller, ids

UNDER_AGE = "under-age-union"


@pytest.fixture
async def village(teller: Teller) -> Teller:
    await teller.places()
    return teller


async def lives(village: Teller, household: str, area: str, **people: dict[str, Any]) -> None:
    """A household whose people are of full age, where nothing else is said of them."""
    lines = [{"person": getattr(ids, name), "birth": "1990", **told} for name, told in people.items()]
    await village.tell("household.registered", on="2020-01-01", household=household, area=area, members=lines)


@pytest.mark.parametrize(
    ("sex", "birth", "on", "noted"),
    [
        ("female", "2004-03-01", "2022-02-28", True),
        ("female", "2004-03-01", "2022-03-01", False),
        ("female", "2004-02-29", "2022-02-27", True),
        ("female", "2004-02-29", "2022-02-28", False),  # February 2022 ends on that day, and with it her 18th year
        ("female", "2004-02-29", "2022-03-01", False),
        ("male", "2004-02-29", "2024-02-28", True),
        ("male", "2004-02-29", "2024-02-29", False),
        ("female", "2004", "2022-01-01", False),
        ("female", "2004-03", "2022-02-28", True),
        ("unknown", "2010-01-01", "2022-02-28", False),
    ],
)
async def test_who_is_under_age_on_the_day_is_noted(
    village: Teller, sex: str, birth: str, on: str, *, noted: bool
) -> None:
    await lives(village, ids.home, AREA, lan={"sex": sex, "birth": birth})
    answer = await village.tell("person.married", on=on, person=ids.lan)
    assert (answer.fate, UNDER_AGE in answer.notes) == ("recorded", noted)
