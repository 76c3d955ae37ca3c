"""Is every answer one that the service's own document describes: status, media type, headers, members?

Put in place of `httpx.ASGITransport`, it makes every test that asks a service a test of its document.
"""

import functools
import json
import re
from collections.abc import Mapping
from typing import Any

import httpx
import jsonschema
from fastapi import FastAPI

from kit.http.positions import HEADER
from kit.http.problems import MEDIA_TYPE

PROBLEM = {"$ref": "#/components/schemas/Problem", "unevaluatedProperties": False}


class Documented(httpx.ASGITransport):
    """Gives what the application answers, and fails where its document says otherwise."""

    def __init__(self, app: FastAPI, **options: Any) -> None:
        super().__init__(app, **options)
        self._documents = Documents(json.loads(json.dumps(app.openapi())))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        await answer.aread()
        self._documents.require(request.method, request.url.path, answer)
        return answer


class Documents:
    """What one OpenAPI document says of answers; no member counts as described that it does not name."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._paths = [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path) for path in sorted(document["paths"])]
        self._operations = document["paths"]
        schemas = {
            name: _closed(schema, root=name != "Problem") for name, schema in document["components"]["schemas"].items()
        }
        self._components = {"components": {"schemas": schemas}}
        self._validators = functools.cache(self._validator)

    def require(self, method: str, path: str, answer: httpx.Response) -> None:
        """Fail where the answer is not described; pages and the addresses of operations have no schema."""
        about = f"{method} {path} {answer.status_code} {answer.text[:500]}"
        media = answer.headers.get("content-type", "").partition(";")[0]
        found = [template for pattern, template in self._paths if pattern.fullmatch(path)]
        described = self._operations.get(min(found, key=lambda one: "{" in one)) if found else {}
        operation = described.get("get" if method == "HEAD" else method.lower())
        if operation is None:
            if media == MEDIA_TYPE and method != "HEAD":
                self._validate(json.dumps(PROBLEM), answer, about)
            assert answer.is_error or "/v1/" not in path, f"not described: {about}"
            return
        responses = operation["responses"]
        response = responses.get(str(answer.status_code)) or responses.get(f"{answer.status_code // 100}XX")
        assert response is not None, f"no such status: {about}"
        assert media in response["content"], f"no such media type {media}: {about}"
        headers = set(response.get("headers", ()))
        assert {name for name in headers if name not in answer.headers} == set(), f"a header is missing: {about}"
        assert answer.is_error or HEADER not in answer.headers or HEADER in headers, f"a header is not told of: {about}"
        if media.endswith(("/json", "+json")) and method != "HEAD":
            schema = _closed(response["content"][media].get("schema"))
            assert schema, f"no schema: {about}"
            self._validate(json.dumps(schema, sort_keys=True), answer, about)

    def _validate(self, schema: str, answer: httpx.Response, about: str) -> None:
        wrong = jsonschema.exceptions.best_match(self._validators(schema).iter_errors(answer.json()))
        assert wrong is None, f"{wrong.json_path}: {wrong.message}: {about}"

    def _validator(self, schema: str) -> jsonschema.Draft202012Validator:
        return jsonschema.Draft202012Validator(json.loads(schema) | self._components)


def _closed(schema: Any, *, root: bool = True) -> Any:
    """A schema by which only those members are valid that it names. Parts of an `allOf` know not of each other."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    inner = {name: _closed(one) if name != "allOf" else list(one) for name, one in schema.items()}
    open_ended = "additionalProperties" in schema or not (
        {"properties", "allOf"} & schema.keys() or schema.get("$ref") == PROBLEM["$ref"]
    )
    return inner | ({} if open_ended or not root else {"unevaluatedProperties": False})
