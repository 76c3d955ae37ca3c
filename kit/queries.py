"""Which parameters may a query have, so that one that is misspelt or told twice changes no answer unseen?"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from kit.faults import worded
from kit.problems import Fault, InvalidRequest


def require_offered(request: Request, operation: Mapping[str, Any]) -> None:
    """Refuse what the operation (as OpenAPI has it) does not offer, and twice what it offers once."""
    if not request.scope["query_string"]:
        return
    offered = {one["name"]: one for one in operation.get("parameters", ()) if one["in"] == "query"}
    found: dict[Fault, None] = {}
    told: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in offered:
            found[worded("query", "extra-forbidden")] = None
        elif name in told and offered[name]["schema"].get("type") != "array":
            found[worded(f"query/{name}", "given-twice")] = None
        told.add(name)
    if found:
        raise InvalidRequest(errors=found)
