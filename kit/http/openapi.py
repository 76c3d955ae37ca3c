"""What does a service's OpenAPI document say, also of the routes that FastAPI does not know?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request

from kit.http import positions
from kit.http.problems import MEDIA_TYPE

Endpoint = Callable[[Request], Any]

PROBLEM_SCHEMA: Mapping[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "A refusal, as RFC 9457 has it. It never repeats a value of the request.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "`/problems/` and the stable code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "English or Vietnamese, by Accept-Language."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "text")},
            },
        },
        "reasons": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "facts"],
                "properties": {
                    "code": {"type": "string"},
                    "facts": {"type": "array", "items": {"type": "integer"}},
                    "text": {"type": "string"},
                    "instead": {"type": "string", "description": "The id to name in its place."},
                },
            },
        },
        "retry_after": {"type": "integer", "description": "Seconds."},
    },
}

_PROBLEM_RESPONSE: Mapping[str, Any] = {
    "description": "A problem",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
POSITION: Mapping[str, Any] = {
    "description": "The answer is complete up to this position of the ledger.",
    "schema": {"type": "integer"},
}
"""For the document of an answer that has a position although no `not_before` may be asked for."""
_REFERENCE = "#/components/schemas/{model}"


class BothLanguages(BaseModel):
    """A text in English and Vietnamese."""

    en: str
    vi: str


def content_of(model: type[BaseModel]) -> dict[str, Any]:
    """The content of a request or a response of a plain route: JSON in the shape of one of its models."""
    return {"application/json": {"schema": {"$ref": _REFERENCE.format(model=model.__name__)}}}


@dataclass(frozen=True)
class PlainRoute:
    """A route without FastAPI's machinery, and its operation object as OpenAPI has it.

    The operation may refer to `models` as `#/components/schemas/<Name>`.
    """

    path: str
    endpoint: Endpoint
    operation: Mapping[str, Any]
    methods: tuple[str, ...] = ("POST",)
    models: tuple[type[BaseModel], ...] = ()


def document(app: FastAPI, plain: Sequence[PlainRoute]) -> Callable[[], dict[str, Any]]:
    """A function that makes the document once."""
    return cache(partial(_document, app, plain))


def _document(app: FastAPI, plain: Sequence[PlainRoute]) -> dict[str, Any]:
    whole = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description or None,
        routes=app.routes,
        servers=app.servers,
    )
    schemas = whole.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = dict(PROBLEM_SCHEMA)
    models = [(model, "validation") for route in plain for model in route.models]
    if models:
        _, definitions = models_json_schema(models, ref_template=_REFERENCE)  # type: ignore[arg-type]  # literals
        schemas.update(definitions.get("$defs", {}))
    for route in plain:
        for method in route.methods:
            whole["paths"].setdefault(route.path, {})[method.lower()] = dict(route.operation)
    for operations in whole["paths"].values():
        for operation in operations.values():
            _declare_problems(operation)
            _declare_position(operation)
    return whole


def _declare_problems(operation: dict[str, Any]) -> None:
    """Every operation may be refused; FastAPI's own 422 describes a body that we never send."""
    responses = operation["responses"] = dict(operation.get("responses", {}))
    own = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    if own.endswith("/HTTPValidationError"):
        del responses["422"]
    responses.setdefault("4XX", _PROBLEM_RESPONSE)
    responses.setdefault("5XX", _PROBLEM_RESPONSE)


def _declare_position(operation: dict[str, Any]) -> None:
    """Whoever may be asked not to answer before a position says up to which one the answer is complete."""
    if any(parameter["name"] == positions.PARAMETER for parameter in operation.get("parameters", ())):
        answer = operation["responses"]["200"] = dict(operation["responses"]["200"])
        answer["headers"] = {**answer.get("headers", {}), positions.HEADER: POSITION}
