"""Is what was told taken to be readable only where every service says so?"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.local.ports import free_ports
from deploy.local.province.watching import Watch
from socai.client import Entry, Run
from tests.support.door import serving


@asynccontextmanager
async def services(positions: dict[str, list[int]], asked: Counter[str]) -> AsyncIterator[Run]:
    """Services whose projections stand there; one that stands nowhere is away the first two times."""

    async def token(_: Request) -> Response:
        return JSONResponse({"access_token": "t", "token_type": "DPoP", "expires_in": 300})

    async def status(request: Request) -> Response:
        service = request.path_params["service"]
        asked[service] += 1
        if service not in positions and asked[service] < 3:
            return Response(status_code=503)
        told = [{"name": str(n), "position": position} for n, position in enumerate(positions.get(service, [9]))]
        return JSONResponse({"projections": told, "position": max(positions.get(service, [9]))})

    routes = [Route("/oauth/token", token, methods=["POST"]), Route("/{service}/v1/status", status)]
    (port,) = free_ports(1)
    base = f"http://127.0.0.1:{port}"
    key = dict(ECKey.generate_key("P-256", private=True).as_dict(private=True))
    async with serving(Starlette(routes=routes), port):
        yield Run(base, base, {"operator": Entry("operator", key)})


async def test_a_service_stands_where_its_last_projection_does_and_who_never_answered_at_the_beginning() -> None:
    async with services({"registry": [9, 7], "reporting": [9]}, Counter()) as run:
        watch = Watch(run)
        assert await asyncio.to_thread(watch.positions) == {"registry": 7, "reporting": 9, "exchange": 0}
        assert await asyncio.to_thread(watch.behind, 9) == "registry 2, reporting 0, exchange 9"
        watch.close()


async def test_who_is_away_is_waited_for() -> None:
    asked: Counter[str] = Counter()
    async with services({"registry": [9], "reporting": [9]}, asked) as run:
        watch = Watch(run)
        await asyncio.to_thread(watch.wait, 9, lambda _: None)
        watch.close()
    assert asked["exchange"] == 3


async def test_the_ledger_is_asked_where_it_ends_and_waited_for() -> None:
    asked: Counter[str] = Counter()
    async with services({}, asked) as run:
        watch = Watch(run)
        assert await asyncio.to_thread(watch.recorded, 9)
        assert not await asyncio.to_thread(watch.recorded, 10)
        watch.close()
    assert asked == {"events": 4}
