"""Is every partner's view declared whole, and does a wrong declaration say what to put right?"""

import dataclasses
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from contracts.care import (
    Care,
    Contraception,
    HealthCheck,
    NewbornScreening,
    Pregnancy,
    PremaritalCheck,
    PrenatalScreening,
)
from contracts.event import CATALOGUE
from contracts.person import PersonState
from gateway.sandbox.clients import ROLES
from services.exchange.fields import FIELDS
from services.exchange.lens import Lens
from services.exchange.partners import BY_PURPOSE, VIEWS, collect
from services.exchange.projections.differences import changed_bits, decode_state
from services.exchange.view import MOVING_KINDS, View, WrongViewError

encode = msgspec.json.encode
PARTNERS = {"health", "statistics", "police", "social-insurance"}


def module(view: object, name: str = "services.exchange.partners.health") -> ModuleType:
    return cast("ModuleType", SimpleNamespace(__name__=name, VIEW=view))


def test_each_partner_has_its_view() -> None:
    assert set(VIEWS) >= PARTNERS


def test_whoever_follows_a_feed_learns_of_all_that_brings_people_or_takes_them() -> None:
    assert {
        "household.registered", "household.moved", "person.born", "person.died", "person.moved", "person.arrived",
        "person.left", "household.split", "household.merged", "household.dissolved", "person.merged", "move.closed",
        "unit.reorganised",
    } == MOVING_KINDS  # fmt: skip


def test_every_purpose_that_the_sandbox_agrees_with_a_partner_has_its_view() -> None:
    for role in ROLES.values():
        if role.view:
            assert BY_PURPOSE[role.purpose].name == role.view


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_every_view_has_titles_and_legal_bases_in_both_languages(view: View) -> None:
    assert all(view.title)
    for basis in view.legal_basis:
        assert all(basis.text)
        assert basis.confidence in {"read", "secondary", "partial", "proposed"}


def test_statistics_gets_nothing_that_names_a_person() -> None:
    view = VIEWS["statistics"]
    assert (view.pseudonyms, view.lookups) == (True, False)
    assert not [name for name in view.fields if FIELDS[name].source == "personal"]


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_no_partner_is_told_of_contraception_pregnancy_screenings_or_checks(view: View) -> None:
    care = Care(
        contraception=Contraception("canary"),
        pregnancy=Pregnancy("canary"),
        prenatal=PrenatalScreening("canary"),
        newborn=NewbornScreening("canary"),
        health_check=HealthCheck("canary"),
        premarital=PremaritalCheck("canary"),
    )
    state = encode(PersonState(id="1", status="resident", sex="female", care=care))
    plain = encode(PersonState(id="1", status="resident", sex="female"))
    lens = Lens(view, "a key that is long enough")
    assert lens.show(state) == lens.show(plain)
    assert "canary" not in str(lens.show(state))
    assert not [kind for kind in view.kinds if any(e.kind == kind and e.sensitive for e in CATALOGUE.values())]
    assert not changed_bits(decode_state(state), decode_state(plain))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fields": ("status", "area", "shoe_size")}, "shoe_size"),
        ({"fields": ("name",)}, "area"),
        ({"kinds": VIEWS["health"].kinds | {"person.abducted"}}, "person.abducted"),
        ({"kinds": frozenset({"person.born"})}, "person.moved"),
        ({"kinds": MOVING_KINDS}, "relation changes"),
        ({"fields": (*VIEWS["health"].fields, "spouse")}, "spouse changes"),
        ({"legal_basis": ()}, "legal basis"),
        ({"purposes": frozenset()}, "purpose"),
        ({"pseudonyms": True}, "lookups"),
        ({"pseudonyms": True, "lookups": False}, "name"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongViewError, match=words):
        dataclasses.replace(VIEWS["health"], **changes)


def test_a_file_without_a_view_is_named() -> None:
    with pytest.raises(WrongViewError, match=r"partners\.justice declares no VIEW"):
        collect([module(None, "services.exchange.partners.justice")])


def test_a_view_is_called_as_its_file() -> None:
    with pytest.raises(WrongViewError, match="should be justice"):
        collect([module(VIEWS["health"], "services.exchange.partners.justice")])


def test_one_purpose_serves_one_view() -> None:
    police = dataclasses.replace(VIEWS["police"], purposes=VIEWS["health"].purposes)
    with pytest.raises(WrongViewError, match="belongs to both"):
        collect([module(VIEWS["health"]), module(police, "services.exchange.partners.police")])


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_no_partner_is_told_of_a_disability_unless_its_view_declares_it(view: View) -> None:
    declared = {"disability", "disability_degree"} & set(view.fields)
    assert not declared, "say here on which legal basis, and that the scope for it is agreed"
    state = encode(PersonState(id="1", status="resident", sex="female", disability="sight", disability_degree="severe"))
    told = str(Lens(view, "a key that is long enough").show(state))
    assert not [word for word in ("sight", "severe") if word in told]
