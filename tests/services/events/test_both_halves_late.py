"""Are both halves of a move decided together where neither fits alone, because of what was told meanwhile?

Given an arrival ("chuyển đến") that waits for its departure ("chuyển đi") and a later fact, when the departure is told,
then both are recorded, the arrival first, and what was told meanwhile holds from the new home.
"""

from typing import Any

import pytest

from contracts.fact import Fact
from contracts.scopes import Scope
from kit.auth.access import Access
from kit.http.problems import ContradictsRecord
from services.events.deciding.decide import move_of
from services.events.intake import group
from services.events.intake.answer import Answer
from services.events.report.line import Line
from services.events.state.world import World
from tests.services.events.telling import AREA, COMMUNE, FAR, Teller, ids, report

MEANWHILE: list[tuple[str, dict[str, Any]]] = [
    ("person.moved", {"person": ids.lan, "household": ids.third}),
    ("person.left", {"person": ids.lan, "destination": "abroad"}),
    ("person.health_checked", {"person": ids.lan}),
    ("person.contraception_started", {"person": ids.lan, "method": "iud"}),
    ("couple.checked", {"person": ids.lan}),
]
CAME = {"person": ids.lan, "household": ids.other, "sex": "female"}
GONE = {"person": ids.lan, "destination": "inside_country"}


@pytest.fixture
async def books(family: Teller) -> Teller:
    await family.family(ids.other, mai="female", binh="male")
    await family.tell("household.registered", on="2025-01-01", household=ids.third, area=AREA)
    return family


async def fate(books: Teller, told: Answer) -> str:
    async with books.connections.acquire() as connection:
        return str(await connection.fetchval("select fate from outcome where report = $1", told.id))


async def halves(books: Teller) -> list[tuple[str, str]]:
    async with books.connections.acquire() as connection:
        return [tuple(row) for row in await connection.fetch("select side, person from half order by side")]


async def came(books: Teller, on: str = "2025-03-10") -> Answer:
    return await books.tell("person.arrived", on=on, **CAME)


async def left(books: Teller, on: str = "2025-03-01") -> Answer:
    return await books.tell("person.left", on=on, **GONE)


@pytest.mark.parametrize(("kind", "told"), MEANWHILE, ids=[kind for kind, _ in MEANWHILE])
async def test_a_late_departure_brings_its_arrival_with_it(books: Teller, kind: str, told: dict[str, Any]) -> None:
    arrival = await came(books)
    meanwhile = await books.tell(kind, on="2025-03-20", **told)
    assert (arrival.fate, meanwhile.fate) == ("waiting", "recorded")
    departure = await left(books)
    assert (departure.fate, await fate(books, arrival)) == ("recorded", "recorded")
    assert await halves(books) == []
    steps = [step for _, fact in await books.facts() for step in fact.asserts.persons if step.entity == ids.lan]
    stood = {step.on: step.after for step in steps if step.after is not None}
    assert [(on, stood[on].status, stood[on].household) for on in ("2025-03-01", "2025-03-10")] == [
        ("2025-03-01", "in_transit", None),
        ("2025-03-10", "resident", ids.other),
    ]
    assert stood["2025-03-20"].household == {"person.moved": ids.third, "person.left": None}.get(kind, ids.other)


@pytest.mark.parametrize("order", ["arrival first", "departure first"])
async def test_both_halves_in_one_batch(books: Teller, order: str) -> None:
    await books.tell("person.moved", on="2025-03-20", person=ids.lan, household=ids.third)
    told = [report("person.arrived", CAME | {"on": "2025-03-10"}), report("person.left", GONE | {"on": "2025-03-01"})]
    answers = await books.submit(*(told if order == "arrival first" else reversed(told)))
    if order == "arrival first":
        assert [one.fate for one in answers] == ["recorded", "recorded"]
        return
    assert [one.fate for one in answers] == ["refused", "waiting"], "nothing says of a departure that she arrived"
    assert (await left(books)).fate == "recorded"
    assert await fate(books, answers[1]) == "recorded"


async def test_the_arrival_stands_right_before_its_departure(books: Teller) -> None:
    arrival = await came(books)
    await books.tell("person.health_checked", on="2025-03-20", person=ids.lan)
    again = await books.tell("person.arrived", on="2025-03-12", person=ids.lan, household=ids.third, sex="female")
    departure = await left(books)
    recorded = [(position, fact.kind) for position, fact in await books.facts()][-2:]
    assert [kind for _, kind in recorded] == ["person.arrived", "person.left"]
    assert departure.position == recorded[1][0] == recorded[0][0] + 1
    assert (await fate(books, arrival), await fate(books, again)) == ("recorded", "waiting")


async def test_a_departure_that_its_arrival_does_not_help_is_refused(books: Teller) -> None:
    """The check of the fifth finds her on her way, whoever arrives on the tenth."""
    arrival = await came(books)
    check = await books.tell("person.health_checked", on="2025-03-05", person=ids.lan)
    departure = await left(books)
    assert isinstance(departure.problem, ContradictsRecord)
    assert [(one.code, one.facts) for one in departure.problem.reasons] == [("not-resident", (check.position,))]
    assert await fate(books, arrival) == "waiting"
    assert (await left(books, "2025-03-06")).fate == "recorded"
    assert await fate(books, arrival) == "recorded"


async def test_a_departure_is_tried_with_few_arrivals_however_many_wait(
    books: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def counted(came: Line, gone: Line, world: World, position: int) -> Fact | None:
        tried.append(came.report.id)
        return move_of(came, gone, world, position)

    monkeypatch.setattr(group, "move_of", counted)
    days = [f"2025-03-{day:02d}" for day in range(7, 29)]
    await books.submit(*(report("person.arrived", CAME | {"on": day}) for day in days))
    await books.tell("person.health_checked", on="2025-03-05", person=ids.lan)
    assert (await left(books)).fate == "refused"
    assert len(tried) == group.MOST_TRIED < len(days)


async def test_an_arrival_before_the_departure_is_none_of_that_move(books: Teller) -> None:
    arrival = await came(books, "2025-02-20")
    await books.tell("person.moved", on="2025-03-20", person=ids.lan, household=ids.third)
    assert (await left(books)).fate == "refused"
    assert await fate(books, arrival) == "waiting"


async def test_the_departure_of_a_pair_is_not_taken_back_beneath_its_arrival(books: Teller) -> None:
    await came(books)
    await books.tell("person.moved", on="2025-03-20", person=ids.lan, household=ids.third)
    departure = await left(books)
    voided = await books.tell("fact.voided", on=None, fact=departure.id)
    assert isinstance(voided.problem, ContradictsRecord)
    assert "departure-missing" in [one.code for one in voided.problem.reasons]


async def test_a_departure_from_outside_comes_to_the_desk_and_brings_the_arrival_once_it_is_approved(
    books: Teller,
) -> None:
    arrival = await came(books)
    await books.tell("person.moved", on="2025-03-20", person=ids.lan, household=ids.third)
    outside = Access("far", "far", frozenset({Scope.EVENTS_REPORT_WRITE}), "jti", areas=(FAR,))
    (departure,) = await books.submit(report("person.left", GONE | {"on": "2025-03-01"}), access=outside)
    assert departure.fate == "handed_over"
    assert await fate(books, arrival) == "waiting"
    await books.tell("reports.approved", on="2025-05-01", reports=[departure.id])
    assert (await fate(books, departure), await fate(books, arrival)) == ("recorded", "recorded")


async def test_an_arrival_that_the_office_sees_first_comes_with_no_departure(books: Teller) -> None:
    books.office_sees_first("person.arrived")
    outside = Access("one", "one", frozenset({Scope.EVENTS_REPORT_WRITE}), "jti", areas=(COMMUNE,))
    (arrival,) = await books.submit(report("person.arrived", CAME | {"on": "2025-03-10"}), access=outside)
    check = await books.tell("person.health_checked", on="2025-03-20", person=ids.lan)
    assert (await left(books)).fate == "refused"
    assert (arrival.need, await fate(books, arrival)) == (f"departed:{ids.lan}", "waiting")
    await books.tell("fact.voided", on=None, fact=check.id)
    assert (await left(books)).fate == "recorded"
    assert await fate(books, arrival) == "waiting"
    await books.tell("reports.approved", on="2025-05-01", reports=[arrival.id])
    assert await fate(books, arrival) == "recorded"
