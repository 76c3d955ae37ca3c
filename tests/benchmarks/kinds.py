"""Is any kind of report much dearer than the others, from its bytes to its place in the ledger?"""

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from contracts.event import Event
from deploy.local.databases import Database
from kit.process.migrate import migrate
from services.events.__main__ import MIGRATIONS
from services.events.intake.answer import Answer
from services.events.intake.group import Group
from services.events.report.line import Line
from services.events.report.parse import parse
from tests.benchmarks import running
from tests.benchmarks.bench import Bench
from tests.benchmarks.inprocess import OFFICE, TRACE
from tests.benchmarks.stage import EVENTS
from tests.benchmarks.table import Figure, figure
from tests.support.intakes import intake_of
from twin import generate

DATABASE = "kinds_socai_events"
HOUSEHOLDS, MONTHS, SCALE = 3_000, 12, 4.0
FIRST = date(2025, 1, 1)
AT_ONCE = 1_000
FEWEST = 20
SHOWN = 6

Seconds = dict[str, list[float]]


def intake_kinds(bench: Bench) -> Figure:
    """The slowest kind beside half the median of all kinds, in reports a second that one process reads and decides.

    A year of an invented population with every kind that collaborators tell; kinds told fewer than 20 times are left
    out. A registration counts as one report, however many people it tells of.
    """
    values, limits, slowest = [], [], ""
    lines = list(generate(HOUSEHOLDS, 1, FIRST, MONTHS, SCALE))
    for _ in range(bench.rounds):
        made = bench.ground.create(EVENTS, DATABASE)
        migrate(MIGRATIONS, made.owner_dsn)
        with _timed() as seconds:
            running.run(_told(made, lines, seconds))
        rates = {kind: 1 / statistics.fmean(each) for kind, each in seconds.items() if len(each) >= FEWEST}
        ordered = sorted(rates, key=lambda kind: rates[kind])
        values.append(rates[ordered[0]])
        limits.append(statistics.median(rates.values()) / 2)
        slowest = ", ".join(f"{kind} {rates[kind]:,.0f}" for kind in ordered[:SHOWN])
        bench.say(f"intake_kinds: {slowest}; half the median {limits[-1]:,.0f}")
    bench.ground.drop([DATABASE])
    return figure("intake_kinds", "reports/s", values, limits, f"{len(rates)} kinds, the slowest {slowest}")


@contextmanager
def _timed() -> Iterator[Seconds]:
    """Note how long each report is decided; what it takes to read it comes before it."""
    found: Seconds = defaultdict(list)
    one = Group.one

    async def timed(self: Group, line: Line, trace: str, *, again: bool = False, behind: Event | None = None) -> Answer:
        began = time.perf_counter()
        answer = await one(self, line, trace, again=again, behind=behind)
        found[line.event.kind].append(time.perf_counter() - began)
        return answer

    Group.one = timed  # type: ignore[method-assign]  # for the time of this bench
    try:
        yield found
    finally:
        Group.one = one  # type: ignore[method-assign]  # as before


async def _told(database: Database, lines: list[bytes], seconds: Seconds) -> None:
    reading: dict[str, list[float]] = defaultdict(list)
    async with intake_of(database) as intake:
        for start in range(0, len(lines), AT_ONCE):
            chunk = []
            for raw in lines[start : start + AT_ONCE]:
                began = time.perf_counter()
                line = parse(raw, OFFICE)
                reading[line.event.kind].append(time.perf_counter() - began)
                chunk.append((line, TRACE))
            await intake.submit(chunk)
    for kind, each in reading.items():
        mean = statistics.fmean(each)
        seconds[kind] = [one + mean for one in seconds[kind]]
