"""How does a service speak HTTP: one application with its problems, documents, health and plain routes?"""

import functools
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kit.http import docs_page, health
from kit.http.bodies import StrictRoute, Wrapped, read_body, read_json, require_type, router
from kit.http.edge import AccessLog, Edge, TemplateRoute, language_in
from kit.http.faults import Names, faults, names_in
from kit.http.openapi import PlainRoute, document
from kit.http.positions import NotBefore, position_header, reached
from kit.http.problems import (
    MEDIA_TYPE,
    Internal,
    InvalidJson,
    InvalidRequest,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    Problem,
    ScopeInsufficient,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    spoken,
)
from kit.http.queries import require_offered
from kit.http.serving import run
from kit.process import database, metrics
from kit.process.settings import ProcessSettings

__all__ = [
    "NotBefore",
    "PlainRoute",
    "create",
    "json_response",
    "position_header",
    "problem_response",
    "reached",
    "read_body",
    "read_json",
    "require_type",
    "router",
    "run",
]

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_BY_STATUS: Mapping[int, type[Problem]] = {
    problem.status: problem
    for problem in (
        InvalidJson,
        Unauthenticated,
        ScopeInsufficient,
        NotFound,
        MethodNotAllowed,
        NotAcceptable,
        PayloadTooLarge,
        UnsupportedMediaType,
        InvalidRequest,
        TooManyRequests,
        Internal,
        Unavailable,
    )
}
_SERVER_ERROR = 500


def create(
    name: str,
    title: str,
    settings: ProcessSettings,
    *,
    description: str = "",
    routers: Sequence[APIRouter] = (),
    plain: Sequence[PlainRoute] = (),
    lifespan: Lifespan | None = None,
    checks: Mapping[str, health.Check] | None = None,
    documented: bool = True,
) -> FastAPI:
    """The application of one process, with `/livez`, `/readyz`, `/metrics` and, if documented, `/<name>/openapi.json`.

    `plain` routes are the hot ones: their endpoint takes a Starlette request, their schema is written by hand.
    """
    access = AccessLog()
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        servers=[{"url": settings.public_base}],
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_flushing(access, lifespan),
        # Its own spans and metrics name paths and queries; ours are made in kit.http.edge.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.add_middleware(Edge, access=access, quiet=health.PATHS)
    health.add_health(app, checks or {})
    for route in plain:
        app.router.routes.append(TemplateRoute(route.path, _strict(route), methods=list(route.methods)))
    for included in routers:
        _require_strict(included)
        app.include_router(included)
    if documented:
        _add_documents(app, f"/{name}")
    app.openapi = document(app, plain)  # type: ignore[method-assign]  # FastAPI's documented way
    _add_handlers(app)
    return app


def _strict(route: PlainRoute) -> Callable[[Request], Any]:
    """Look at the query first; the endpoint keeps what was declared at it."""

    @functools.wraps(route.endpoint)
    async def endpoint(request: Request) -> Response:
        require_offered(request, lambda: route.operation)
        answer: Response = await route.endpoint(request)
        return answer

    return endpoint


def _add_documents(app: FastAPI, prefix: str) -> None:
    source = f"{prefix}/openapi.json"

    @functools.cache
    def written() -> bytes:
        return msgspec.json.encode(app.openapi())

    async def openapi(request: Request) -> Response:
        return unless_known(request, json_response(written()))

    async def docs(request: Request) -> Response:
        return unless_known(request, HTMLResponse(docs_page.page(app.openapi(), source)))

    app.router.routes.append(TemplateRoute(source, openapi))
    app.router.routes.append(TemplateRoute(f"{prefix}/docs", docs))


def json_response(
    content: Any, status: int = 200, *, position: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON from bytes that are JSON already, or from anything that msgspec encodes."""
    body = content if isinstance(content, bytes) else msgspec.json.encode(content)
    made = Response(body, status, media_type="application/json", headers=headers)
    if position is not None:
        made.headers.update(position_header(position))
    return made


def unless_known(request: Request, answer: Response) -> Response:
    """Give what changes only with a release, or 304 to whoever has it (RFC 9110 13.1.2); any cache may keep it.

    The tag is a weak one, which stays right when the answer is compressed on its way.
    """
    tag = f'W/"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    answer.headers.update(headers)
    known = {one.strip().removeprefix("W/") for one in ",".join(request.headers.getlist("if-none-match")).split(",")}
    if known.isdisjoint({"*", tag.removeprefix("W/")}):
        return answer
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)


def problem_response(problem: Problem, request: Request) -> Response:
    metrics.PROBLEMS.labels(problem.code).inc()
    language = language_in(request.scope)
    headers = spoken(language) | problem.headers()
    return Response(problem.body(language), problem.status, media_type=MEDIA_TYPE, headers=headers)


def _add_handlers(app: FastAPI) -> None:
    @functools.cache
    def known_names() -> Names:
        return names_in(app.openapi())

    async def on_problem(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, Problem)
        return problem_response(problem, request)

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = faults(error.errors(), known_names())
        return problem_response(InvalidRequest(errors=found), request)

    async def on_unavailable(request: Request, _: Exception) -> Response:
        return problem_response(Unavailable(), request)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problem_response(_problem_of(error), request)

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(database.Unavailable, on_unavailable)
    app.add_exception_handler(HTTPException, on_http)


def _problem_of(error: HTTPException) -> Problem:
    if isinstance(error, Wrapped):
        return error.problem
    otherwise = Internal if error.status_code >= _SERVER_ERROR else InvalidRequest
    known = _BY_STATUS.get(error.status_code, otherwise)
    if known is Unavailable:
        return Unavailable()
    return known(headers=_allowed(error.headers or {}))


def _allowed(headers: Mapping[str, str]) -> dict[str, str]:
    """What a path may be asked by, in an order that is always the same, with HEAD wherever there is GET."""
    told = {key.lower(): value for key, value in headers.items()}.get("allow")
    if told is None:
        return {}
    methods = {method.strip() for method in told.split(",")}
    return {"Allow": ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))}


def _require_strict(included: APIRouter) -> None:
    for route in included.routes:
        if isinstance(route, APIRoute) and not isinstance(route, StrictRoute):
            raise TypeError(f"{route.path}: make its router with kit.http.application.router, which is strict")


def _flushing(access: AccessLog, inner: Lifespan | None) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            if inner is None:
                yield
            else:
                async with inner(app):
                    yield
        finally:
            access.flush()

    return lifespan
