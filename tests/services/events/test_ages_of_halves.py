"""Into which class of age does an open half of a move fall on the day on which the class ends?"""

import time
from datetime import date, timedelta

import pytest

from contracts.calendar import today
from tests.services.events.telling import Teller, ids
from tests.services.events.test_api import asking


@pytest.mark.parametrize(("days", "counted"), [(30, "30"), (31, "90"), (90, "90"), (365, "365"), (366, "more")])
async def test_a_class_of_ages_goes_up_to_the_day_that_names_it(teller: Teller, days: int, counted: str) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    async with asking(teller.database) as http:
        on = (date.fromisoformat(today(time.time())) - timedelta(days=days)).isoformat()
        await teller.tell("person.left", on=on, person=ids.lan, destination="inside_country")
        told = (await http.get("/events/v1/moves/unmatched")).json()
    assert told["moves"][0]["days"] == days
    assert {age: n for age, n in told["counts"]["departure"].items() if n} == {counted: 1}
