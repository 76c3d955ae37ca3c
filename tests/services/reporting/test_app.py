"""Does the application document itself and say that it is ready?"""

import httpx
from fastapi.routing import APIRoute

from services.reporting.api import reporting


async def test_the_document_describes_every_address_and_its_table(client: httpx.AsyncClient) -> None:
    document = (await client.get("http://socai.test/reporting/openapi.json")).json()
    operations = {path: found["get"] for path, found in document["paths"].items()}
    own = {route.path for route in reporting.routes if isinstance(route, APIRoute)}
    assert operations.keys() == own | {"/reporting/v1/status"}
    assert all({"200", "4XX", "5XX"} <= one["responses"].keys() for one in operations.values())
    tables = {path for path, one in operations.items() if "text/csv" in one["responses"]["200"]["content"]}
    assert tables >= {f"/reporting/v1/{figure}" for figure in ("population", "flows", "balance", "units")}
    assert {"name": "from", "in": "query"}.items() <= next(
        one for one in operations["/reporting/v1/flows"]["parameters"] if one["name"] == "from"
    ).items()


async def test_it_is_ready(client: httpx.AsyncClient) -> None:
    ready = await client.get("http://socai.test/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
