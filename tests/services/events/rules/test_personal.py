"""Are personal values kept as they were told, and are equal values equal bytes whichever way they came?"""

import msgspec
import pytest

from contracts.kinds.personal import HouseholdPersonal, PersonPersonal
from contracts.person import NOTHING, PersonState
from services.events.rules.personal import carried, kept, packed

PID = {"type": "pid", "value": "001190000001"}
ONCE = {"type": "bhyt", "value": "DN4010100000001", "valid_from": "2020-01-01", "valid_to": "2024-12-31"}
TOLD = [
    {"name": "Nguyễn Văn An"},
    {"name": "Nguyễn Văn An", "identifiers": [PID]},
    {"name": "Lê Hoa", "identifiers": [{**ONCE}], "contacts": [{"type": "phone", "value": "0900"}], "former": [PID]},
]


@pytest.mark.parametrize("told", TOLD)
def test_what_is_told_of_a_person_is_kept_whole_and_nothing_beside_it(told: dict[str, object]) -> None:
    assert msgspec.json.decode(kept(PersonPersonal.model_validate_json(msgspec.json.encode(told)))) == told


@pytest.mark.parametrize("told", TOLD)
def test_what_is_opened_and_closed_again_is_the_same_bytes(told: dict[str, object]) -> None:
    as_told = kept(PersonPersonal.model_validate_json(msgspec.json.encode(told)))
    person = PersonState(id="one", status="resident", sex="female", personal=as_told)
    assert bytes(packed(carried(person))) == bytes(as_told)


def test_a_household_has_its_address_and_silence_is_nothing() -> None:
    assert bytes(kept(HouseholdPersonal(address="Thôn 1"))) == '{"address":"Thôn 1"}'.encode()
    assert kept(None) is NOTHING
