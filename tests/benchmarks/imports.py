"""How many people of an A0 book come into the ledger in a second, from the file to the durable answer?"""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from deploy.local.databases import Database
from deploy.local.processes import Command
from deploy.local.roster import once
from tests.benchmarks import running
from tests.benchmarks.bench import Bench
from tests.benchmarks.ground import DATA
from tests.benchmarks.inprocess import record
from tests.benchmarks.meters import Meter, note, used
from tests.benchmarks.people import STOCK_DAY, areas_for, sheets
from tests.benchmarks.stage import EVENTS, Stage, stage
from tests.benchmarks.table import Figure, figure
from tests.support.a0_books import write_csv

SERIES = 3
# Numbers that no household of the stock has.
NUMBERED_FROM = 100_000
PATIENCE = 900.0


def a0(bench: Bench) -> Figure:
    """An A0 book as CSV by the command itself, started anew; the limit: the same as NDJSON through the same intake."""
    households = _households(bench)
    values, limits, costs = [], [], []
    book = DATA / "book.csv"
    template = bench.stock.template(EVENTS)
    with stage(bench.ground, {EVENTS: template}, "none.") as opened:
        beside = bench.ground.create(EVENTS, "live_beside", template)
        meter = Meter(opened, "limit")
        for _ in range(bench.rounds):
            made = list(islice(households, bench.of.imported))
            people = sum(len(sheet["members"]) for sheet, _ in made)
            write_csv(book, (sheet for sheet, _ in made))
            before = meter.read()
            values.append(people / _imported(opened, book))
            costs.append(used(before, meter.read(), people))
            limits.append(people / _recorded(beside, [line for _, line in made]))
            bench.say(f"import_a0: {values[-1]:,.0f} persons/s, NDJSON alone {limits[-1]:,.0f}")
    bench.ground.drop(["live_beside"])
    book.unlink()
    return figure("import_a0", "persons/s", values, limits, note("person", costs))


def _households(bench: Bench) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Sheets that nobody has yet, and the reports that say the same."""
    for line, _, sheet in sheets(areas_for(bench.stock.size.persons), SERIES):
        told = msgspec.json.decode(line)
        sheet["number"] = told["data"]["number"] = str(NUMBERED_FROM + int(sheet["number"]))
        yield sheet, msgspec.json.encode(told)


def _imported(opened: Stage, book: Path) -> float:
    """Seconds from the start of the command to its end, all recorded."""
    arguments = (str(book), "--on", STOCK_DAY.isoformat(), "--sender", "bench", "--language", "en")
    command: Command = replace(opened.command(once("services.events", "import"), *arguments), name="import")
    began = time.perf_counter()
    opened.run_all(command, seconds=PATIENCE)
    return time.perf_counter() - began


def _recorded(database: Database, lines: list[bytes]) -> float:
    began = time.perf_counter()
    fates = running.run(record(database, lines))
    assert fates == {"recorded": len(lines)}, fates
    return time.perf_counter() - began
