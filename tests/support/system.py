"""How does a test run the whole product: every process of ours as `make run` starts it, on ports of its own?"""

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from contracts.topics import TOPICS, topic
from deploy.local import crew
from deploy.local.databases import Database
from deploy.local.folder import Folder
from deploy.local.ports import free_ports
from deploy.local.processes import Child, Command, last_lines
from deploy.local.roster import OURS, Ours, Wiring, once
from deploy.local.settings import PORTS, LocalSettings
from deploy.local.topics import create_topics, delete_topics
from gateway.limits import ClientClass
from gateway.sandbox.clients import ensure
from tests.support.callers import Callers

READY_SECONDS = 90.0
PATIENCE = 60.0
MEMBERS = {ours.name: ours for ours in OURS.running}


@dataclass
class System:
    """Processes on databases and topics of their own; `callers` are the sandbox's clients at its door."""

    wiring: Wiring
    environment: Mapping[str, str]
    callers: Callers
    children: dict[str, Child] = field(default_factory=dict)

    def command(self, ours: Ours, *arguments: str) -> Command:
        made = self.wiring.command(ours, *arguments)
        return replace(made, env={**made.env, **self.environment})

    async def start(self, *names: str) -> None:
        """Start and wait until they say that they are ready."""
        for name in names:
            self.children[name] = Child(self.command(MEMBERS[name]), self.wiring.folder.pids)
        await asyncio.gather(*(self.ready(name) for name in names))

    async def ready(self, name: str) -> None:
        url = self.wiring.health(MEMBERS[name])

        async def answers() -> bool:
            child = self.children[name]
            assert child.running(), f"{name} ended:\n{last_lines(child.command.log)}"
            return await asyncio.to_thread(crew.answers, url)

        await eventually(answers, f"{name} ready", READY_SECONDS)

    def kill(self, name: str) -> None:
        """SIGKILL."""
        self.children.pop(name).kill()

    def stop(self) -> None:
        for child in reversed(self.children.values()):
            child.ask_to_stop()
        for child in self.children.values():
            child.stop()

    async def run(self, package: str, verb: str, *arguments: str) -> str:
        """A command that ends by itself, as an operator types it; it must end well. What it said."""
        command = self.command(once(package, verb), *arguments)
        done = await asyncio.to_thread(
            subprocess.run,
            command.argv,
            env=dict(command.env),
            cwd=command.cwd,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{package} {verb}: {done.stdout}{done.stderr}"
        return done.stdout

    def address(self, name: str) -> str:
        """Where the process itself listens, behind the door."""
        return self.wiring.health(MEMBERS[name]).rpartition("/")[0]

    def log(self, name: str) -> str:
        path = self.wiring.folder.log(name)
        return path.read_text(errors="replace") if path.exists() else ""

    async def send(self, client: str, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.callers.send(client, method, path, **options)


async def eventually(condition: Callable[[], Awaitable[Any]], what: str, seconds: float = PATIENCE) -> Any:
    """What the condition gives once it gives something; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (found := await condition()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(0.05)
    return found


@asynccontextmanager
async def opened(
    folder: Path,
    bootstrap: str,
    databases: Mapping[str, Database],
    *,
    topic_prefix: str = "",
    environment: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
) -> AsyncIterator[System]:
    """Migrated, all processes ready, clients registered; all stopped when the block ends."""
    ports: dict[str, Any] = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    settings = LocalSettings(data=folder, sandbox=False, postgres="", kafka=bootstrap, door="", **ports)
    wiring = Wiring(settings, Folder(folder), OURS, bootstrap, databases, "k" * 40, topic_prefix)
    topics = [topic(topic_prefix, name) for name in TOPICS]
    base = settings.public_base()
    async with httpx.AsyncClient(base_url=base, timeout=60, trust_env=False) as http:
        system = System(wiring, environment or {}, Callers(base, http, {}))
        try:
            await create_topics(bootstrap, topics)
            await asyncio.gather(*(system.run(ours.package, ours.verb) for ours in OURS.migrations))
            writer = databases["socai_gateway"].writer_dsn
            system.callers.clients |= await ensure(writer, {"*": ("VN",)}, ClientClass.BULK)
            await system.start(*(name for name in MEMBERS if name not in without))
            yield system
        finally:
            system.stop()
    await delete_topics(bootstrap, topics)
    shutil.rmtree(folder, ignore_errors=True)
