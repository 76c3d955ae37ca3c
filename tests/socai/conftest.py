"""A gateway for the command line: one that answers as a test says, or the real authority and the real write side."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey
from starlette.types import Receive, Scope, Send

from deploy.local.databases import Database
from deploy.local.ports import free_ports
from gateway.app import create_app as create_gateway
from gateway.sandbox.clients import ROLES, ensure
from gateway.settings import GatewaySettings
from kit.process.migrate import migrate
from services.events.app import create_app as create_events
from services.events.settings import EventsSettings
from socai.__main__ import main
from tests.support.door import serving
from tests.support.gateway import migrate_gateway
from twin.places import PROVINCES

ROOT = Path(__file__).parents[2]
GATEWAY = "http://127.0.0.1:8080"
AREA = "10525-20250701-001"


@dataclass
class Typed:
    """What one command left behind."""

    code: int
    out: str
    err: str


Type = Callable[..., Typed]


def nobody(_: httpx.Request) -> httpx.Response:
    """Stand for a gateway of which nothing may be asked."""
    raise AssertionError("nothing is asked")


def run_of(gateway: str, clients: dict[str, Any]) -> dict[str, Any]:
    return {"gateway": gateway, "issuer": gateway, "clients": clients}


@pytest.fixture
def run_path(tmp_path: Path) -> Path:
    """A run file with a client of every sandbox name, all with one key."""
    key = dict(ECKey.generate_key("P-256", private=True).as_dict(private=True))
    clients = {name: {"client_id": f"sandbox-{name}", "private_jwk": key, "areas": list(PROVINCES)} for name in ROLES}
    path = tmp_path / "run.json"
    path.write_text(json.dumps(run_of(GATEWAY, clients)))
    return path


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that a command wanted to make; nobody waits for them."""
    return []


@pytest.fixture
def typed(run_path: Path, capsys: pytest.CaptureFixture[str], pauses: list[float]) -> Callable[..., Typed]:
    """Type a command against a gateway that `answer` plays; tokens are always given."""

    def typed(answer: Callable[[httpx.Request], httpx.Response], *arguments: str) -> Typed:
        def respond(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/oauth/token":
                return httpx.Response(200, json={"access_token": "t", "token_type": "DPoP", "expires_in": 300})
            return answer(request)

        http = httpx.Client(transport=httpx.MockTransport(respond))
        code = main(["--lang", "en", "--run", str(run_path), *arguments], http, pauses.append)
        said = capsys.readouterr()
        return Typed(code, said.out, said.err)

    return typed


def problem(status: int, code: str = "x", **more: Any) -> httpx.Response:
    return httpx.Response(status, json={"type": f"/problems/{code}", "title": "Title", "detail": "Detail.", **more})


@dataclass
class System:
    """The authority and the write side behind one address."""

    run: Path
    capsys: pytest.CaptureFixture[str]

    async def type(self, *arguments: str) -> Typed:
        code = await asyncio.to_thread(main, ["--lang", "en", "--run", str(self.run), *arguments])
        said = self.capsys.readouterr()
        return Typed(code, "".join(line for line in said.out.splitlines(keepends=True) if not logged(line)), said.err)


def logged(line: str) -> bool:
    """Say whether a line is of the services' log, which share our standard output here."""
    return line.startswith('{"time":')


def migrate_events(database: Database) -> None:
    migrate(ROOT / "services" / "events" / "migrations", database.owner_dsn)


@pytest.fixture
async def system(
    fresh_database: Callable[..., Database], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[System]:
    (port,) = free_ports(1)
    base = f"http://127.0.0.1:{port}"
    register = fresh_database("socai_gateway", migrate_gateway)
    ledger = fresh_database("socai_events", migrate_events)
    gateway = create_gateway(GatewaySettings(public_base=base, writer_dsn=register.writer_dsn))
    events = create_events(
        EventsSettings(
            public_base=base,
            writer_dsn=ledger.writer_dsn,
            reader_dsn=ledger.reader_dsn,
            cursor_key="k" * 32,
        )
    )

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        await (events if scope["path"].startswith("/events/") else gateway)(scope, receive, send)

    clients = await ensure(register.writer_dsn, {"*": PROVINCES})
    path = tmp_path / "run.json"
    path.write_text(json.dumps(run_of(base, dict(clients))))
    async with gateway.router.lifespan_context(gateway), events.router.lifespan_context(events), serving(door, port):
        yield System(path, capsys)
