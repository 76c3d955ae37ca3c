"""How does a test have a synthetic population told to the real platform, and hear what that believes afterwards?

Real intake, PostgreSQL, relay, Kafka, projectors and read services behind one address, and the real command line;
only tokens, which have tests of their own, are not checked.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from fastapi import FastAPI
from joserfc.jwk import ECKey
from starlette.responses import JSONResponse
from starlette.types import Receive, Send
from starlette.types import Scope as Asked

from contracts.scopes import Scope
from deploy.local.databases import Database
from deploy.local.ports import free_ports
from gateway.sandbox.clients import ROLES
from kit.auth.access import Access
from services.events.app import create_app as events_app
from services.registry.app import create_app as registry_app
from services.registry.projections import PROJECTIONS as REGISTRY
from services.registry.settings import RegistrySettings
from services.reporting.app import create_app as reporting_app
from services.reporting.projections import PROJECTIONS as REPORTING
from services.reporting.settings import ReportingSettings
from socai.__main__ import main
from tests.services.events.conftest import build
from tests.services.events.publishing import relaying, settings_for
from tests.support.door import serving
from tests.support.granting import Granting
from tests.support.projecting import following, reached, settings_of
from tests.support.topics import Topics
from twin.errors.truth import Truth
from twin.places import PROVINCES
from twin.score import Score, score
from twin.scoring import beliefs
from twin.scoring.truths import Truths, collect

KEY = "k" * 32
TOKEN = JSONResponse({"access_token": "t", "token_type": "DPoP", "expires_in": 300})


@dataclass
class Compared:
    """A score with what it was made of; `untaken` are reports that were refused or wait in the end."""

    score: Score
    truths: Truths
    believed: beliefs.Beliefs
    answers: list[dict[str, Any]]
    untaken: set[str]


@dataclass
class Platform:
    """A ledger without anybody, and its readers; `answers` are those that were given to the reports."""

    run: Path
    databases: dict[str, Database]

    @property
    def answers(self) -> Path:
        return self.run.with_name("answers.ndjson")

    async def type(self, *arguments: str) -> int:
        return await asyncio.to_thread(main, ["--lang", "en", "--run", str(self.run), *arguments])

    async def tell(self, lines: Iterable[bytes]) -> list[dict[str, Any]]:
        """Send all lines as `socai report` does; gives the answers."""
        reports = self.run.with_name("reports.ndjson")
        reports.write_bytes(b"".join(lines))
        await self.type("report", str(reports), "--answers", str(self.answers))
        return [json.loads(line) for line in self.answers.read_bytes().splitlines()]

    async def believed(self, places: Sequence[str] = PROVINCES) -> beliefs.Beliefs:
        """Read what `socai area` writes once everything that is recorded has been projected."""
        position = await self.rows("select max(position) from ledger")
        for service, projections in (("registry", REGISTRY), ("reporting", REPORTING)):
            assert await reached(self.databases[service], position[0][0], projections)
        out = self.run.with_name("believed.ndjson")
        assert await self.type("area", *places, "--out", str(out), "--not-before", str(position[0][0])) == 0
        with out.open("rb") as file:
            return beliefs.read(file)

    async def live(self, lines: Iterable[bytes], notes: Iterable[Truth]) -> "Compared":
        """Tell the lines and compare; `notes` are complete once the lines are."""
        answers = await self.tell(lines)
        truths, believed = collect(notes), await self.believed()
        waiting = await self.rows("select report::text from outcome where fate::text = 'waiting'")
        open_ = {row["report"] for row in waiting} | {answer["id"] for answer in answers if "problem" in answer}
        told = score(truths, believed, self.answers.read_bytes().splitlines())
        return Compared(told, truths, believed, answers, open_)

    async def rows(self, query: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.databases["events"].reader_dsn)
        try:
            found: list[asyncpg.Record] = await connection.fetch(query)
        finally:
            await connection.close()
        return found


@asynccontextmanager
async def platform(fresh_database: Callable[..., Database], kafka: Topics, folder: Path) -> AsyncIterator[Platform]:
    databases = {name: fresh_database(f"socai_{name}") for name in ("registry", "reporting")}
    databases["events"] = fresh_database("socai_events", build)
    ledger = settings_for(databases["events"], kafka).model_copy(update={"cursor_key": KEY})
    people = settings_of(RegistrySettings, databases["registry"], kafka).model_copy(update={"cursor_key": KEY})
    figures = settings_of(ReportingSettings, databases["reporting"], kafka)
    apps = {"events": events_app(ledger), "registry": registry_app(people), "reporting": reporting_app(figures)}
    (port,) = free_ports(1)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(relaying(ledger))
        await stack.enter_async_context(following("registry", REGISTRY, people))
        await stack.enter_async_context(following("reporting", REPORTING, figures))
        for app in apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
            app.state.verifier = Granting(Access("twin", "twin", frozenset(Scope), "1", areas=("VN",)))
        await stack.enter_async_context(serving(_door(apps), port))
        yield Platform(_run_file(folder, f"http://127.0.0.1:{port}"), databases)


def _door(apps: dict[str, FastAPI]) -> Any:
    async def door(asked: Asked, receive: Receive, send: Send) -> None:
        service = asked["path"].split("/")[1]
        await apps.get(service, TOKEN)(asked, receive, send)

    return door


def _run_file(folder: Path, gateway: str) -> Path:
    key = dict(ECKey.generate_key("P-256", private=True).as_dict(private=True))
    clients = {name: {"client_id": f"sandbox-{name}", "private_jwk": key} for name in ROLES}
    path = folder / "run.json"
    path.write_text(json.dumps({"gateway": gateway, "issuer": gateway, "clients": clients}))
    return path
