"""How does a test ask all four services about one household?"""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import httpx
import msgspec
from fastapi import FastAPI

from contracts.scopes import Scope
from deploy.local.databases import Database
from services.events.app import create_app as events_app
from services.events.settings import EventsSettings
from tests.laws.histories import founding, report_of
from tests.laws.reads import Granting, Reads, application
from tests.laws.telling import Row
from tests.services.exchange.conftest import access_of
from tests.support.documented import Documented

EVENT = {"content-type": "application/cloudevents+json"}


def told(kind: str, payload: dict[str, Any], number: int, **attributes: Any) -> bytes:
    return msgspec.json.encode(report_of(kind, payload, number, **attributes))


class World:
    """All four services on one ledger, and all that they answered."""

    def __init__(self, events: Database, reads: Reads) -> None:
        self.events = events
        self.reads = reads
        self.apps: dict[str, FastAPI] = {}
        self.answers: list[httpx.Response] = []

    def client(self, service: str) -> httpx.AsyncClient:
        transport = Documented(self.apps[service], raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://socai.test")

    async def ask(self, service: str, method: str, path: str, **given: Any) -> httpx.Response:
        async with self.client(service) as client:
            response = await client.request(method, path, **given)
        self.answers.append(response)
        return response

    async def report(self, body: bytes) -> httpx.Response:
        return await self.ask("events", "POST", "/events/v1/reports", content=body, headers=EVENT)


@asynccontextmanager
async def opened(database: Database, reads: Reads, sheet: dict[str, Any]) -> AsyncIterator[World]:
    """Let a household be known to all of them, and everybody ask for everything."""
    settings = EventsSettings(writer_dsn=database.writer_dsn, reader_dsn=database.reader_dsn, cursor_key="k" * 40)
    found = World(database, reads)
    found.apps = {"events": events_app(settings)} | {
        name: application(name, reads.databases[name]) for name in reads.databases
    }
    async with AsyncExitStack() as stack:
        for app in found.apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
            granted = msgspec.structs.replace(access_of("police"), scopes=frozenset(Scope))
            app.state.verifier = Granting(granted)
        for one in founding():
            await found.report(msgspec.json.encode(one))
        registered = await found.report(told("household.registered", sheet, 8_000))
        assert registered.status_code == 201, registered.text
        connection = await asyncpg.connect(database.owner_dsn)
        rows = [Row(*row) for row in await connection.fetch("select * from ledger order by position")]
        await connection.close()
        await reads.begin()
        await reads.take(rows, random.Random(1))
        yield found
