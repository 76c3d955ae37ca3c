"""Which addresses does the authority answer?"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from contracts.generated import EXAMPLES, SCHEMAS
from contracts.scopes import Scope
from gateway import metadata, pages
from gateway.authority import Authority
from gateway.clients import list_clients
from gateway.refusals import refusals
from gateway.settings import GatewaySettings
from gateway.token_operation import FORM_TYPE, MODELS, OPERATION
from gateway.tokens import TokenRefused
from kit.auth.access import Access
from kit.auth.callers import Verifier, require
from kit.auth.key_sets import KeySets
from kit.http.application import PlainRoute, create, json_response, read_body, router
from kit.http.problems import NotFound, catalogue
from kit.process.database import Connections

MAX_FORM = 32 * 1024
_AN_HOUR = {"Cache-Control": "max-age=3600"}


class ClientEntry(BaseModel):
    """What the register shows of a client; its keys are its own business."""

    client_id: str
    name: str
    scopes: list[str]
    rate_class: str
    status: str


class ClientsAnswer(BaseModel):
    clients: list[ClientEntry]


def create_app(settings: GatewaySettings, clock: Callable[[], float] = time.time) -> FastAPI:
    """The authority: tokens, keys, documents and registers; its connections end with it."""
    connections = Connections(settings.writer_dsn, size=4, name="authority")
    authority = Authority(settings, connections, clock)

    async def own_keys() -> bytes:
        return msgspec.json.encode(await authority.key_set())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await connections.close()

    app = create(
        "gateway",
        "Socai gateway",
        settings,
        description="Tokens, keys, and the register of clients.",
        routers=[_documents(settings, authority), _explanations(settings), _registers(connections)],
        plain=[PlainRoute("/oauth/token", _token_endpoint(authority), OPERATION, models=MODELS)],
        lifespan=lifespan,
        checks={"database": _database_check(connections)},
    )
    app.state.verifier = Verifier(
        issuer=settings.issuer,
        audience=settings.audience,
        public_base=settings.public_base,
        keys=KeySets(own_keys, clock),
        clock=clock,
    )
    return app


def _token_endpoint(authority: Authority) -> Callable[[Request], Any]:
    async def token(request: Request) -> Response:
        try:
            form = await _read_form(request)
            body = await authority.token(form, request.headers.getlist("dpop"))
        except TokenRefused as refusal:
            return json_response(refusal.body(), refusal.status)
        return json_response(body)

    return token


async def _read_form(request: Request) -> dict[str, str]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request, MAX_FORM)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        pairs = []
    form = dict(pairs)
    # RFC 6749 3.2: parameters must not be repeated.
    if media_type != FORM_TYPE or not pairs or len(form) != len(pairs):
        raise TokenRefused("invalid_request", "Send a form in which each field stands once.", 400)
    return form


def _documents(settings: GatewaySettings, authority: Authority) -> APIRouter:
    documents = router("", tags=["authority"])

    @documents.get("/.well-known/oauth-authorization-server", responses={200: {"model": metadata.AuthorizationServer}})
    async def authorization_server() -> Response:
        """The authority's metadata (RFC 8414)."""
        return json_response(metadata.authorization_server(settings), headers=_AN_HOUR)

    @documents.get("/.well-known/oauth-protected-resource", responses={200: {"model": metadata.ProtectedResource}})
    async def protected_resource() -> Response:
        """The services' metadata (RFC 9728)."""
        return json_response(metadata.protected_resource(settings), headers=_AN_HOUR)

    @documents.get("/.well-known/jwks.json", include_in_schema=False)
    @documents.get("/oauth/jwks", responses={200: {"model": metadata.KeySet}})
    async def key_set() -> Response:
        """The public keys that sign tokens (RFC 7517)."""
        return json_response(await authority.key_set(), headers={"Cache-Control": "max-age=300"})

    return documents


def _explanations(settings: GatewaySettings) -> APIRouter:
    explanations = router("", include_in_schema=False)
    # Every file that may be asked for is known at the start: no path is ever built from a request.
    files = {f"schemas/{path.name}": path for path in sorted(SCHEMAS.glob("*.json"))}
    examples = {path.relative_to(EXAMPLES).as_posix(): path for path in sorted(EXAMPLES.glob("*/*.json"))}
    files |= {f"examples/{name}": path for name, path in examples.items()}
    door = (refusal.problem for refusal in refusals(settings.public_base))
    known = {problem.code: problem for problem in (*catalogue(), *door)}

    @explanations.get("/")
    async def start() -> Response:
        return HTMLResponse(pages.start_page(settings.public_base))

    @explanations.get("/problems")
    async def problems() -> Response:
        return HTMLResponse(pages.problems_page(known.values()))

    @explanations.get("/problems/{code}")
    async def problem(code: str) -> Response:
        found = known.get(code)
        if found is None:
            raise NotFound
        return HTMLResponse(pages.problem_page(found))

    @explanations.get("/catalogue")
    async def kinds() -> Response:
        return HTMLResponse(pages.catalogue_page(examples))

    @explanations.get("/catalogue/{name:path}")
    async def entry(name: str) -> Response:
        if name not in files:
            raise NotFound
        return Response(files[name].read_bytes(), media_type="application/json", headers=_AN_HOUR)

    return explanations


def _registers(connections: Connections) -> APIRouter:
    registers = router("/gateway/v1", tags=["registers"])

    @registers.get("/clients", responses={200: {"model": ClientsAnswer}})
    async def clients(_: Annotated[Access, require(Scope.GATEWAY_CLIENT_READ)]) -> Response:
        """Every registered client."""
        async with connections.acquire() as connection:
            found = await list_clients(connection)
        shown = [
            {
                "client_id": c.client_id,
                "name": c.name,
                "scopes": sorted(c.scopes),
                "rate_class": c.rate_class,
                "status": c.status,
            }
            for c in found
        ]
        return json_response({"clients": shown})

    return registers


def _database_check(connections: Connections) -> Callable[[FastAPI], Any]:
    async def check(_: FastAPI) -> None:
        async with connections.acquire() as connection:
            await connection.fetchval("select 1")

    return check
