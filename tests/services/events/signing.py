"""A door for one client, and devices that sign what it sends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from contracts.ids import uuid7
from contracts.scopes import Scope
from deploy.local.databases import Database
from kit.auth.access import Access
from services.events.app import create_app
from services.events.settings import EventsSettings
from services.events.signing.evidence import Evidence
from services.events.signing.signatures import Demand
from services.events.store.verify import BesideBodies, walk_ledger
from socai.signing import sign_report
from tests.services.events.telling import Teller, cloud_event, ids
from tests.support.devices import device_key
from tests.support.documented import Documented
from tests.support.granting import Granting

ONE = {"content-type": "application/cloudevents+json"}
NDJSON = {"content-type": "application/x-ndjson"}
BATCH = {"content-type": "application/cloudevents-batch+json"}
EVERY = frozenset(scope for scope in Scope if scope.startswith("events."))


class Door:
    """The events API as one client."""

    def __init__(self, http: httpx.AsyncClient, granting: Granting) -> None:
        self.http = http
        self.granting = granting

    async def send(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.http.post("/events/v1/reports", content=body, headers=headers or ONE)

    async def tell(self, kind: str, told: dict[str, Any], **attributes: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.send(cloud_event(kind, told, **attributes))).json()
        return answer

    async def code(self, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, str]:
        answer = await self.send(body, headers)
        return answer.status_code, answer.json()["type"].removeprefix("/problems/")


@asynccontextmanager
async def door(
    database: Database,
    client: str = "collaborator",
    areas: tuple[str, ...] = ("VN",),
    signatures: dict[str, Demand] | None = None,
) -> AsyncIterator[Door]:
    settings = EventsSettings(
        writer_dsn=database.writer_dsn,
        reader_dsn=database.reader_dsn,
        cursor_key="k",
        signatures={"*": "accepted"} if signatures is None else signatures,
    )
    app = create_app(settings)
    transport = Documented(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://door") as http:
        granting = app.state.verifier = Granting(Access(client, client, EVERY, "1", areas=areas))
        yield Door(http, granting)


def born(name: str = "baby", **changed: Any) -> dict[str, Any]:
    return {"on": "2025-03-01", "person": getattr(ids, name), "household": ids.home, "sex": "female"} | changed


def signed(told: dict[str, Any] | None = None, key: str = "d1", kind: str = "person.born", **attributes: Any) -> bytes:
    return sign_report(cloud_event(kind, born() if told is None else told, **attributes), device_key(key))


def altered(body: bytes, **changed: Any) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(body) | changed)


def lines_of(count: int) -> list[bytes]:
    return [
        cloud_event("person.born", born(f"child{n}"), device="d1", devicesequence=n, id=uuid7())
        for n in range(1, count + 1)
    ]


async def evidence(teller: Teller) -> Evidence:
    found = Evidence()
    await walk_ledger(teller.database.reader_dsn, found, BesideBodies())
    return found
