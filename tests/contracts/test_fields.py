"""Has every field of a payload or a state words in both languages?"""

import msgspec

from contracts.fields import FIELDS
from contracts.household import HouseholdState
from contracts.json_schema import Schema, kind_schema, kinds, struct_schema
from contracts.person import PersonState
from contracts.unit import UnitState

STATES: tuple[type[msgspec.Struct], ...] = (PersonState, HouseholdState, UnitState)


def named(schema: Schema) -> set[str]:
    """Name the fields of a schema and of its parts."""
    return {name for part in (schema, *schema.get("$defs", {}).values()) for name in part.get("properties", {})}


def test_every_field_of_payloads_and_states_has_words_in_both_languages() -> None:
    schemas = [*map(kind_schema, kinds()), *map(struct_schema, STATES)]
    assert {name for schema in schemas for name in named(schema)} == set(FIELDS)
    assert all(english and vietnamese for english, vietnamese in FIELDS.values())
