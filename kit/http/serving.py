"""How does a process listen, work and stop?"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

from kit.process import collector, journal, tracing
from kit.process.settings import ProcessSettings

Work = Callable[[], Awaitable[None]]

_GRACE_SECONDS = 15
# Longer than the door keeps an idle connection, so that it is never we who close one under a request.
_KEEP_ALIVE_SECONDS = 75

_log = logging.getLogger("socai.serving")


def run(app: FastAPI, settings: ProcessSettings, work: Work | None = None) -> None:
    """Serve until told to stop. `work` runs beside; when it ends or fails, so does the process."""
    journal.configure(settings.log_level)
    start_tracing(app.title, settings)
    try:
        uvloop.run(_serve(app, settings, work))
    finally:
        tracing.stop()


def start_tracing(service: str, settings: ProcessSettings) -> None:
    if settings.otlp_endpoint:
        endpoint = f"{settings.otlp_endpoint.rstrip('/')}/v1/traces"
        tracing.start(service, OTLPSpanExporter(endpoint=endpoint), settings.trace_ratio)


async def _serve(app: FastAPI, settings: ProcessSettings, work: Work | None) -> None:
    asyncio.get_running_loop().set_exception_handler(_note_unhandled)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http="httptools",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve())
    collector.look_rarely()
    if work is None:
        await serving
        return
    working = asyncio.ensure_future(work())
    await asyncio.wait({serving, working}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        working.cancel()
    server.should_exit = True
    await serving
    await _outcome(working)


async def _outcome(working: asyncio.Future[None]) -> None:
    try:
        await working
    except asyncio.CancelledError:
        return
    except Exception:  # noqa: BLE001 - noted without its text, which may quote a row
        _log.exception("The work of this process failed; it stops")
        raise SystemExit(1) from None


def _note_unhandled(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The handler of asyncio prints tasks with the text of their exceptions."""
    error = context.get("exception")
    _log.error(
        "Unhandled in the event loop: %s",
        context.get("message", ""),
        exc_info=error if isinstance(error, BaseException) else None,
    )
