"""Which JSON Schema (2020-12) does each kind, the envelope and the fact have for those who do not speak Python?"""

import inspect
from functools import cache
from types import GenericAlias, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from contracts.event import CATALOGUE, TYPE_PREFIX, Event, Report
from contracts.fact import Fact, ReportEntry
from contracts.kinds import __all__ as _families

DIALECT = "https://json-schema.org/draft/2020-12/schema"
STRUCTS: dict[str, type[msgspec.Struct]] = {"report": Report, "fact": Fact, "report_entry": ReportEntry}

Schema = dict[str, Any]


def kinds() -> list[type[Event]]:
    """List every kind of the catalogue in order of name; the families are named so that they are imported."""
    assert _families
    return [CATALOGUE[name] for name in sorted(CATALOGUE)]


def schema_name(kind: type[Event]) -> str:
    """Name a kind's schema: `person.born.v1`."""
    return kind.type_name().removeprefix(TYPE_PREFIX)


def schemas() -> dict[str, Schema]:
    """Give all schemas by name: payloads by kind, and the structs that stand around them."""
    found = {schema_name(kind): _headed(schema_name(kind), kind_schema(kind)) for kind in kinds()}
    for name, struct in STRUCTS.items():
        found[f"{name}.v1"] = _headed(f"{name}.v1", struct_schema(struct))
    return found


def kind_schema(kind: type[Event]) -> Schema:
    """Give the schema of a kind's payload, the `data` of its CloudEvent."""
    schema = kind.model_json_schema()
    schema["title"] = kind.title[0]
    return schema


def struct_schema(struct: type[msgspec.Struct]) -> Schema:
    """Give the schema of one of our own structs; what is kept as raw bytes may hold any JSON."""
    return msgspec.json.schema(_without_raw(struct))


def _headed(name: str, schema: Schema) -> Schema:
    return {"$schema": DIALECT, "$id": f"urn:socai:schema:{name}", **schema}


@cache
def _without_raw(struct: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Mirror a struct with `Any` in place of raw bytes, whose defaults msgspec cannot put into a schema."""
    hints = get_type_hints(struct, include_extras=True)
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for field in msgspec.structs.fields(struct):
        name, hint, default = field.name, _plain(hints[field.name]), field.default
        if default is msgspec.NODEFAULT:
            fields.append((name, hint))
        elif isinstance(default, msgspec.Raw):
            fields.append((name, hint, None))
        elif isinstance(default, msgspec.Struct):
            fields.append((name, hint, _without_raw(type(default))()))
        else:
            fields.append((name, hint, default))
    namespace = {"__doc__": inspect.getdoc(struct)}
    return msgspec.defstruct(struct.__name__, fields, namespace=namespace, omit_defaults=True, frozen=True)


def _plain(hint: Any) -> Any:
    if hint is msgspec.Raw:
        return Any
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _without_raw(hint)
    if get_origin(hint) is tuple:
        return GenericAlias(tuple, tuple(_plain(part) for part in get_args(hint)))
    if get_origin(hint) in {Union, UnionType}:
        return Union[tuple(_plain(part) for part in get_args(hint))]  # noqa: UP007 - built from parts
    return hint
