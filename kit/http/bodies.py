"""How is a request's body read: how much of it, of which type, and as what?"""

import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import APIRouter, params
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kit.http.problems import InvalidRequest, PayloadTooLarge, Problem, UnsupportedMediaType
from kit.http.queries import require_offered
from kit.http.strict_json import parse_json

DEFAULT_LIMIT = 1024 * 1024

_DIGITS = re.compile(r"[0-9]{1,18}")


async def read_body(request: Request, limit: int = DEFAULT_LIMIT) -> bytes:
    """The whole body, or `PayloadTooLarge` as soon as it is known to be larger than `limit` bytes.

    What is compressed is not taken: a few bytes may stand for any number.
    """
    codings = ",".join(request.headers.getlist("content-encoding")).lower().split(",")
    if any(coding.strip() not in {"", "identity"} for coding in codings):
        raise UnsupportedMediaType
    announced = request.headers.get("content-length")
    if announced is not None:
        if not _DIGITS.fullmatch(announced):
            raise InvalidRequest
        if int(announced) > limit:
            raise PayloadTooLarge
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise PayloadTooLarge
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def require_type(request: Request, *accepted: str) -> str:
    """The body's media type without its parameters, if it is one of those accepted."""
    media_type = _media_type(request)
    if media_type not in accepted:
        raise UnsupportedMediaType
    return media_type


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_json(request: Request, limit: int) -> Any:
    require_type(request, "application/json")
    return parse_json(await read_body(request, limit))


class Wrapped(HTTPException):
    """Carries a problem through FastAPI's body reading, which turns all other exceptions into a plain 400."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status)
        self.problem = problem


class StrictRequest(Request):
    """A request whose body is bounded and whose JSON is strict, whoever reads it."""

    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            try:
                self._body = await read_body(self)
            except Problem as problem:
                raise Wrapped(problem) from None
            if self._body and not _media_type(self):
                raise Wrapped(UnsupportedMediaType())
        return self._body

    async def json(self) -> Any:
        raw = await self.body()
        try:
            return parse_json(raw)
        except Problem as problem:
            raise Wrapped(problem) from None


class StrictRoute(APIRoute):
    """A FastAPI route that reads its query and its body as strictly as our own plain routes do."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            if self.include_in_schema:
                require_offered(request, lambda: _operation(request, self.path_format))
            if self._takes_json():
                _require_json(request)
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly

    def _takes_json(self) -> bool:
        return self.body_field is not None and not isinstance(self.body_field.field_info, params.Form)


def _operation(request: Request, path: str) -> Mapping[str, Any]:
    """Give what the service's document says of a request's operation; the first to ask has the document made."""
    found: Mapping[str, Any] = request.app.openapi()["paths"][path][request.method.lower()]
    return found


def _require_json(request: Request) -> None:
    """No type at all is right for no body, which FastAPI then misses."""
    media_type = _media_type(request)
    if media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedMediaType


def router(prefix: str, **options: Any) -> APIRouter:
    """An APIRouter whose routes read bodies strictly; `kit.http.application.create` takes no other."""
    return APIRouter(prefix=prefix, route_class=StrictRoute, **options)
