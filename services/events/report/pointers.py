"""Which places of a payload are wrong? JSON pointers with stable codes; never a value, or a name, of the sender's."""

import re
from collections.abc import Iterable
from functools import cache

from pydantic import TypeAdapter, ValidationError

from contracts.event import Event
from kit.http.faults import Names, faults, names_of

# How pydantic calls the same fault of a payload whose JSON is read already, and of its JSON.
_AS_IN_JSON = {"model_attributes_type": "dict_type"}


Wrong = tuple[str, ...]
"""A place, the code of what is wrong there, and the codes that may be said there, if their list is short."""


class Malformed(Exception):
    """What a report leads to is no payload of its kind."""

    def __init__(self, errors: tuple[Wrong, ...]) -> None:
        super().__init__()
        self.errors = errors


def pointers(invalid: ValidationError, kind: type[Event]) -> tuple[Wrong, ...]:
    """Name the places of a payload in the words of the kind's own schema; a pointer ends where the sender's begin."""
    errors = invalid.errors(include_url=False, include_input=False)
    for error in errors:
        error["type"] = _AS_IN_JSON.get(error["type"], error["type"])
    found = faults(errors, _names(kind), within="body")
    return tuple(("#/data" + fault.pointer.removeprefix("#"), fault.code, *fault.listed) for fault in found)


def among_changes(errors: Iterable[Wrong], member: str | None) -> tuple[Wrong, ...]:
    """Name the places of what a correction makes of a report as places of its changes: of one line alone, if of one."""
    root = re.compile("^#/data" if member is None else "^#/data(/members/[0-9]+)?")
    return tuple((root.sub("#/data/changes", pointer), *told) for pointer, *told in errors)


@cache
def _names(kind: type[Event]) -> Names:
    return names_of(TypeAdapter(kind))
