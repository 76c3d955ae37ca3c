"""What would the barest service cost behind the same door, with the same check of token and proof?

    python -m tests.benchmarks.bare

One path operation that commits one row, and one that reads one row by its key.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI
from starlette.requests import Request

from contracts.scopes import Scope
from kit.auth.access import Access
from kit.auth.callers import require, verifier_from
from kit.http.application import run
from kit.process.database import Connections
from kit.process.settings import ProcessSettings
from tests.benchmarks.door import COMMIT, READ

CONNECTIONS = 16
INSERT = "insert into bare (body) values ($1)"
SELECT = "select id, version, area, state from person where id = $1"


def create_app(settings: ProcessSettings, commits: str, reads: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.verifier = verifier_from(settings)
        app.state.commits = Connections(commits, size=CONNECTIONS, name="bench-bare")
        app.state.reads = Connections(reads, size=CONNECTIONS, name="bench-bare")
        yield
        await app.state.commits.close()
        await app.state.reads.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    @app.post(COMMIT)
    async def commit(request: Request, _: Annotated[Access, require(Scope.EVENTS_REPORT_WRITE)]) -> dict[str, str]:
        body = await request.body()
        async with app.state.commits.acquire() as connection:
            await connection.execute(INSERT, body)
        return {"fate": "recorded"}

    @app.post(READ)
    async def read(request: Request, _: Annotated[Access, require(Scope.EXCHANGE_VIEW_READ)]) -> dict[str, Any]:
        asked = await request.json()
        async with app.state.reads.acquire() as connection:
            row = await connection.fetchrow(SELECT, asked["person"])
        return {"person": str(row["id"]), "version": row["version"]}

    @app.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    return app


if __name__ == "__main__":
    given = ProcessSettings.load(port=int(os.environ["SOCAI_BENCH_PORT"]))
    run(create_app(given, os.environ["SOCAI_BENCH_COMMITS"], os.environ["SOCAI_BENCH_READS"]), given)
