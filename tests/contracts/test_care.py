"""Is what is reported of pregnancy and screening as narrow as the law wants it?"""

from typing import Any

import pytest
from pydantic import ValidationError

from contracts.event import Event
from contracts.fact import Fact
from contracts.ids import PARTIAL_DATE, UUID7
from contracts.json_schema import kind_schema, kinds, struct_schema
from contracts.kinds.care import (
    CoupleChecked,
    PersonContraceptionStarted,
    PersonNewbornScreened,
    PersonPrenatallyScreened,
)

DATES_AND_IDS = {UUID7, PARTIAL_DATE, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
SENSITIVE = [kind for kind in kinds() if kind.sensitive]
PERSON = "01941f60-6a80-79c7-b0b5-2df4abec57cd"


def choices(part: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in part.get("anyOf", [part]) if one.get("type") != "null"]


@pytest.mark.parametrize("kind", SENSITIVE, ids=lambda kind: kind.kind)
def test_no_sensitive_kind_has_free_text_or_parts_in_which_more_could_be_said(kind: type[Event]) -> None:
    schema = kind_schema(kind)
    assert schema["additionalProperties"] is False
    assert "$defs" not in schema
    for name, part in schema["properties"].items():
        for choice in choices(part):
            closed = "enum" in choice or choice.get("type") == "integer" or choice.get("pattern") in DATES_AND_IDS
            assert closed, f"{name} could say anything"


@pytest.mark.parametrize("kind", SENSITIVE, ids=lambda kind: kind.kind)
def test_nothing_that_is_told_of_a_pregnancy_can_say_the_sex_of_the_child(kind: type[Event]) -> None:
    """Luật Dân số 113/2025/QH15, articles 6 and 15."""
    for name, part in kind_schema(kind)["properties"].items():
        assert "sex" not in name
        words = {word for choice in choices(part) for word in choice.get("enum", ())}
        assert not words & {"male", "female", "boy", "girl", "xx", "xy"}


def test_the_state_holds_of_a_screening_before_birth_the_four_conditions_and_no_sex() -> None:
    definitions = struct_schema(Fact)["$defs"]
    assert set(definitions["PrenatalScreening"]["properties"]) == {
        "on", "visits", "last_period", "place", "down", "edwards", "patau", "thalassemia",
    }  # fmt: skip
    assert set(definitions["Pregnancy"]["properties"]) == {"since", "number", "ended", "outcome"}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (PersonNewbornScreened, {}),
        (PersonPrenatallyScreened, {"visit": "week_12"}),
        (PersonPrenatallyScreened, {"visit": "week_12", "down": "low", "last_period": "2025-03-02"}),
        (PersonPrenatallyScreened, {"visit": "week_12", "down": "low", "sex": "male"}),
        (PersonContraceptionStarted, {"method": "iud", "since": "2025-04"}),
        (CoupleChecked, {"partner": PERSON}),
    ],
)
def test_what_says_nothing_or_cannot_be_is_no_report(kind: type[Event], told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind.model_validate({"on": "2025-03-01", "person": PERSON, **told})
