"""How does a test get the authority on a database of its own?"""

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from joserfc.jwk import ECKey

from deploy.local.databases import Database
from gateway.__main__ import MIGRATIONS
from gateway.app import create_app
from gateway.settings import GatewaySettings
from kit.process.migrate import migrate
from socai.client import ASSERTION_TYPE, assertion, proof
from tests.support.documented import Documented

BASE = "http://127.0.0.1:8080"
ENDPOINT = f"{BASE}/oauth/token"


def migrate_gateway(database: Database) -> None:
    migrate(MIGRATIONS, database.owner_dsn)


@asynccontextmanager
async def authority(
    settings: GatewaySettings, clock: Callable[[], float] = time.time
) -> AsyncIterator[httpx.AsyncClient]:
    """The authority in this process, as a client sees it behind the door."""
    app = create_app(settings, clock)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=Documented(app), base_url=settings.public_base) as http,
    ):
        yield http


def token_form(client_id: str, key: ECKey, now: float, issuer: str = BASE, **changed: Any) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(client_id, key, issuer, now),
    } | changed


async def ask_token(http: httpx.AsyncClient, client_id: str, key: ECKey, now: float, **changed: str) -> httpx.Response:
    endpoint = f"{str(http.base_url).rstrip('/')}/oauth/token"
    headers = {"DPoP": proof(key, "POST", endpoint, now)}
    form = token_form(client_id, key, now, str(http.base_url).rstrip("/"), **changed)
    return await http.post("/oauth/token", data=form, headers=headers)


def run_gateway(database: Database, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m gateway ...` on a database, as an operator types it."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        env={
            "SOCAI_GATEWAY_OWNER_DSN": database.owner_dsn,
            "SOCAI_GATEWAY_WRITER_DSN": database.writer_dsn,
            "PYTHONPATH": str(MIGRATIONS.parents[1]),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
