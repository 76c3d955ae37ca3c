"""Does the real write side accept everything that the twin tells, and does what waits find what it needs?"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from contracts.event import decode_report
from contracts.scopes import Scope
from deploy.local.databases import Database
from kit.auth import Access
from kit.database import Connections
from kit.migrate import migrate
from services.events.answer import Answer
from services.events.intake import Intake
from services.events.parse import check
from twin import generate
from twin.places import PROVINCES

MIGRATIONS = Path(__file__).parents[2] / "services" / "events" / "migrations"
# The provinces that the twin founds are all the places that its clients need.
SANDBOX = Access("twin", "twin", frozenset(Scope), "jti", areas=PROVINCES)


def build(database: Database) -> None:
    migrate(MIGRATIONS, database.owner_dsn)


async def told(database: Database, lines: list[bytes], at_once: int) -> tuple[list[Answer], Counter[str]]:
    """Send the lines in groups; give the answers, and the fates as they are in the end."""
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
    finally:
        await intake.stop()
        await connections.close()
    return answers, Counter({row["fate"]: row["n"] for row in rows})


@pytest.mark.postgres
@pytest.mark.parametrize(("seed", "at_once"), [(1, 1), (2, 7), (3, 100), (4, 1000)])
async def test_every_report_of_a_sandbox_is_recorded_in_the_end(
    fresh_database: Callable[..., Database], seed: int, at_once: int
) -> None:
    lines = list(generate(seed, 40, date(2025, 1, 1), 22, 4.0))
    answers, fates = await told(fresh_database("socai_events", build), lines, at_once)
    refused = [
        (decode_report(line).type, answer.problem.code, answer.problem.reasons)
        for line, answer in zip(lines, answers, strict=True)
        if answer.problem is not None
    ]
    assert refused == []
    if at_once == 1:
        assert [answer for answer in answers if answer.fate == "waiting"], "some speak of what is told later"
    assert fates == {"recorded": len(lines) - 1, "voided": 1}
