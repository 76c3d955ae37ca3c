"""Which parameters may a query have, so that one that is misspelt or told twice changes no answer unseen?"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request

from kit.http.faults import worded
from kit.http.problems import Fault, InvalidRequest

_WHOLE: Final = re.compile(r"-?[0-9]+")


def require_offered(request: Request, operation: Callable[[], Mapping[str, Any]]) -> None:
    """Refuse what the operation (as OpenAPI has it) does not offer, twice what it offers once, and what is no number.

    Pydantic reads `1_000`, `+5` and `5.0` as whole numbers.
    """
    if not request.scope["query_string"]:
        return
    offered = {one["name"]: one for one in operation().get("parameters", ()) if one["in"] == "query"}
    found: dict[Fault, None] = {}
    told: set[str] = set()
    for name, value in request.query_params.multi_items():
        if name not in offered:
            found[worded("query", "extra-forbidden")] = None
        elif name in told and "array" not in _types(offered[name]):
            found[worded(f"query/{name}", "given-twice")] = None
        elif "integer" in _types(offered[name]) and not _WHOLE.fullmatch(value):
            found[worded(f"query/{name}", "int-parsing")] = None
        told.add(name)
    if found:
        raise InvalidRequest(errors=found)


def _types(parameter: Mapping[str, Any]) -> set[str]:
    schema = parameter["schema"]
    return {str(one.get("type")) for one in schema.get("anyOf", [schema])}
