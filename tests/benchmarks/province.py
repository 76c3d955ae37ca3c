"""What does a whole province cost: its load, a month of its life, its bytes, its rebuild, and a lookup in it?

    python -m tests.benchmarks --place hai-duong --months 2

One load of an empty system serves all five figures, and must come out with every control total equal.
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import psycopg

from contracts.topics import TOPICS, topic
from deploy.local.databases import Database
from deploy.local.province.command import invented
from deploy.local.province.comparing import render as compared
from deploy.local.province.loading import READABLE, Load
from deploy.local.province.totals import STOCK, Totals, read_totals
from deploy.local.roster import READ_SERVICES, RELAY, once
from deploy.local.topics import create_topics, delete_topics
from kit.process.migrate import migrate
from kit.projections.builds import ensure
from services.events.__main__ import MIGRATIONS as EVENTS_MIGRATIONS
from services.exchange.__main__ import MIGRATIONS as EXCHANGE_MIGRATIONS
from tests.benchmarks import disk, running
from tests.benchmarks.callers import Signer, all_asked, refused
from tests.benchmarks.ground import DATA, Ground
from tests.benchmarks.inprocess import record
from tests.benchmarks.lookups import JSON, QUERY, question
from tests.benchmarks.meters import Meter, note, resident, used
from tests.benchmarks.people import People
from tests.benchmarks.projections import Source, apply
from tests.benchmarks.readers import PROJECTIONS
from tests.benchmarks.rebuilds import PATIENCE, alone, reading
from tests.benchmarks.stage import (
    API_EVENTS,
    API_EXCHANGE,
    API_REGISTRY,
    API_REPORTING,
    EVENTS,
    EXCHANGE,
    PROJECTORS,
    READERS,
    REGISTRY,
    Stage,
    prepare_gateway,
)
from tests.benchmarks.stock import tables
from tests.benchmarks.table import Figure, figure, percentile, render

PREFIX = "province."
FIGURES = ("province_load", "province_month", "province_disk", "lookup_at_province", "province_rebuild")
SEED = 2
LOOKUPS, LOOKUP_CALLERS = 1_500, 4
SANDBOX_FACTS = 250
# Of the reports, for the limit of the load and for lookups.
SAMPLED = 20_000
MOST_RESIDENT = 1_000


@dataclass(frozen=True)
class Province:
    """A province that was loaded; `people` is a sample of it."""

    opened: Stage
    files: tuple[Path, Path]
    totals: Totals
    people: People
    load: Load
    loading: dict[str, float]

    @property
    def persons(self) -> int:
        return self.totals.stock.persons


def figures(ground: Ground, place: str, months: int, rounds: int) -> list[Figure]:
    """Load once, measure all."""
    files = _invented(place, months)
    with empty(ground) as opened:
        province = _loaded(opened, files)
        found = []
        for measure in (_load, _month, _disk, partial(_lookup, rounds=rounds), _rebuild):
            found.append(measure(province))
            ground.say(render(found[-1:]))
        return found


def _invented(place: str, months: int) -> tuple[Path, Path]:
    """Anew each time, and without the progress of the last."""
    folder = DATA / f"{place}-{SEED}-{months}"
    shutil.rmtree(folder, ignore_errors=True)
    return invented(folder, place, months, SEED)


@contextmanager
def empty(ground: Ground) -> Iterator[Stage]:
    """Every process on databases and topics of its own, in which nothing stands."""
    names = [topic(PREFIX, name) for name in TOPICS]
    running.run(delete_topics(ground.bootstrap, names))
    running.run(create_topics(ground.bootstrap, names))
    databases = {service: ground.create(service, f"live_{service}") for service in (EVENTS, *READERS)}
    tables(databases, PREFIX)
    prepare_gateway(ground)
    opened = Stage(ground, databases, PREFIX)
    try:
        opened.start(API_EVENTS, RELAY, *PROJECTORS, API_REGISTRY, API_REPORTING, API_EXCHANGE)
        opened.start_door()
        yield opened
    finally:
        opened.stop()
        ground.drop([*(database.name for database in databases.values()), "small_exchange", "beside_events"])
        running.run(delete_topics(ground.bootstrap, names))


def _loaded(opened: Stage, files: tuple[Path, Path]) -> Province:
    totals, meter = read_totals(files[1]), Meter(opened)
    load = Load(opened.run(), opened.databases[REGISTRY].reader_dsn, *files, opened.ground.say)
    with closing(load):
        before = meter.read()
        load.register()
        cost = used(before, meter.read(), totals.stock.persons)
        equal = load.live()
    opened.ground.say(compared(load.lines))
    if not equal:
        raise RuntimeError("not all control totals are equal")
    return Province(opened, files, totals, _people(files[0]), load, cost)


def _people(reports: Path) -> People:
    """The first households of a province, as the benches know people."""
    people = People([])
    places: dict[str, int] = {}
    for told in _registered(reports):
        area = places.setdefault(told["area"], len(places))
        people.add(area, told)
    people.areas.extend(places)
    return people


def _registered(reports: Path) -> Iterator[dict[str, Any]]:
    with reports.open("rb") as file:
        for line in islice(file, SAMPLED):
            told: dict[str, Any] = msgspec.json.decode(line)["data"]
            # New households of later months have nobody yet.
            if "members" in told and b"household.registered" in line:
                yield told


def _load(province: Province) -> Figure:
    """Beside it the same reports through the intake alone, without door, relay and readers, as far as sampled."""
    opened, persons = province.opened, province.persons
    database = opened.ground.create(EVENTS, "beside_events")
    migrate(EVENTS_MIGRATIONS, database.owner_dsn)
    with province.files[0].open("rb") as file:
        lines = list(islice(file, SAMPLED))
    people = sum(line.count(b'"person":"') for line in lines)
    began = time.perf_counter()
    running.run(record(database, lines))
    alone_ = (time.perf_counter() - began) * persons / people
    seconds = province.load.seconds[STOCK + READABLE]
    peaks = ", ".join(f"{name} {peak}" for name, peak in resident(opened).items())
    told = f"{persons:,} persons, {persons / seconds:,.0f}/s; peak MB: {peaks} (allowed {MOST_RESIDENT:,})"
    cost = note("person", [province.loading])
    return figure("province_load", "s", [seconds], [alone_], told, cost, costs=province.loading)


def _month(province: Province) -> Figure:
    """The months one after another, each from its first report until all of it can be read."""
    months = [month.month for month in province.totals.months_totals]
    seconds = [province.load.seconds[month + READABLE] for month in months]
    reports = sum(month.reports for month in province.totals.months_totals)
    return figure("province_month", "s", seconds or [0.0], (), f"{reports:,} reports in {len(months)} months")


def _disk(province: Province) -> Figure:
    opened = province.opened
    found = disk.places(opened.databases, opened.ground.folder.kafka / "data", PREFIX)
    opened.ground.say(disk.render(found, province.persons))
    total = sum(place.bytes for place in found) / province.persons
    services = {place.service: 0 for place in found}
    for place in found:
        services[place.service] += place.bytes
    told = ", ".join(f"{service} {size / province.persons:,.0f}" for service, size in services.items())
    return figure("province_disk", "B/person", [total], (), told)


def _lookup(province: Province, rounds: int) -> Figure:
    """The same processes on a sandbox's tables and on the province's, in turn."""
    opened = province.opened
    whole, small = opened.databases[EXCHANGE], _sandbox(opened)
    with psycopg.connect(small.reader_dsn) as connection:
        rows = connection.execute("select value from identifier where value like 'pid:%' and not gone").fetchall()
    numbers = {small.name: [value.partition(":")[2] for (value,) in rows], whole.name: province.people.numbers}
    waits: dict[str, list[float]] = {small.name: [], whole.name: []}
    for _ in range(rounds):
        for database in (small, whole):
            opened.stop(API_EXCHANGE.name)
            opened.databases[EXCHANGE] = database
            opened.start(API_EXCHANGE)
            asked = Random("lookups").choices(numbers[database.name], k=LOOKUPS)
            waits[database.name].append(_asked(opened, asked))
    told = "p50, each with its disclosure line"
    return figure("lookup_at_province", "ms", waits[whole.name], waits[small.name], told)


def _sandbox(opened: Stage) -> Database:
    """Exchange's tables with what the first facts tell."""
    made = opened.ground.create(EXCHANGE, "small_exchange")
    migrate(EXCHANGE_MIGRATIONS, made.owner_dsn)
    running.run(ensure(PROJECTIONS[EXCHANGE], made.owner_dsn, topic_prefix=PREFIX))
    source = Source(PROJECTIONS[EXCHANGE], made, opened.ground.bootstrap, PREFIX)
    running.run(apply(source, Meter(opened), SANDBOX_FACTS))
    return made


def _asked(opened: Stage, numbers: Sequence[str]) -> float:
    """Milliseconds of the middle one of many lookups, behind some that warm up."""
    signer = Signer(opened.run(), "health")
    bodies = [question(number) for number in (*numbers[:100], *numbers)]
    requests = [signer.request("POST", QUERY, body, JSON) for body in bodies]
    running.run(all_asked(opened.base, requests[:100], LOOKUP_CALLERS))
    answers, _ = running.run(all_asked(opened.base, requests[100:], LOOKUP_CALLERS))
    assert not (wrong := refused(answers, 200)), wrong
    return 1_000 * percentile([answer.seconds for answer in answers], 0.5)


def _rebuild(province: Province) -> Figure:
    """The three commands at once while people read; beside it each service alone, rows and COPY only."""
    opened = province.opened
    commands = [opened.command(once(f"services.{name}", "rebuild")) for name in READ_SERVICES]
    meter = Meter(opened)
    with reading(province.people, opened) as seen:
        before, began = meter.read(), time.perf_counter()
        opened.run_all(*commands, seconds=PATIENCE)
        seconds = time.perf_counter() - began
        cost = used(before, meter.read(), province.persons)
    sources = (
        Source(PROJECTIONS[service], opened.databases[service], opened.ground.bootstrap, PREFIX) for service in READERS
    )
    limit = sum(running.run(alone(source)) for source in sources)
    told = f"reads p95 {1_000 * percentile(seen, 0.95):.0f} ms meanwhile"
    return figure("province_rebuild", "s", [seconds], [limit], told, note("person", [cost]), costs=cost)
