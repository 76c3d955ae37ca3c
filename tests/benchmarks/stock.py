"""What do the benches begin with? People on the books, in the ledger, in the log and in every reader's tables.

It is built once for each size and kept: as databases that are copied for each bench, and as topics that are only
read. Behind the stock two more pieces of the same ledger are kept as topics of their own: single-person facts with
corrections, and household registrations, for the projections to apply.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice, takewhile

import msgspec
import psycopg

from contracts.topics import TOPICS, topic
from deploy.local.databases import Database
from deploy.local.processes import wait_until
from deploy.local.roster import RELAY
from deploy.local.settings import ROOT
from deploy.local.topics import create_topics, delete_topics
from kit.process.migrate import migrate
from kit.projections.builds import ensure
from services.events.__main__ import MIGRATIONS as EVENTS_MIGRATIONS
from services.exchange.__main__ import MIGRATIONS as EXCHANGE_MIGRATIONS
from tests.benchmarks import running
from tests.benchmarks.ground import DATA, Ground
from tests.benchmarks.inprocess import publish, record
from tests.benchmarks.lives import Lives
from tests.benchmarks.people import People, areas_for, founding, sheets
from tests.benchmarks.readers import PROJECTIONS
from tests.benchmarks.stage import EVENTS, EXCHANGE, PROJECTORS, READERS, Stage, seed_topics

CORRECTIONS = 0.1
PATIENCE = 1_800.0
# Other series of invented households must not be these.
STOCK_SERIES, KEPT_SERIES = 0, 1
# Whatever of these changes makes another stock.
SOURCES = (
    "contracts/*.py",
    "contracts/kinds/*.py",
    "services/*/migrations/**/*.py",
    "services/*/projections/*.py",
    "services/*/cubes/*.py",
    "services/registry/facts.py",
    "kit/projections/builds.py",
    "kit/projections/history.py",
    "tests/benchmarks/people.py",
    "tests/benchmarks/lives.py",
    "tests/benchmarks/stock.py",
    "twin/**/*.py",
)


class Size(msgspec.Struct, frozen=True):
    """How large everything is; `singles` and `sheets` are what is kept for the projections."""

    persons: int
    singles: int
    sheets: int


class Stock(msgspec.Struct, frozen=True):
    """What is kept: the positions at which the stock, the single facts and the registrations end."""

    size: Size
    fingerprint: str
    position: int
    singles_end: int
    sheets_end: int

    def template(self, service: str) -> str:
        return f"stock_{self.size.persons}_{service}"

    @property
    def templates(self) -> dict[str, str]:
        return {service: self.template(service) for service in (EVENTS, *READERS)}

    @property
    def topics(self) -> str:
        """Prefix of the topics that hold the stock."""
        return f"stock-{self.size.persons}."

    @property
    def singles_topics(self) -> str:
        return f"singles-{self.size.persons}."

    @property
    def sheets_topics(self) -> str:
        return f"sheets-{self.size.persons}."


def stock(ground: Ground, size: Size) -> tuple[Stock, People]:
    """The stock that is kept, built where there is none of this size and version."""
    path = DATA / f"stock-{size.persons}.json"
    people_path = DATA / f"people-{size.persons}.msgpack"
    mark = fingerprint()
    if path.exists():
        found = msgspec.json.decode(path.read_bytes(), type=Stock)
        if (found.size, found.fingerprint) == (size, mark):
            return found, msgspec.msgpack.decode(people_path.read_bytes(), type=People)
        path.unlink()
    made, people = _build(ground, size, mark)
    people_path.write_bytes(msgspec.msgpack.encode(people))
    path.write_bytes(msgspec.json.encode(made))
    return made, people


def fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _build(ground: Ground, size: Size, mark: str) -> tuple[Stock, People]:
    began = time.monotonic()
    made = Stock(size, mark, 0, 0, 0)
    ground.say(f"stock: {size.persons} persons are put on the books; once, and kept")
    prefixes = (made.topics, made.singles_topics, made.sheets_topics)
    running.run(delete_topics(ground.bootstrap, [topic(prefix, name) for prefix in prefixes for name in TOPICS]))
    names = [f"building_{service}" for service in made.templates]
    databases = {service: ground.create(service, f"building_{service}") for service in made.templates}
    tables(databases, made.topics)
    people = People([area.id for area in areas_for(size.persons)])
    running.run(create_topics(ground.bootstrap, [topic(made.topics, name) for name in TOPICS]))
    opened = Stage(ground, databases, made.topics)
    try:
        # Beside each other, since there is more than one core.
        opened.start(RELAY, *PROJECTORS)
        position = _record(ground, databases[EVENTS], _registrations(people, size.persons))
        ground.say(f"stock: {len(people.persons)} persons in {len(people.households)} households, position {position}")
        if not wait_until(lambda: min(complete(databases[one]) for one in READERS) >= position, PATIENCE):
            raise RuntimeError("the projectors did not come to the end of the stock")
    finally:
        opened.stop()
    for service, template in made.templates.items():
        _settle(databases[service])
        ground.rename(databases[service].name, template)
    made = msgspec.structs.replace(made, position=position)
    made = _extend(ground, made, people)
    ground.drop(names)
    ground.say(f"stock: built in {time.monotonic() - began:.0f} s")
    return made, people


def tables(databases: dict[str, Database], prefix: str) -> None:
    """Make every service's tables."""
    migrate(EVENTS_MIGRATIONS, databases[EVENTS].owner_dsn)
    migrate(EXCHANGE_MIGRATIONS, databases[EXCHANGE].owner_dsn)
    for service in READERS:
        running.run(ensure(PROJECTIONS[service], databases[service].owner_dsn, topic_prefix=prefix))


def _registrations(people: People, persons: int) -> Iterator[bytes]:
    areas = areas_for(persons)
    yield from founding(areas)
    for line, area, data in takewhile(lambda _: len(people.persons) < persons, sheets(areas, STOCK_SERIES)):
        people.add(area, data)
        yield line


def _record(ground: Ground, database: Database, lines: Iterator[bytes]) -> int:
    """Record all; the position at which the ledger then ends."""
    fates: Counter[str] = running.run(record(database, lines))
    ground.say(f"recorded: {dict(fates.most_common(5))}")
    with psycopg.connect(database.reader_dsn) as connection:
        row = connection.execute("select max(position) from ledger").fetchone()
    assert row is not None
    return int(row[0])


def complete(database: Database) -> int:
    """Up to where all projections of a database are complete."""
    with psycopg.connect(database.reader_dsn) as connection:
        row = connection.execute(
            "select coalesce(min(c.position), 0) from serving s join checkpoint c using (projection, build)"
        ).fetchone()
    assert row is not None
    return int(row[0])


def _settle(database: Database) -> None:
    with psycopg.connect(database.owner_dsn, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")


def _extend(ground: Ground, made: Stock, people: People) -> Stock:
    """Go on in a copy of the ledger, and keep what comes of it as topics only."""
    size = made.size
    database = ground.create(EVENTS, f"building_{EVENTS}", made.template(EVENTS))
    lives = Lives(people, size.singles, seed="kept")
    singles = _record(ground, database, iter(lives.take(size.singles, corrections=CORRECTIONS)))
    running.run(seed_topics(ground.bootstrap, made.singles_topics, made.position))
    running.run(publish(ground, database, made.singles_topics, singles))
    more = sheets(areas_for(size.persons), KEPT_SERIES)
    registered = _record(ground, database, (line for line, *_ in islice(more, size.sheets)))
    running.run(seed_topics(ground.bootstrap, made.sheets_topics, singles))
    running.run(publish(ground, database, made.sheets_topics, registered))
    return msgspec.structs.replace(made, singles_end=singles, sheets_end=registered)
