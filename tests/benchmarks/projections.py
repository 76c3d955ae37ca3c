"""How many facts does one projector apply, on a full stock?"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import asyncpg

from contracts.fact import decode_fact
from deploy.local.databases import Database
from kit.log.kafka import KafkaReader
from kit.log.records import Checkpoint, Partition, Record, partitions_of
from kit.process.database import Connections
from kit.projections.batch import Live
from kit.projections.builds import serving_builds
from kit.projections.checkpoint import Slot
from kit.projections.projection import AnyProjection, Merge
from kit.projections.projector import Projector, ProjectorSettings
from tests.benchmarks import running
from tests.benchmarks.bench import Bench
from tests.benchmarks.limits import KEYS, Rows, make_upserted, upsert_rate
from tests.benchmarks.meters import Meter, note, used
from tests.benchmarks.readers import PROJECTIONS
from tests.benchmarks.stage import EXCHANGE, REGISTRY, REPORTING, Stage, point_readers, stage
from tests.benchmarks.table import Figure, figure
from tests.support.applying import collect

AT_ONCE = 5_000
PROJECTOR = "bench-projector"
PATIENCE = 180.0


class Applied(NamedTuple):
    """What one run of a projector did: facts, seconds, and processor time a fact."""

    facts: int
    seconds: float
    cost: Mapping[str, float]

    @property
    def rate(self) -> float:
        return self.facts / self.seconds


@dataclass(frozen=True)
class Source:
    """A log to project from: which projections of which database, from which topics."""

    projections: Sequence[AnyProjection]
    database: Database
    bootstrap: str
    prefix: str


class TimedReader(KafkaReader):
    """Notes when it was first asked for records: before that, a projector only gets ready."""

    began = 0.0

    async def read(self, max_records: int, timeout: float) -> list[Record]:
        TimedReader.began = TimedReader.began or time.perf_counter()
        return await super().read(max_records, timeout)


async def apply(source: Source, meter: Meter, wanted: int) -> Applied:
    """Run a projector in this process until it has applied so many facts (it ends its last batch)."""
    database = Connections(source.database.writer_dsn, size=1, command_timeout=None, name=PROJECTOR)
    stopping = asyncio.Event()
    ended, after = 0.0, dict[str, float]()

    def observe(_: Sequence[Record], __: float) -> None:
        nonlocal ended, after
        if projector.progress.facts >= wanted:
            ended = time.perf_counter()
            after = meter.read()
            stopping.set()

    projector = Projector(
        source.projections,
        database,
        lambda: TimedReader(source.bootstrap),
        ProjectorSettings("bench", source.prefix, batch_records=min(AT_ONCE, max(1, wanted // 2))),
        observe=observe,
    )
    TimedReader.began = 0.0
    before = meter.read()
    try:
        async with asyncio.timeout(PATIENCE):
            await projector.run(stopping)
    except TimeoutError:
        progress = projector.progress
        raise RuntimeError(f"{progress.facts} of {wanted} facts in {PATIENCE} s: {progress.failure}") from None
    finally:
        await database.close()
    facts = projector.progress.facts
    cost = used(before, after, facts)
    return Applied(facts, ended - TimedReader.began, cost)


def registry(bench: Bench) -> Figure:
    return _measure(bench, "projection_registry", REGISTRY)


def reporting(bench: Bench) -> Figure:
    return _measure(bench, "projection_reporting", REPORTING)


def exchange(bench: Bench) -> Figure:
    return _measure(bench, "projection_exchange", EXCHANGE)


def _measure(bench: Bench, name: str, service: str) -> Figure:
    kept, of = bench.stock, bench.of
    values, limits, costs = [], [], []
    with stage(bench.ground, {service: kept.template(service)}, kept.singles_topics) as opened:
        source = source_of(bench, opened, service, kept.singles_topics)
        point_readers(source.database, source.prefix)
        rows = running.run(rows_of(source, kept.position))
        running.run(_fill(source.database, kept.size.persons, rows))
        meter = Meter(opened, "projector")
        for _ in range(bench.rounds):
            applied = running.run(apply(source, meter, of.facts))
            values.append(applied.rate)
            costs.append(dict(applied.cost))
            limits.append(running.run(_limit(source.database, rows, applied.facts)))
            bench.say(f"{name}: {values[-1]:,.0f} facts/s ({applied.facts}), upserts alone {limits[-1]:,.0f}")
        sheets = _sheets(bench, opened, service, meter)
    told = f"{rows.new + rows.known:.2f} rows a fact ({rows.known:.2f} upserted), {rows.size:.0f} bytes each"
    return figure(name, "facts/s", values, limits, told, note("fact", costs), sheets)


def source_of(bench: Bench, opened: Stage, service: str, prefix: str) -> Source:
    return Source(PROJECTIONS[service], opened.databases[service], bench.ground.bootstrap, prefix)


def _sheets(bench: Bench, opened: Stage, service: str, meter: Meter) -> str:
    """Household registrations, in transitions a second: for the note."""
    source = source_of(bench, opened, service, bench.stock.sheets_topics)
    point_readers(source.database, source.prefix)
    transitions = running.run(transitions_a_fact(source))
    runs = [running.run(apply(source, meter, bench.of.sheets)) for _ in range(bench.rounds)]
    rates = sorted(run.rate * transitions for run in runs)
    cost = sorted(run.cost.get("projector", 0.0) / transitions for run in runs)[len(runs) // 2]
    bench.say(f"registrations: {rates[len(rates) // 2]:,.0f} transitions/s")
    return f"registrations {rates[len(rates) // 2]:,.0f} transitions/s, {cost:.1f} us of the projector each"


async def read_some(source: Source, count: int) -> list[Record]:
    """The first records of every partition."""
    reader = KafkaReader(source.bootstrap)
    await reader.start()
    try:
        await reader.assign(dict.fromkeys(partitions_of(source.projections[0].topics, source.prefix), 0))
        found: list[Record] = []
        while len(found) < count and (some := await reader.read(count, 2.0)):
            found += some
        return found[:count]
    finally:
        await reader.stop()


async def transitions_a_fact(source: Source) -> float:
    records = [record for record in await read_some(source, 1_000) if not record.is_watermark]
    facts = [decode_fact(record.value) for record in records]
    return sum(len(fact.asserts.persons) + len(fact.asserts.households) for fact in facts) / len(facts)


async def rows_of(source: Source, position: int) -> Rows:
    """How many rows the projections make of a fact, once those of a batch are merged."""
    connection = await asyncpg.connect(source.database.writer_dsn)
    try:
        serving = await serving_builds(connection)
    finally:
        await connection.close()
    live = [Live.of(one, serving[one.name][1], source.prefix) for one in source.projections]
    records = await read_some(source, AT_ONCE)
    partitions = {Partition(record.topic, record.partition) for record in records}
    slots: dict[Slot, Checkpoint] = {
        one.slot(partition): Checkpoint(0, position) for one in live for partition in partitions
    }
    batch = collect(live, slots, records)
    known = sum(len(rows) for table, rows in batch.rows.items() if table.merge is not Merge.APPEND)
    all_rows = [row for rows in batch.rows.values() for row in rows]
    size = sum(map(_bytes, all_rows)) / len(all_rows)
    return Rows((len(all_rows) - known) / batch.facts, known / batch.facts, size)


def _bytes(row: Sequence[Any]) -> int:
    """About what PostgreSQL stores of a row: the text, the bytes, and eight for whatever else there is."""
    return sum(len(value) if isinstance(value, bytes | str) else 8 for value in row if value is not None)


async def _fill(database: Database, persons: int, rows: Rows) -> None:
    connection = await asyncpg.connect(database.owner_dsn)
    try:
        await make_upserted(connection, persons, max(0, round(rows.size) - 24))
    finally:
        await connection.close()


async def _limit(database: Database, rows: Rows, facts: int) -> float:
    connection = await asyncpg.connect(database.owner_dsn)
    try:
        await connection.execute("create temp table stage (like upserted) on commit delete rows")
        keys = [row["id"] for row in await connection.fetch(KEYS)]
        return await upsert_rate(connection, keys, rows, facts, AT_ONCE)
    finally:
        await connection.close()
