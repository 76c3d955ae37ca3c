"""What does a report cost that is told late, when 1, 10 or 100 later facts must be applied again behind it?"""

import statistics
import time
from datetime import date, timedelta
from itertools import count

from contracts.ids import uuid7
from deploy.local.databases import Database
from services.events.intake.intake import Intake
from services.events.report.parse import parse
from tests.benchmarks import running
from tests.benchmarks.bench import Bench
from tests.benchmarks.inprocess import OFFICE, TRACE
from tests.benchmarks.people import areas_for
from tests.benchmarks.reports import TOLD_MS, Told, told
from tests.benchmarks.stage import EVENTS, stage
from tests.benchmarks.table import Figure, figure
from tests.support.intakes import intake_of

LATER = (1, 10, 100)
PEOPLE = 10
REGISTERED, TOLD_LATE, FIRST = date(2025, 7, 2), date(2025, 7, 15), date(2025, 8, 1)
MILLI = 1_000
_clock = count(TOLD_MS)


def late_report(bench: Bench) -> Figure:
    """A marriage told behind so many moves of the same person; beside it what ten times as many moves may cost."""
    area = areas_for(bench.stock.size.persons)[0].id
    values, limits = [], []
    with stage(bench.ground, {EVENTS: bench.stock.template(EVENTS)}, "late.") as opened:
        for _ in range(bench.rounds):
            costs = running.run(_measured(opened.databases[EVENTS], area))
            bench.say("late_report: " + ", ".join(f"{n} later {cost:.2f} ms" for n, cost in costs.items()))
            values.append(costs[100])
            limits.append(10 * costs[10])
    each = ", ".join(f"{n} later facts {cost:.2f} ms" for n, cost in costs.items())
    return figure("late_report", "ms", values, limits, "behind 100 later facts, against ten times that behind 10", each)


async def _measured(database: Database, area: str) -> dict[int, float]:
    """Milliseconds of a late report, by how many later facts stand behind it."""
    async with intake_of(database) as intake:
        return {later: await _one(intake, area, later) for later in LATER}


async def _one(intake: Intake, area: str, later: int) -> float:
    found = []
    for _ in range(PEOPLE):
        person, homes = uuid7(next(_clock)), [uuid7(next(_clock)) for _ in range(2)]
        await _tell(
            intake, "household.registered", REGISTERED, household=homes[0], area=area, members=[_member(person)]
        )
        await _tell(intake, "household.registered", REGISTERED, household=homes[1], area=area)
        for number in range(later):
            day = FIRST + timedelta(days=number)
            await _tell(intake, "person.moved", day, person=person, household=homes[(number + 1) % 2])
        began = time.perf_counter()
        await _tell(intake, "person.married", TOLD_LATE, person=person)
        found.append((time.perf_counter() - began) * MILLI)
    return statistics.median(found)


def _member(person: str) -> dict[str, str]:
    return {"person": person, "sex": "female", "birth": "1990-05-20"}


async def _tell(intake: Intake, kind: str, on: date, **data: object) -> None:
    line = told(Told(kind, {"on": on.isoformat(), **data}, "/bench"), next(_clock))
    (answer,) = await intake.submit([(parse(line, OFFICE), TRACE)])
    assert answer.fate == "recorded", answer.problem
