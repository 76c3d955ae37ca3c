"""How does a test get the real door, with the authority and a stand-in for every service behind it?"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.scopes import Scope
from deploy.local.databases import Database
from deploy.local.ports import free_ports
from deploy.local.processes import Child, Command
from gateway.app import create_app
from gateway.sandbox.clients import ensure
from gateway.settings import GatewaySettings
from kit.auth.callers import verifier_from
from kit.http.problems import Problem
from tests.support.callers import Callers

PATIENCE = 20.0
ROOT = Path(__file__).parents[2]
CANARY = "NGUYEN-THI-CANARY-031234567890"
SEARCH = "/registry/v1/search"


@dataclass
class Door(Callers):
    """`spans` is what its tracer has sent."""

    log: Path
    spans: list[ExportTraceServiceRequest] = field(default_factory=list)

    async def lines(self, until: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The access log, once it says what is waited for."""

        def read() -> list[dict[str, Any]]:
            written = self.log.read_text() if self.log.exists() else ""
            # The door may be writing its last line at this moment: a line counts once it has ended.
            return [json.loads(line) for line in written.splitlines(keepends=True) if line.endswith("\n")]

        await wait_for(lambda: until(read()))
        return read()


async def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def open_door(database: Database, folder: Path, *, authority: bool = True) -> AsyncIterator[Door]:
    """Without its authority, the door stands there and knows no keys."""
    door_port, admin_port, authority_port, service_port, nobody, collector_port = free_ports(6)
    base = f"http://127.0.0.1:{door_port}"
    service = f"http://127.0.0.1:{service_port}"
    log = folder / "access.log"
    given: dict[str, Any] = {
        "public_base": base,
        "writer_dsn": database.writer_dsn,
        "door_port": door_port,
        "admin_port": admin_port,
        "envoy_config": folder / "door.json",
        "access_log": str(log),
        "authority_address": f"http://127.0.0.1:{authority_port}",
        "events_address": service,
        "registry_address": service,
        # Of its two replicas one has gone, and the name under which both are found does not say so yet.
        "reporting_address": f"{service} http://127.0.0.1:{nobody}",
        "exchange_address": f"http://127.0.0.1:{nobody}",
        "otlp_endpoint": f"http://127.0.0.1:{collector_port}",
        "jwks_url": f"http://127.0.0.1:{authority_port}/oauth/jwks",
    }
    settings = GatewaySettings(**given)
    clients = await ensure(database.writer_dsn, {"*": ("31-20250701",)})
    environment = {f"SOCAI_GATEWAY_{name.upper()}": str(value) for name, value in given.items()}
    spans: list[ExportTraceServiceRequest] = []
    async with AsyncExitStack() as stack:
        apps = [(echo(settings), service_port), (collector(spans), collector_port)]
        if authority:
            apps.append((create_app(settings), authority_port))
        for app, port in apps:
            await stack.enter_async_context(serving(app, port))
        command = Command("door", (sys.executable, "-m", "gateway", "envoy"), folder / "door.log", environment, ROOT)
        child = Child(command, folder / "pids")
        stack.callback(child.stop)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=base, timeout=30, trust_env=False))
        door = Door(base, http, clients, log, spans)
        await _until_open(door, child)
        yield door


async def _until_open(door: Door, child: Child) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        assert child.running(), child.command.log.read_text()
        assert time.monotonic() < deadline, "the door stays shut"
        try:
            await door.http.get("/")
            return  # noqa: TRY300 - the question was whether anybody answers
        except httpx.TransportError:
            await asyncio.sleep(0.05)


@asynccontextmanager
async def serving(app: Any, port: int) -> AsyncIterator[None]:
    """An application on a port, in this very loop."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False, timeout_keep_alive=75)
    )
    task = asyncio.create_task(server._serve())
    await wait_for(lambda: server.started or task.done())
    try:
        yield
    finally:
        server.should_exit = True
        await task


def echo(settings: GatewaySettings) -> Starlette:
    """Stands for a service: checks token and proof as all do, and tells what has reached it."""

    async def answer(request: Request) -> Response:
        body = await request.body()
        try:
            access = await request.app.state.verifier.access(request, SCOPES[request.url.path])
        except Problem as problem:
            return Response(problem.body(), problem.status, problem.headers())
        return JSONResponse(
            {"client_id": access.client_id, "bytes": len(body), "headers": dict(request.headers.items())},
            headers={"X-Service": "echo"},
            media_type=request.headers.get("x-media-type"),
        )

    app = Starlette(routes=[Route(path, answer, methods=["GET", "POST"]) for path in SCOPES])
    app.state.verifier = verifier_from(settings)
    return app


SCOPES = {
    "/events/v1/reports": Scope.EVENTS_REPORT_WRITE,
    "/registry/v1/persons/query": Scope.REGISTRY_PERSON_READ,
    "/registry/v1/search": Scope.REGISTRY_SEARCH,
    "/reporting/v1/population": Scope.REPORTING_FIGURES_READ,
}


def collector(spans: list[ExportTraceServiceRequest]) -> Starlette:
    async def collect(request: Request) -> Response:
        spans.append(ExportTraceServiceRequest.FromString(await request.body()))
        return Response(b"", media_type="application/x-protobuf")

    return Starlette(routes=[Route("/v1/traces", collect, methods=["POST"])])


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert (document["type"], document["status"]) == (f"/problems/{code}", status)
    assert CANARY not in answer.text + str(answer.headers)
    return document
