"""How does a test get a PostgreSQL and a Kafka that it may kill? They lose nothing by it, as in production."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from deploy.local import databases, kafka, postgres
from deploy.local.databases import Database
from deploy.local.processes import Child, Command
from tests.support.parts import DATA, PASSWORDS, prepare_kafka, prepare_postgres
from tests.support.system import READY_SECONDS, System, eventually

POSTGRES, KAFKA = "postgres", "kafka"


@dataclass
class OwnParts:
    """One of each; `bootstrap` and the databases stay the same however often they are killed."""

    admin_dsn: str
    bootstrap: str
    commands: dict[str, Command]
    ready: dict[str, Callable[[], bool]]
    children: dict[str, Child] = field(default_factory=dict)

    async def start(self, name: str) -> None:
        """Start, and wait until it takes work; one that ends is started again, as a supervisor does.

        PostgreSQL refuses to start while the last backend of a killed one still holds its memory.
        """
        command = self.commands[name]
        self.children[name] = Child(command, command.log.parent)

        async def answers() -> bool:
            if not self.children[name].running():
                self.children[name] = Child(command, command.log.parent)
                return False
            return await asyncio.to_thread(self.ready[name])

        await eventually(answers, f"{name} ready", READY_SECONDS)

    def kill(self, name: str) -> None:
        """SIGKILL for all of its processes."""
        self.children.pop(name).kill()

    def databases(self) -> dict[str, Database]:
        return databases.create_all(self.admin_dsn, PASSWORDS)


async def strike(system: System, parts: OwnParts, victim: str) -> None:
    """Kill it and start it again at once, as a supervisor would."""
    if victim in {POSTGRES, KAFKA}:
        parts.kill(victim)
        await parts.start(victim)
        return
    system.kill(victim)
    await system.start(victim)


@asynccontextmanager
async def own_parts() -> AsyncIterator[OwnParts]:
    name = f"{os.getpid()}-own"
    cluster, run_postgres = prepare_postgres(DATA, name, durable=True)
    node, run_kafka = prepare_kafka(DATA, name)
    parts = OwnParts(
        cluster.admin_dsn,
        node.bootstrap,
        {POSTGRES: run_postgres, KAFKA: run_kafka},
        {POSTGRES: partial(postgres.is_ready, cluster.admin_dsn), KAFKA: partial(kafka.is_ready, node.bootstrap)},
    )
    try:
        await asyncio.gather(parts.start(POSTGRES), parts.start(KAFKA))
        yield parts
    finally:
        for part in list(parts.children):
            parts.kill(part)
        for folder in (cluster.home, DATA / "test" / name):
            shutil.rmtree(folder, ignore_errors=True)
