"""Does every kind have its class, schema, examples, page and rule, and do they agree?"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from contracts import generated
from contracts.event import CATALOGUE, Event, decode_report
from contracts.json_schema import kinds, schema_name, schemas
from contracts.scopes import Scope

EXAMPLES = sorted(generated.EXAMPLES.glob("*/*.json"))
KINDS = kinds()
ARRIVED = "person.arrived"


def named(value: object) -> str:
    if isinstance(value, Path):
        return f"{value.parent.name}/{value.stem}"
    return value.kind if isinstance(value, type) and issubclass(value, Event) else str(value)


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schemas()[name])


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_every_kind_has_a_schema_an_example_and_a_page(kind: type[Event]) -> None:
    name = schema_name(kind)
    assert (generated.SCHEMAS / f"{name}.json").exists(), "run `python -m contracts write`"
    assert list((generated.EXAMPLES / name).glob("*.json")), f"write contracts/examples/{name}/<what it shows>.json"
    assert f"## {name}\n" in generated.PAGE.read_text(), "run `python -m contracts write`"


@pytest.mark.parametrize("kind", KINDS, ids=named)
def test_every_kind_says_its_title_twice_its_scope_and_what_it_means(kind: type[Event]) -> None:
    assert len(kind.title) == 2
    assert all(kind.title)
    assert kind.scope in set(Scope)
    assert kind.__doc__
    assert kind.fixed <= set(kind.model_fields), "`fixed` names a field that is not there"


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_an_example_holds_for_the_class_and_for_the_schemas(path: Path) -> None:
    body = path.read_bytes()
    report = decode_report(body)
    kind = CATALOGUE[report.type]
    assert path.parent.name == schema_name(kind), "an example lies in the folder of its kind"
    kind.parse(report.data)
    validator("report.v1").validate(json.loads(body))
    validator(schema_name(kind)).validate(json.loads(body)["data"])


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_an_example_comes_back_unchanged_from_its_class(path: Path) -> None:
    report = decode_report(path.read_bytes())
    kind = CATALOGUE[report.type]
    event = kind.parse(report.data)
    assert event.model_dump(mode="json", exclude_unset=True) == json.loads(bytes(report.data))
    assert kind.parse(event.model_dump_json().encode()) == event


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_a_payload_with_an_unknown_field_is_refused_by_class_and_schema(path: Path) -> None:
    data = {**json.loads(path.read_bytes())["data"], "unheard_of": 1}
    kind = CATALOGUE[json.loads(path.read_bytes())["type"]]
    with pytest.raises(ValidationError):
        kind.parse(json.dumps(data).encode())
    with pytest.raises(jsonschema.ValidationError):
        validator(schema_name(kind)).validate(data)


def test_examples_are_told_under_ids_of_their_own() -> None:
    reports = [json.loads(path.read_bytes())["id"] for path in EXAMPLES]
    assert len(set(reports)) == len(reports)


def test_every_schema_is_a_schema() -> None:
    for schema in schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)


@cache
def told(kind: str) -> list[dict[str, Any]]:
    """The payloads of the examples of a kind."""
    reports = (json.loads(path.read_bytes()) for path in EXAMPLES)
    return [one["data"] for one in reports if CATALOGUE[one["type"]].kind == kind]


def described() -> dict[str, dict[str, str]]:
    """Everybody whom an example describes; who uses a method or is pregnant is a woman, and who marries her a man."""
    lines = [line for sheet in told("household.registered") for line in sheet.get("members", ())]
    people = {one["person"]: {"sex": one["sex"], "birth": one.get("birth", "")} for one in [*lines, *told(ARRIVED)]}
    for kind in ("contraception_started", "contraception_stopped", "pregnancy_reported", "prenatally_screened"):
        for one in told(f"person.{kind}"):
            people.setdefault(one["person"], {"sex": "female", "birth": ""})
    for one in told("person.married"):
        if "spouse" in one and one["person"] in people:
            sex = {"male": "female", "female": "male"}[people[one["person"]]["sex"]]
            people.setdefault(one["spouse"], {"sex": sex, "birth": ""})
    return people


def test_examples_speak_of_people_of_whom_that_can_be_true() -> None:
    people = described()
    assert all(people[one["person"]]["sex"] == people[one["into"]]["sex"] for one in told("person.merged"))
    couples = [one for one in told("couple.checked") if "partner" in one]
    assert all(people[one["person"]]["sex"] != people[one["partner"]]["sex"] for one in couples)
    older = [(int(one["on"][:4]), people[one["person"]]["birth"]) for one in told("person.health_checked")]
    assert all(birth and year - int(birth[:4]) > 60 for year, birth in older)
    inmates = [one for one in told(ARRIVED) if one.get("relation") == "adopted_or_in_law"]
    assert all(one.get("marital") != "single" for one in inmates), "who joins by marriage is married"


def test_what_goes_without_a_part_is_said_in_words() -> None:
    assert not [line for line in generated.PAGE.read_text().splitlines() if line.startswith("|") and "None" in line]


def test_a_card_of_some_years_ends_on_the_first_day_on_which_it_is_valid_no_more() -> None:
    numbers = [one for issue in told("person.identifier_issued") for one in issue["personal"]["identifiers"]]
    assert {one["valid_from"][5:] == one["valid_to"][5:] for one in numbers if "valid_to" in one} == {True}
    assert "first day no more" in generated.PAGE.read_text().partition("### HealthCard")[2].partition("###")[0]
