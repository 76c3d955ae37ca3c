"""Does the real write side accept everything that the twin tells, and does what waits find what it needs?"""

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest

from contracts.event import CATALOGUE, decode_report
from contracts.fact import Fact, decode_fact, present
from contracts.person import PersonState
from contracts.scopes import Scope
from deploy.local.databases import Database
from kit.auth.access import Access
from kit.process.database import Connections
from services.events.intake.answer import Answer
from services.events.intake.intake import Intake
from services.events.report.parse import check
from tests.services.events.conftest import build
from twin import Totals, generate
from twin.places import PROVINCES

# The provinces that the twin founds are all the places that its clients need.
SANDBOX = Access("twin", "twin", frozenset(Scope), "jti", areas=PROVINCES)


async def told(database: Database, lines: list[bytes], at_once: int) -> tuple[list[Answer], Counter[str], list[Fact]]:
    """Send the lines in groups; give the answers, and the fates and facts as they are in the end."""
    connections = Connections(database.writer_dsn)
    intake = Intake(connections)
    await intake.start()
    answers: list[Answer] = []
    try:
        for start in range(0, len(lines), at_once):
            group = [(check(decode_report(line), SANDBOX), "") for line in lines[start : start + at_once]]
            answers += await intake.submit(group)
        async with connections.acquire() as connection:
            rows = await connection.fetch("select fate::text as fate, count(*) as n from outcome group by fate")
            bodies = await connection.fetch("select body from ledger where stream = 'facts' order by position")
    finally:
        await intake.stop()
        await connections.close()
    return answers, Counter({row["fate"]: row["n"] for row in rows}), [decode_fact(row["body"]) for row in bodies]


@pytest.mark.postgres
async def test_every_report_of_an_area_and_its_year_is_recorded(fresh_database: Callable[..., Database]) -> None:
    totals = Totals()
    lines = list(generate("area", 2, months=12, totals=totals))
    _, fates, facts = await told(fresh_database("socai_events", build), lines, 250)
    assert fates == {"recorded": totals.reports - 1, "voided": 1}
    last: dict[str, PersonState | None] = {}
    for fact in facts:
        last |= {entity: state for entity, _, state in present(fact.retracts.persons, fact.asserts.persons)}
    residents = Counter(state.area for state in last.values() if state is not None and state.status == "resident")
    areas = totals.by_month[-1]["areas"]
    assert residents == {area: counted["persons"] for area, counted in areas.items()}


@pytest.mark.postgres
@pytest.mark.parametrize(("households", "seed", "months"), [(8, 667592, 1), (15, 356395, 1), (40, 108045, 12)])
async def test_where_much_happens_to_few_in_a_month_every_report_is_recorded(
    fresh_database: Callable[..., Database], households: int, seed: int, months: int
) -> None:
    """Somebody comes where the head has died earlier in the month, or where a household is merged afterwards."""
    lines = list(generate(households, seed, months=months))
    _, fates, _ = await told(fresh_database("socai_events", build), lines, 100)
    assert fates == {"recorded": len(lines) - 1, "voided": 1}


@pytest.mark.postgres
@pytest.mark.parametrize(("seed", "at_once"), [(1, 1), (2, 7), (3, 100), (4, 1000)])
async def test_every_report_of_a_sandbox_is_recorded_in_the_end(
    fresh_database: Callable[..., Database], seed: int, at_once: int
) -> None:
    lines = list(generate(40, seed, date(2025, 1, 1), 22, 4.0))
    answers, fates, facts = await told(fresh_database("socai_events", build), lines, at_once)
    refused = [
        (decode_report(line).type, answer.problem.code, answer.problem.reasons)
        for line, answer in zip(lines, answers, strict=True)
        if answer.problem is not None
    ]
    assert refused == []
    if at_once == 1:
        assert [answer for answer in answers if answer.fate == "waiting"], "some speak of what is told later"
    assert fates == {"recorded": len(lines) - 1, "voided": 1}
    steps = (step for fact in facts for step in (*fact.asserts.persons, *fact.retracts.persons))
    moving = {step.kind for step in steps if area_of(step.before) != area_of(step.after)}
    assert moving <= {event.kind for event in CATALOGUE.values() if event.moves}, "say `moves` in the class of the kind"


def area_of(state: PersonState | None) -> str | None:
    return None if state is None else state.area
