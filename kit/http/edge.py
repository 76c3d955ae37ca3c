"""What happens around every request: its trace, its duration, its line in the access log, its last resort.

A line names the route's template, never the path or query that was asked for. Lines are gathered and written
a few times a second, because one write a request costs more than the rest of this module.
"""

import asyncio
import logging
import time
from typing import Any, Final

import msgspec
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.http.problems import MEDIA_TYPE, Internal, Language, Problem, language_of, spoken
from kit.process import journal, metrics, tracing

CLIENT_ID: Final = "socai.client_id"
CLIENT_GONE = 499
_ASKED: Final = "socai.method"

_FLUSH_EVERY = 0.2
_FLUSH_AT = 500
_SERVER_ERROR = 500
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# Answers speak of persons: no cache in between keeps one, unless a route says that it may.
_NO_STORE = (b"cache-control", b"no-store")

_log = logging.getLogger("socai.edge")
_encode = msgspec.json.Encoder().encode


class AccessLog:
    """Lines that wait for a moment to be written together."""

    def __init__(self, write: journal.Write = journal.write_out) -> None:
        self._write = write
        self._lines: list[bytes] = []
        self._flush_at: asyncio.TimerHandle | None = None

    def add(self, line: dict[str, Any]) -> None:
        self._lines.append(_encode(line))
        if len(self._lines) >= _FLUSH_AT:
            self.flush()
        elif self._flush_at is None:
            self._flush_at = asyncio.get_running_loop().call_later(_FLUSH_EVERY, self.flush)

    def flush(self) -> None:
        if self._flush_at is not None:
            self._flush_at.cancel()
            self._flush_at = None
        if self._lines:
            lines, self._lines = self._lines, []
            self._write(b"\n".join(lines) + b"\n")


class TemplateRoute(Route):
    """A plain route that leaves its template in the scope, as FastAPI's own routes do."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        if match is not Match.NONE:
            found["route"] = self
        return match, found


class Edge:
    """Outermost of our ASGI layers. `quiet` paths are asked by machines every few seconds and are not logged."""

    def __init__(self, app: ASGIApp, access: AccessLog, quiet: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._access = access
        self._quiet = quiet
        self._durations: dict[tuple[str, str, int], Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = _as_get(scope)
        began = time.perf_counter()
        traceparent = tracing.carry(_header(scope, b"traceparent"))
        if not tracing.tracing():
            status = await self._answer(scope, receive, send)
        else:
            with tracing.span(asked_method(scope), kind="server") as made:
                traceparent = tracing.current_traceparent()
                status = await self._answer(scope, receive, send)
                route = _route(scope)
                made.update_name(f"{_method(scope)} {route}".rstrip())
                made.set_attributes(
                    {
                        "http.request.method": _method(scope),
                        "http.route": route,
                        "http.response.status_code": status,
                    }
                )
        self._note(scope, status, time.perf_counter() - began, tracing.trace_id_of(traceparent))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> int:
        status = 0

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                if not any(name == b"cache-control" for name, _ in headers):
                    message["headers"] = [*headers, _NO_STORE]
            elif asked_method(scope) == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except ClientDisconnect:
            return status or CLIENT_GONE
        except Exception:
            _log.exception("A request failed", extra={"route": _route(scope)})
            if status:
                raise
            await send_problem(Internal(), scope, send_noting)
        return status or CLIENT_GONE

    def _note(self, scope: Scope, status: int, seconds: float, trace_id: str) -> None:
        route = _route(scope)
        key = (asked_method(scope), route, status)
        duration = self._durations.get(key)
        if duration is None:
            duration = metrics.REQUEST_SECONDS.labels(_method(scope), route, str(status))
            if key[0] in _METHODS:
                self._durations[key] = duration
        duration.observe(seconds)
        if route in self._quiet and status < _SERVER_ERROR:
            return
        line = {
            "time": round(time.time(), 3),
            "level": "INFO",
            "logger": "access",
            "method": _method(scope),
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "trace_id": trace_id,
        }
        client_id = scope.get(CLIENT_ID)
        if client_id is not None:
            line["client_id"] = client_id
        self._access.add(line)


def asked_method(scope: Scope) -> str:
    """The method as the caller sent it: routes see GET in place of HEAD."""
    method: str = scope.get(_ASKED, scope["method"])
    return method


def _as_get(scope: Scope) -> Scope:
    """HEAD is wherever GET is, and is answered as it but for the body (RFC 9110 9.3.2). What speaks HTTP for us keeps
    its own scope, by which it knows that no body follows the length that the headers tell.
    """
    return {**scope, "method": "GET", _ASKED: "HEAD"} if scope["method"] == "HEAD" else scope


def language_in(scope: Scope) -> Language:
    """The language that a request asks for, on however many lines it does."""
    lines = (value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language")
    return language_of(",".join(lines))


def note_client(scope: Scope, client_id: str) -> None:
    """Who asks, once the token is verified: stands in the access line."""
    scope[CLIENT_ID] = client_id


async def send_problem(problem: Problem, scope: Scope, send: Send) -> None:
    language = language_in(scope)
    body = problem.body(language)
    told = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), **spoken(language)}
    headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": int(problem.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "")


def _method(scope: Scope) -> str:
    method = asked_method(scope)
    return method if method in _METHODS else "_OTHER"


def _header(scope: Scope, name: bytes) -> str:
    for found, value in scope["headers"]:
        if found == name:
            text: str = value.decode("latin-1")
            return text
    return ""
