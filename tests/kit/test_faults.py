"""Do validation errors name places without repeating the sender's words?"""

from typing import Annotated, Any, Literal

import pydantic
import pytest
from pydantic import BaseModel, Field, TypeAdapter

from kit.http.faults import MOST_FAULTS, Names, faults, invalid, names_in, names_of, worded
from kit.http.problems import Fault

CANARY = "NGUYEN-THI-LAN-012345678901"


class Closed(BaseModel, extra="forbid"):
    pass


class Born(Closed):
    kind: Literal["person.born"]
    weight: Annotated[int, Field(gt=0)]


class Died(Closed):
    kind: Literal["person.died"]
    on: str


class Report(Closed):
    data: Annotated[Born | Died, Field(discriminator="kind")]
    marks: dict[str, int] = {}
    parts: list[Born] = []


REPORTS: TypeAdapter[Report] = TypeAdapter(Report)
GOOD = {"kind": "person.born", "weight": 1}


def faults_of(body: Any) -> tuple[Fault, ...]:
    with pytest.raises(pydantic.ValidationError) as refused:
        REPORTS.validate_python(body)
    return invalid(refused.value, names_of(REPORTS)).errors


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"data": {"kind": "person.born", "weight": CANARY}}, worded("#/data/weight", "int-parsing")),
        ({"data": {"kind": "person.born"}}, worded("#/data/weight", "missing")),
        ({"data": GOOD, CANARY: 1}, worded("#", "extra-forbidden")),
        ({"data": GOOD | {CANARY: 1}}, worded("#/data", "extra-forbidden")),
        ({"data": GOOD, "marks": {CANARY: "x"}}, worded("#/marks", "int-parsing")),
        ({"data": GOOD, "parts": [GOOD, {**GOOD, "weight": 0}]}, worded("#/parts/1/weight", "greater-than")),
        ({"data": {"kind": CANARY}}, worded("#/data", "union-tag-invalid")),
        (CANARY, worded("#", "model-type")),
    ],
)
def test_a_place_is_named_in_the_words_of_the_schema_only(body: Any, fault: Fault) -> None:
    assert faults_of(body) == (fault,)


def test_what_is_wrong_is_said_in_words_where_its_code_has_some() -> None:
    text = worded("#/on", "missing").text
    assert text is not None
    assert (text.en, text.vi) == ("This is missing.", "Còn thiếu mục này.")
    assert worded("#/on", "unheard-of").text is None


def test_no_more_than_a_page_of_faults_is_listed() -> None:
    assert len(faults_of({"data": GOOD, "parts": [{"kind": "person.born", "weight": 0}] * 100})) == MOST_FAULTS


def test_parameters_are_named_by_where_they_stand() -> None:
    document = {"parameters": [{"in": "query", "name": "limit"}]}
    found = faults([{"loc": ("query", "limit"), "type": "int_parsing"}], names_in(document))
    assert found == [worded("query/limit", "int-parsing")]


def test_slashes_and_tildes_in_our_own_names_are_escaped() -> None:
    names = names_in({"properties": {"a/b~c": {}}})
    assert faults([{"loc": ("body", "a/b~c"), "type": "missing"}], names) == [worded("#/a~1b~0c", "missing")]


def test_a_list_is_not_too_short_because_one_of_its_parts_is_wrong() -> None:
    found = [
        {"loc": ("numbers", 0, "value"), "type": "string_pattern_mismatch"},
        {"loc": ("numbers",), "type": "too_short"},
        {"loc": ("others",), "type": "too_short"},
    ]
    names = Names(frozenset({"numbers", "value", "others"}), frozenset())
    assert faults(found, names, within="body") == [
        worded("#/numbers/0/value", "string-pattern-mismatch"),
        worded("#/others", "too-short"),
    ]
