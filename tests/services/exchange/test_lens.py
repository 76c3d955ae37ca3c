"""Does a lens show what its view holds, and nothing else?"""

from dataclasses import replace

import msgspec
import pytest

from contracts.person import PersonState
from services.exchange.lens import Lens
from services.exchange.partners import VIEWS
from services.exchange.view import View
from tests.support.facts import AREA, household_id, person_id

KEY = "a key that is long enough"
PERSONAL = msgspec.Raw(
    msgspec.json.encode(
        {
            "name": "Phạm Thị Lan",
            "identifiers": [
                {"type": "cmnd", "value": "142345678"},
                {"type": "pid", "value": "031190001234"},
                {"type": "bhyt", "value": "DN4010120860538"},
                {"type": "bhxh", "value": "0120860538"},
            ],
            "contacts": [{"type": "phone", "value": "0912345678"}],
        }
    )
)
WHOLE = PersonState(
    id=person_id(1),
    status="resident",
    sex="female",
    birth="1990-05-17",
    household=household_id(1),
    area=AREA,
    marital="married",
    spouse=person_id(2),
    mother=person_id(3),
    birth_order=2,
    relation="spouse",
    ethnicity="01",
    education="college",
    residence="present",
    occupation="teacher",
    personal=PERSONAL,
)
VALUES = {
    "status": "resident", "sex": "female", "birth": "1990-05-17", "household": household_id(1), "area": AREA,
    "marital": "married", "spouse": person_id(2), "mother": person_id(3), "birth_order": 2, "relation": "spouse",
    "ethnicity": "01", "education": "college", "residence": "present", "occupation": "teacher",
    "name": "Phạm Thị Lan", "pid": "031190001234", "cmnd": "142345678", "bhyt": "DN4010120860538",
    "bhxh": "0120860538", "birth_month": "1990-05",
}  # fmt: skip


def encoded(state: PersonState = WHOLE) -> bytes:
    return msgspec.json.encode(state)


@pytest.mark.parametrize("view", [view for view in VIEWS.values() if not view.pseudonyms], ids=lambda view: view.name)
def test_exactly_the_fields_of_the_view_are_shown(view: View) -> None:
    assert Lens(view, KEY).show(encoded()) == {name: VALUES[name] for name in view.fields}


def test_pseudonyms_stand_for_every_id_and_differ_between_partners_keys_and_sorts() -> None:
    lens = Lens(VIEWS["statistics"], KEY)
    shown = lens.show(encoded())
    assert shown["household"] not in {household_id(1), None}
    assert {name: shown[name] for name in shown if name != "household"} == {
        name: VALUES[name] for name in VIEWS["statistics"].fields if name != "household"
    }
    assert lens.refer(person_id(1)) == Lens(VIEWS["statistics"], KEY).refer(person_id(1))
    assert lens.refer(person_id(1)) != Lens(VIEWS["statistics"], KEY + "!").refer(person_id(1))
    assert lens.refer(household_id(1)) != shown["household"]


def test_a_pseudonym_given_today_is_the_one_of_years_ago() -> None:
    assert Lens(VIEWS["statistics"], KEY).refer(person_id(1)) == "c30147731276bbb774ff23961d4caf74a35da83b"


def test_nobody_has_no_pseudonym() -> None:
    dead = PersonState(id=person_id(1), status="dead", sex="female")
    assert Lens(VIEWS["statistics"], KEY).show(encoded(dead), ("household",)) == {"household": None}


def test_contacts_are_shown_with_their_types_and_none_where_nothing_is_known() -> None:
    view = replace(VIEWS["police"], fields=(*VIEWS["police"].fields, "contacts"))
    little = PersonState(id=person_id(1), status="outside", sex="unknown")
    assert Lens(view, KEY).show(encoded(), ("contacts",)) == {"contacts": [{"type": "phone", "value": "0912345678"}]}
    assert Lens(view, KEY).show(encoded(little), ("contacts",)) == {"contacts": []}


def test_a_state_with_little_in_it_shows_what_is_unknown() -> None:
    little = PersonState(id=person_id(1), status="outside", sex="unknown")
    shown = Lens(VIEWS["police"], KEY).show(encoded(little))
    assert shown == dict.fromkeys(VIEWS["police"].fields) | {
        "status": "outside", "sex": "unknown", "marital": "unknown", "relation": "unknown", "residence": "unknown",
    }  # fmt: skip


def test_only_what_is_asked_for_is_shown() -> None:
    assert Lens(VIEWS["health"], KEY).show(encoded(), ("birth", "name")) == {
        "birth": "1990-05-17",
        "name": "Phạm Thị Lan",
    }


def test_pseudonyms_need_a_key_worth_the_name() -> None:
    Lens(VIEWS["statistics"], "k" * 16)
    with pytest.raises(ValueError, match="pseudonym_key"):
        Lens(VIEWS["statistics"], "k" * 15)
