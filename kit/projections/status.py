"""How far has a read service come? One address for operators, the same in every service."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from contracts.scopes import Scope
from contracts.topics import instant_text
from kit.auth.access import Access
from kit.auth.callers import require
from kit.http.application import NotBefore, json_response, router
from kit.http.problems import InvalidRequest, PositionNotReached, declare
from kit.process.database import Connection
from kit.projections.projection import AnyProjection

_SERVING: Final = """
select s.projection, s.version, s.build, min(c.position) as position, max(c.recorded_at) as recorded_at
from serving s join checkpoint c using (projection, build) where s.projection = any($1::text[]) group by 1, 2, 3
"""


class ProjectionStatus(BaseModel):
    """What serves under a projection's name; all but the name are null before its first build."""

    name: str
    version: int | None = None
    build: int | None = None
    position: int | None = Field(None, description="Complete up to this position of the ledger.")
    recorded_at: str | None = Field(None, description="When the newest fact that it has applied was recorded.")


class Status(BaseModel):
    """`position`: the service is complete up to it."""

    service: str
    position: int
    projections: list[ProjectionStatus]


def status_router(service: str, projections: Sequence[AnyProjection]) -> APIRouter:
    """`GET /<service>/v1/status`, for an application whose state holds a `reading` (kit.projections.reading)."""
    made = router(f"/{service}/v1", tags=["operations"])
    names = [projection.name for projection in projections]

    @made.get("/status", responses={200: {"model": Status}, **declare(InvalidRequest, PositionNotReached)})
    async def status(
        request: Request,
        _: Annotated[Access, require(Scope.OPERATIONS_STATUS_READ)],
        not_before: NotBefore = None,
    ) -> Response:
        """Say up to which position of the ledger this service is complete, and what serves."""
        reading = request.app.state.reading
        position = await reading.reached(not_before)
        async with reading.database.acquire() as connection:
            found = await serving_status(connection, names)
        return json_response({"service": service, "position": position, "projections": found}, position=position)

    return made


async def serving_status(connection: Connection, names: Sequence[str]) -> list[dict[str, Any]]:
    """Version, build, position and newest recorded time of each projection, in the order of their names here."""
    rows = {row["projection"]: row for row in await connection.fetch(_SERVING, list(names))}
    return [_told(name, rows.get(name)) for name in names]


def _told(name: str, row: Any) -> dict[str, Any]:
    if row is None:
        return {"name": name, "version": None, "build": None, "position": None, "recorded_at": None}
    return {
        "name": name,
        "version": row["version"],
        "build": row["build"],
        "position": row["position"],
        "recorded_at": instant_text(row["recorded_at"]) if row["recorded_at"] else None,
    }
