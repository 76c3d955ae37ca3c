"""Which places of a request does a validation error name, without a word of the request itself?

A location may hold what the sender wrote (the name of an unknown member, a key of a map), so only names that
stand in our own schema are kept: a pointer ends where the sender's words would begin.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from contracts.malformed import listed_in, without_echoes, words_of
from kit.http.problems import Fault, InvalidRequest, Text

MOST_FAULTS = 20

_ELSEWHERE = frozenset({"query", "header", "path", "cookie"})


class Names(NamedTuple):
    """The words of a schema: its members' names, and the tags that pydantic puts into locations."""

    members: frozenset[str]
    tags: frozenset[str]


def names_in(*schemas: Any) -> Names:
    """The names in JSON Schemas or OpenAPI documents."""
    members: set[str] = set()
    tags: set[str] = set()
    for node in _nodes(schemas):
        properties = node.get("properties")
        if isinstance(properties, Mapping):
            members.update(properties)
        if isinstance(node.get("in"), str) and isinstance(node.get("name"), str):
            members.add(node["name"])
        mapping = node.get("mapping")
        if isinstance(mapping, Mapping):
            tags.update(mapping)
        title = node.get("title")
        if isinstance(title, str):
            tags.add(title)
    return Names(frozenset(members), frozenset(tags))


def names_of(adapter: TypeAdapter[Any]) -> Names:
    return names_in(adapter.json_schema())


def invalid(error: ValidationError, names: Names) -> InvalidRequest:
    """The refusal of a body that was validated by hand."""
    found = error.errors(include_url=False, include_input=False)
    return InvalidRequest(errors=faults(found, names, within="body"))


def faults(errors: Iterable[Any], names: Names, *, within: str = "") -> list[Fault]:
    """Pydantic's errors as faults: at most `MOST_FAULTS`, in their order, each once."""
    found: dict[Fault, None] = {}
    for error in without_echoes(errors):
        found[_fault(error, names, within)] = None
        if len(found) == MOST_FAULTS:
            break
    return list(found)


def _fault(error: Any, names: Names, within: str) -> Fault:
    location: tuple[int | str, ...] = error["loc"]
    kind: str = error["type"]
    where, parts = (within, location) if within else (str(location[0]), location[1:])
    # The last part of an unknown member's location is the sender's own word.
    known = parts[:-1] if kind == "extra_forbidden" else parts
    code = kind.replace("_", "-")
    kept = list(_known(known, names))
    return worded("/".join([where if where in _ELSEWHERE else "#", *kept]), code, *listed_in(error))


def worded(pointer: str, code: str, *listed: str) -> Fault:
    """Say what is wrong at a place, in words where its code has some, and which codes may be said there."""
    words = words_of(code, listed)
    return Fault(pointer, code, None if words is None else Text(*words), listed)


def _known(parts: tuple[int | str, ...], names: Names) -> Iterator[str]:
    for part in parts:
        if isinstance(part, int):
            yield str(part)
        elif part in names.members:
            yield part.replace("~", "~0").replace("/", "~1")
        elif part not in names.tags:
            return


def _nodes(root: Any) -> Iterator[Mapping[str, Any]]:
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            yield node
            pending.extend(node.values())
        elif isinstance(node, list | tuple):
            pending.extend(node)
