"""How do our processes come up on copies of the stock, and what does a bench know of them?"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import msgspec
import psutil
import psycopg

from contracts.topics import TOPICS, encode_watermark, topic
from deploy.local.crew import answers
from deploy.local.databases import Database
from deploy.local.processes import Child, Command, last_lines, wait_until
from deploy.local.roster import AUTHORITY, DOOR, RELAY, Ours, api, projector
from deploy.local.topics import create_topics, delete_topics
from gateway.__main__ import MIGRATIONS as GATEWAY_MIGRATIONS
from gateway.limits import ClientClass
from gateway.sandbox.clients import ensure
from kit.log.kafka import KafkaWriter
from kit.log.records import partitions_of
from kit.process.migrate import migrate
from socai.client import Run
from tests.benchmarks import running
from tests.benchmarks.ground import Ground

EVENTS, REGISTRY, REPORTING, EXCHANGE = "socai_events", "socai_registry", "socai_reporting", "socai_exchange"
READERS = (REGISTRY, REPORTING, EXCHANGE)
READY_SECONDS = 90.0


@dataclass
class Stage:
    """Processes on databases that are this stage's own; `prefix` stands before its topics."""

    ground: Ground
    databases: dict[str, Database]
    prefix: str
    children: dict[str, Child] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.ground.wiring.settings.public_base()

    def command(self, ours: Ours, *arguments: str) -> Command:
        """As `make run` starts it, on the databases and topics of this stage."""
        wiring = replace(self.ground.wiring, databases={**self.ground.wiring.databases, **self.databases})
        made = wiring.command(ours, *arguments)
        name = ours.package.rpartition(".")[2].upper()
        return replace(made, env={**made.env, f"SOCAI_{name}_TOPIC_PREFIX": self.prefix})

    def start(self, *all_ours: Ours) -> None:
        """Start and wait until they are ready."""
        for ours in all_ours:
            self._start(self.command(ours))
        for ours in all_ours:
            self._await(ours.name, self.ground.wiring.health(ours))

    def start_door(self) -> None:
        """The authority, the bare service and the door, which knows two more routes than the product's."""
        self.start(AUTHORITY)
        bare = {
            "SOCAI_BENCH_PORT": str(self.ground.bare_port),
            "SOCAI_BENCH_COMMITS": self.databases[EVENTS].writer_dsn if EVENTS in self.databases else "",
            "SOCAI_BENCH_READS": self.databases[EXCHANGE].reader_dsn if EXCHANGE in self.databases else "",
        }
        made = self.command(AUTHORITY)
        python = made.argv[0]
        door = self.command(DOOR)
        self._start(replace(made, name="bare", argv=(python, "-m", "tests.benchmarks.bare"), env={**made.env, **bare}))
        self._start(replace(door, argv=(python, "-m", "tests.benchmarks.door"), env={**door.env, **bare}))
        self._await("bare", f"http://127.0.0.1:{self.ground.bare_port}/livez")
        self._await(DOOR.name, self.ground.wiring.health(DOOR))

    def _start(self, command: Command) -> None:
        self.children[command.name] = Child(command, self.ground.folder.pids)

    def _await(self, name: str, url: str) -> None:
        child = self.children[name]
        ready = wait_until(lambda: not child.running() or answers(url), READY_SECONDS)
        if not ready or not child.running():
            raise RuntimeError(f"{name} did not start:\n{last_lines(child.command.log)}")

    def run_all(self, *commands: Command, seconds: float) -> None:
        """Start commands that end by themselves, all at once, and wait until every one has ended well."""
        for command in commands:
            self._start(command)
        names = [command.name for command in commands]
        if not wait_until(lambda: not any(self.children[name].running() for name in names), seconds):
            raise RuntimeError(f"not done within {seconds:.0f} s: {', '.join(names)}")
        for name in names:
            child = self.children.pop(name)
            if child.exit_code() != 0:
                raise RuntimeError(f"{name} failed:\n{last_lines(child.command.log)}")

    def relayed(self, position: int) -> bool:
        """Whether the relay has published up to a position."""
        answer = httpx.get(self.ground.wiring.health(RELAY), timeout=5, trust_env=False)
        return int(answer.json()["checks"]["relay"].rpartition(" ")[2]) >= position

    def stop(self, *names: str) -> None:
        """Stop some processes, or all, the last started first."""
        chosen = [name for name in reversed(self.children) if not names or name in names]
        for name in chosen:
            self.children[name].ask_to_stop()
        for name in chosen:
            self.children.pop(name).stop()

    def process(self, name: str) -> psutil.Process:
        return psutil.Process(self.children[name].pid)

    def run(self) -> Run:
        """The addresses and clients of this stage, as a client's run file has them."""
        writer = self.ground.wiring.databases["socai_gateway"].writer_dsn
        clients = running.run(ensure(writer, {"*": ("VN",)}, rate_class=ClientClass.BULK))
        facts: dict[str, Any] = {"gateway": self.base, "issuer": self.base, "clients": clients}
        return msgspec.convert(facts, type=Run)


def prepare_gateway(ground: Ground) -> None:
    """Make the gateway's own database, which holds clients and keys and is kept."""
    if not ground.exists("socai_gateway"):
        made = ground.create("socai_gateway", "socai_gateway")
        migrate(GATEWAY_MIGRATIONS, made.owner_dsn)


@contextmanager
def stage(ground: Ground, templates: Mapping[str, str], prefix: str, position: int = 0) -> Iterator[Stage]:
    """Copies of databases (service -> kept database); nothing of them is left behind.

    With a `position` new topics are made, into which the ledger is published from behind that position on, and
    readers begin with them; without, `prefix` names topics that are there.
    """
    began = time.monotonic()
    names = {service: f"live_{service}" for service in templates}
    made = {service: ground.create(service, names[service], template) for service, template in templates.items()}
    opened = Stage(ground, made, prefix)
    try:
        if position:
            running.run(seed_topics(ground.bootstrap, prefix, position))
            for service in made.keys() & set(READERS):
                point_readers(made[service], prefix)
        prepare_gateway(ground)
        ground.say(f"copies of the stock in {time.monotonic() - began:.1f} s")
        yield opened
    finally:
        opened.stop()
        ground.drop(list(names.values()))
        if position:
            running.run(delete_topics(ground.bootstrap, [topic(prefix, name) for name in TOPICS]))


async def seed_topics(bootstrap: str, prefix: str, position: int) -> None:
    """Make topics that say: everything up to this position was published (elsewhere)."""
    names = [topic(prefix, name) for name in TOPICS]
    await delete_topics(bootstrap, names)
    await create_topics(bootstrap, names)
    writer = KafkaWriter(bootstrap)
    await writer.start()
    try:
        for name, number in partitions_of(TOPICS, prefix):
            await writer.append(name, number, [encode_watermark(position)])
    finally:
        await writer.stop()


def point_readers(database: Database, prefix: str) -> None:
    """Let the projections of a database go on with other topics, from their first record."""
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute(
            "update checkpoint set next_offset = 0,"
            " topic = %s || substring(topic from position('population.' in topic))",
            [prefix],
        )


API_EVENTS, API_REGISTRY, API_REPORTING, API_EXCHANGE = (
    api("events", "writer", "reader"),
    api("registry", "reader"),
    api("reporting", "reader"),
    api("exchange", "writer", "reader"),
)
PROJECTORS = tuple(projector(name) for name in ("registry", "reporting", "exchange"))
