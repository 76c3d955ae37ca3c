"""Is this process alive, is it ready, and what are its figures?"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import msgspec
from fastapi import FastAPI
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response

from kit.http.edge import TemplateRoute
from kit.process.metrics import REGISTRY

Check = Callable[[FastAPI], Awaitable[str | None]]
"""Returns, perhaps with a word on its state, when all is well; raises `NotReady` (or anything) when not."""

PATHS = frozenset({"/livez", "/readyz", "/metrics"})

_PATIENCE = 2.0

_log = logging.getLogger("socai.health")


class NotReady(Exception):
    """What is missing, in our own words: they are shown."""


def add_health(app: FastAPI, checks: Mapping[str, Check]) -> None:
    """`/livez`, `/readyz` (503 while a check fails, each named with its state) and `/metrics` in OpenMetrics."""

    async def livez(_: Request) -> Response:
        return Response(b'{"status":"alive"}', media_type="application/json")

    async def readyz(_: Request) -> Response:
        states = await asyncio.gather(*(_state(name, check, app) for name, check in checks.items()))
        ready = all(well for well, _ in states)
        body = {
            "status": "ready" if ready else "not ready",
            "checks": {name: state for name, (_, state) in zip(checks, states, strict=True)},
        }
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return Response(msgspec.json.encode(body), status, media_type="application/json")

    async def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(REGISTRY), headers={"Content-Type": content_type})

    for path, endpoint in (("/livez", livez), ("/readyz", readyz), ("/metrics", metrics)):
        app.router.routes.append(TemplateRoute(path, endpoint, include_in_schema=False))


async def _state(name: str, check: Check, app: FastAPI) -> tuple[bool, str]:
    try:
        async with asyncio.timeout(_PATIENCE):
            return True, await check(app) or "ok"
    except NotReady as missing:
        return False, str(missing)
    except TimeoutError:
        return False, "no answer"
    except Exception as error:  # noqa: BLE001 - whatever failed, the answer is that it is not ready
        _log.warning("A readiness check failed", extra={"step": name, "reason": type(error).__name__})
        return False, "failing"
