"""Does the application document itself and say that it is ready?"""

import httpx
from fastapi.routing import APIRoute

from deploy.local.databases import Database
from services.registry.api import registry
from tests.services.registry.conftest import asking


async def get(client: httpx.AsyncClient, path: str) -> httpx.Response:
    return await client.get(httpx.URL("http://socai.test").join(path))


async def test_documents_and_readiness_are_there(registry_database: Database) -> None:
    async with asking(registry_database) as client:
        document = (await get(client, "/registry/openapi.json")).json()
        ready = await get(client, "/readyz")
    own = {route.path for route in registry.routes if isinstance(route, APIRoute)}
    assert set(document["paths"]) == own | {"/registry/v1/status"}
    assert ready.status_code == 200
    assert ready.json()["status"] == "ready"
