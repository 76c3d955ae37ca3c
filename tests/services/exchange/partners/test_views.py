"""Is every partner's view declared whole, and does a wrong declaration say what to put right?"""

import dataclasses
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from gateway.sandbox.clients import ROLES
from services.exchange.fields import FIELDS
from services.exchange.partners import BY_PURPOSE, VIEWS, collect
from services.exchange.view import MOVING_KINDS, View, WrongViewError

PARTNERS = {"health", "statistics", "police", "social-insurance"}


def module(view: object, name: str = "services.exchange.partners.health") -> ModuleType:
    return cast("ModuleType", SimpleNamespace(__name__=name, VIEW=view))


def test_each_partner_has_its_view() -> None:
    assert set(VIEWS) >= PARTNERS


def test_whoever_follows_a_feed_learns_of_all_that_brings_people_or_takes_them() -> None:
    assert {
        "household.registered", "household.moved", "person.born", "person.died", "person.moved", "person.arrived",
        "person.left",
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


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fields": ("status", "area", "shoe_size")}, "shoe_size"),
        ({"fields": ("name",)}, "area"),
        ({"kinds": VIEWS["health"].kinds | {"person.abducted"}}, "person.abducted"),
        ({"kinds": frozenset({"person.born"})}, "person.moved"),
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
