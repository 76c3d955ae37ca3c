"""Do the code lists hold exactly the words that the fields take, in both languages and with a source?"""

from typing import get_args

import pytest

from contracts import codes
from contracts.codes import CODE_LISTS, CodeList
from contracts.json_schema import Schema, kind_schema, kinds

LITERALS = {
    "sex": codes.Sex,
    "marital": codes.Marital,
    "relation": codes.Relation,
    "education": codes.Education,
    "residence": codes.Residence,
    "destination": codes.Destination,
    "unit_level": codes.UnitLevel,
    "identifier": codes.IdentifierType,
    "contraceptive_method": codes.ContraceptiveMethod,
    "pregnancy_event": codes.PregnancyEvent,
    "newborn_result": codes.NewbornResult,
    "prenatal_result": codes.PrenatalResult,
    "prenatal_visit": codes.PrenatalVisit,
    "care_place": codes.CarePlace,
    "disability": codes.Disability,
    "disability_degree": codes.DisabilityDegree,
    "birth_place": codes.BirthPlace,
    "death_place": codes.DeathPlace,
    "household_type": codes.HouseholdType,
    "contact": codes.ContactType,
    "whereabouts": codes.Whereabouts,
    "unit_type": codes.UnitType,
}
LISTS = {codes.name: codes for codes in CODE_LISTS}


@pytest.mark.parametrize("name", LITERALS)
def test_a_list_has_exactly_the_words_of_its_field(name: str) -> None:
    assert tuple(LISTS[name].values) == get_args(LITERALS[name])


@pytest.mark.parametrize("codes", CODE_LISTS, ids=lambda codes: codes.name)
def test_a_list_has_a_source_and_labels_in_both_languages(codes: CodeList) -> None:
    assert codes.source
    assert all(english and vietnamese for english, vietnamese in codes.values.values())


def test_the_ethnicities_are_the_54_of_the_list_and_foreigners() -> None:
    assert list(LISTS["ethnicity"].values) == [f"{n:02d}" for n in range(1, 56)] + ["refused", "unknown"]
    assert len(set(codes.ETHNICITIES)) == 54


def coded(schema: Schema) -> dict[str, frozenset[str]]:
    """Name the fields of a payload and of its parts that take words of a closed list, with their words."""
    parts = [schema, *schema.get("$defs", {}).values()]
    fields = (item for part in parts for item in part.get("properties", {}).items())
    return {field: frozenset(value["enum"]) for field, value in fields if "enum" in value}


def test_every_coded_field_of_a_payload_has_words_that_are_known() -> None:
    lists = {frozenset(one.values) for one in CODE_LISTS}
    unlabelled = {"change"}  # what a reorganisation does is explained by its class
    for kind in kinds():
        assert {field for field, words in coded(kind_schema(kind)).items() if words not in lists} <= unlabelled


def test_a_form_can_write_each_contraceptive_method_that_is_known_as_a_code() -> None:
    assert set(codes.METHOD_CODES.values()) == set(get_args(codes.ContraceptiveMethod)) - {"unknown"}
    assert list(codes.METHOD_CODES) == [str(number) for number in range(1, 9)]
