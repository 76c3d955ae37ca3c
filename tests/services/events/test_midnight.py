"""What becomes of a report of a new day from a telephone whose clock is fast, shortly before that day begins?"""

from datetime import UTC, datetime

import pytest

from contracts.topics import instant_microseconds
from services.events.store import ledger
from tests.services.events.telling import Teller, ids, report
from tests.services.events.test_api import asking
from tests.services.events.test_office import decision as decided
from tests.services.events.test_office import died, reasons, told

# In Viet Nam a day begins at 17:00 UTC.
MIDNIGHT = datetime(2025, 6, 9, 17, tzinfo=UTC).timestamp()
TODAY, TOMORROW, NEXT = "2025-06-09", "2025-06-10", "2025-06-11"


@pytest.fixture
async def at(teller: Teller) -> Teller:
    teller.intake._clock = lambda: MIDNIGHT - 1
    await teller.places()
    await teller.family(ids.home, lan="female")
    return teller


async def test_a_day_that_begins_in_five_minutes_may_have_begun_for_a_telephone(at: Teller) -> None:
    at.intake._clock = lambda: MIDNIGHT - 300
    answer = await at.tell("person.died", on=TOMORROW, person=ids.lan)
    assert answer.fate == "recorded"
    (_, fact) = (await at.facts())[-1]
    assert fact.on == TOMORROW


async def test_a_day_that_begins_later_lies_in_the_future(at: Teller) -> None:
    at.intake._clock = lambda: MIDNIGHT - 301
    assert reasons(await at.tell("person.died", on=TOMORROW, person=ids.lan)) == ["in-the-future"]
    at.intake._clock = lambda: MIDNIGHT - 1
    assert reasons(await at.tell("person.died", on=NEXT, person=ids.lan)) == ["in-the-future"]


async def test_both_clocks_are_kept(at: Teller) -> None:
    claim = "2025-06-09T17:00:02Z"
    death = report("person.died", {"on": TOMORROW, "person": ids.lan}, time=claim)
    answer = await told(at, death)
    async with at.connections.acquire() as connection:
        recorded_at = await connection.fetchval("select recorded_at from ledger where position = $1", answer.position)
    (_, fact) = (await at.facts())[-1]
    assert (fact.on, fact.cause.time) == (TOMORROW, claim)
    assert ledger.microseconds(recorded_at) == instant_microseconds("2025-06-09T16:59:59Z")


async def test_so_is_what_puts_a_date_right_and_what_an_office_decides(at: Teller) -> None:
    at.office_sees_first("person.died")
    death = died(on=TODAY)
    await told(at, death)
    too_early = decided("reports.approved", reports=[death.id], on=NEXT)
    assert reasons((await at.submit(too_early))[0]) == ["in-the-future"]
    approved = decided("reports.approved", reports=[death.id], on=TOMORROW)
    assert (await at.submit(approved))[0].fate == "recorded"
    assert (await at.tell("fact.corrected", on=None, fact=death.id, changes={"on": TOMORROW})).fate == "recorded"


async def test_what_is_told_of_the_day_that_goes_on_still_comes_before_it(at: Teller) -> None:
    await at.family(ids.other)
    assert (await at.tell("person.moved", on=TOMORROW, person=ids.lan, household=ids.other)).fate == "recorded"
    assert (await at.tell("person.changed", on=TODAY, person=ids.lan, new={"occupation": "thợ"})).fate == "recorded"
    state = await at.state(ids.lan)
    assert (state["household"], state["occupation"]) == (ids.other, "thợ")


async def test_who_leaves_on_the_day_that_begins_has_been_on_the_way_for_no_day_yet(at: Teller) -> None:
    left = await at.tell("person.left", on=TOMORROW, person=ids.lan, destination="inside_country")
    assert left.fate == "recorded"
    async with asking(at.database, clock=at.intake._clock) as http:
        answer = (await http.get("/events/v1/moves/unmatched")).json()
    assert [(move["since"], move["days"]) for move in answer["moves"]] == [(TOMORROW, 0)]
    assert answer["counts"]["departure"]["30"] == 1
