"""Into which class of age does an open half of a move fall on the day on which the class ends?"""

from datetime import date, datetime, timedelta

import pytest

from contracts.calendar import VIET_NAM, today
from tests.services.events.telling import Teller, ids
from tests.services.events.test_api import asking

NOW = datetime(2026, 11, 27, 9, tzinfo=VIET_NAM).timestamp()


@pytest.mark.parametrize(("days", "counted"), [(30, "30"), (31, "90"), (90, "90"), (365, "365"), (366, "more")])
async def test_a_class_of_ages_goes_up_to_the_day_that_names_it(teller: Teller, days: int, counted: str) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    async with asking(teller.database, clock=lambda: NOW) as http:
        on = (date.fromisoformat(today(NOW)) - timedelta(days=days)).isoformat()
        await teller.tell("person.left", on=on, person=ids.lan, destination="inside_country")
        told = (await http.get("/events/v1/moves/unmatched")).json()
    assert told["moves"][0]["days"] == days
    assert {age: n for age, n in told["counts"]["departure"].items() if n} == {counted: 1}
