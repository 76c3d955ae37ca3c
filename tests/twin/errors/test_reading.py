"""Does each kind of true report make of the world what it says, and nothing else?"""

from typing import Any

import pytest

from twin.errors.reading import READ, Reading
from twin.errors.truth import Household, Move, Person

HERE, THERE = "10525-20200101-001", "10525-20200101-002"
HOME = {
    "household": "home",
    "area": HERE,
    "number": "12",
    "head": "lan",
    "personal": {"address": "Số 12"},
    "members": [
        {
            "person": "lan",
            "sex": "female",
            "birth": "1990-05-20",
            "personal": {
                "name": "Phạm Thị Lan",
                "identifiers": [{"type": "bhyt", "value": "1"}, {"type": "pid", "value": "030190123456"}],
            },
        },
        {"person": "mai", "sex": "female"},
    ],
}
OTHER = {"household": "other", "area": THERE, "head": "an", "members": [{"person": "an", "sex": "male"}]}
EVERYBODY = {"home", "other", "new", "lan", "mai", "an", "child"}


def world(*reports: tuple[str, dict[str, Any]]) -> Reading:
    """Read two households and what came since; each report has its number for an id."""
    reading = Reading(EVERYBODY)
    registered = [("household.registered", one) for one in (HOME, OTHER)]
    for number, (kind, told) in enumerate((*registered, *reports), -1):
        READ[kind](reading, str(number), {"on": "2025-03-01"} | told)
    return reading


GOING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("person.died", {}),
    ("person.moved", {"household": "other"}),
    ("person.left", {"destination": "inside_country"}),
    ("person.left", {"destination": "abroad"}),
    ("person.arrived", {"household": "other"}),
    ("person.merged", {"into": "an"}),
)


@pytest.mark.parametrize(("kind", "told"), GOING)
def test_a_household_has_no_head_once_she_is_gone_and_keeps_her_when_another_goes(
    kind: str, told: dict[str, Any]
) -> None:
    assert world((kind, told | {"person": "lan"})).homes["home"].head is None
    assert world((kind, told | {"person": "mai"})).homes["home"].head == "lan"


def test_who_leaves_is_on_her_way_until_she_arrives_and_nobody_is_on_her_way_abroad() -> None:
    left = ("person.left", {"person": "lan", "destination": "inside_country"})
    going = world(left)
    lan = going.people["lan"]
    assert (lan.status, lan.household, lan.way) == ("in_transit", None, ("1", "2025-03-01", HERE))
    arrived = world(left, ("person.arrived", {"person": "lan", "household": "other", "on": "2025-03-04"}))
    assert arrived.moves == [Move("lan", "1", "2025-03-01", HERE, "2", "2025-03-04", THERE)]
    lan = arrived.people["lan"]
    assert (lan.status, lan.way, arrived.home(lan)) == ("resident", None, ("other", THERE))
    abroad = world(("person.left", {"person": "lan", "destination": "abroad"})).people["lan"]
    assert (abroad.status, abroad.way) == ("outside", None)
    closed = world(left, ("move.closed", {"person": "lan"})).people["lan"]
    assert (closed.status, closed.way) == ("outside", None)
    died = world(left, ("person.died", {"person": "lan"})).people["lan"]
    assert (died.status, died.household, died.way) == ("dead", None, None)


def test_who_is_born_or_comes_from_beyond_the_books_is_who_is_described_and_makes_no_move() -> None:
    told = {"person": "child", "household": "other", "sex": "male"}
    for kind, birth in (("person.born", "2025-03-01"), ("person.arrived", "2001")):
        reading = world((kind, told | ({} if kind == "person.born" else {"birth": birth})))
        child = reading.people["child"]
        assert (child.status, child.birth, reading.home(child)) == ("resident", birth, ("other", THERE))
        assert reading.moves == []


@pytest.mark.parametrize(
    ("told", "number", "address"),
    [
        ({"area": HERE}, "12", "Số 12"),
        ({"area": HERE, "number": "13"}, "13", "Số 12"),
        ({"area": HERE, "personal": {"address": "Số 13"}}, "12", "Số 13"),
        ({"area": THERE}, None, None),
        ({"area": THERE, "number": "13"}, "13", None),
    ],
)
def test_a_household_keeps_its_number_and_address_within_an_area_alone(
    told: dict[str, Any], number: str | None, address: str | None
) -> None:
    reading = world(("household.moved", told | {"household": "home"}))
    home = reading.homes["home"]
    assert (reading.areas["home"], home.number, home.address, home.head) == (told["area"], number, address, "lan")


def test_a_change_changes_what_it_tells_alone() -> None:
    for new, found in (
        ({"sex": "male"}, ("male", "1990-05-20", "Phạm Thị Lan")),
        ({"birth": "1991"}, ("female", "1991", "Phạm Thị Lan")),
        ({}, ("female", "1990-05-20", "Phạm Thị Lan")),
    ):
        lan = world(("person.changed", {"person": "lan", "new": new})).people["lan"]
        assert (lan.sex, lan.birth, lan.name) == found
    renamed = world(("person.changed", {"person": "lan", "personal": {"name": "Phạm Thị La"}})).people["lan"]
    assert (renamed.sex, renamed.birth, renamed.name) == ("female", "1990-05-20", "Phạm Thị La")


@pytest.mark.parametrize(
    ("kind", "type_", "value", "number"),
    [
        ("person.identifier_issued", "pid", "001190123456", "001190123456"),
        ("person.identifier_issued", "bhyt", "2", "030190123456"),
        ("person.identifier_withdrawn", "pid", "030190123456", None),
        ("person.identifier_withdrawn", "bhyt", "1", "030190123456"),
    ],
)
def test_a_personal_number_is_the_last_one_that_was_issued(
    kind: str, type_: str, value: str, number: str | None
) -> None:
    told = {"person": "lan", "personal": {"identifiers": [{"type": type_, "value": value}]}}
    assert world((kind, told)).people["lan"].number == number


def test_who_lives_in_a_household_that_was_merged_lives_in_the_one_that_took_it_up() -> None:
    split = {"household": "home", "founded": "new", "head": "mai", "members": [{"person": "mai"}]}
    reading = world(
        ("household.split", split),
        ("household.merged", {"household": "new", "into": "home"}),
        ("household.merged", {"household": "home", "into": "other"}),
    )
    assert reading.home(reading.people["mai"]) == reading.home(reading.people["lan"]) == ("other", THERE)
    assert {name: (home.status, home.head) for name, home in reading.homes.items()} == {
        "home": ("merged", None),
        "new": ("merged", None),
        "other": ("active", "an"),
    }


def test_a_household_that_is_divided_stands_where_it_stood_unless_another_area_is_told() -> None:
    split = {"household": "home", "founded": "new", "head": "lan", "number": "12a", "members": [{"person": "lan"}]}
    for told, area in (({}, HERE), ({"area": THERE}, THERE)):
        reading = world(("household.split", split | told))
        assert reading.home(reading.people["lan"]) == ("new", area)
        new = reading.homes["new"]
        assert (new.head, new.number, reading.homes["home"].head) == ("lan", "12a", None)


def test_of_a_household_that_is_dissolved_some_live_elsewhere_and_others_leave() -> None:
    members = [{"person": "lan", "household": "other"}, {"person": "mai", "destination": "inside_country"}]
    reading = world(("household.dissolved", {"household": "home", "members": members}))
    lan, mai, home = reading.people["lan"], reading.people["mai"], reading.homes["home"]
    assert (lan.status, lan.household) == ("resident", "other")
    assert (mai.status, mai.household, mai.way) == ("in_transit", None, ("1", "2025-03-01", HERE))
    assert (home.status, home.head) == ("dissolved", None)


def test_a_household_stands_in_the_part_of_an_area_that_it_is_given_to() -> None:
    parts = [{"unit": THERE, "households": [{"household": "home", "area": THERE}]}, {"unit": HERE}]
    assert world(("unit.reorganised", {"parts": parts})).areas == {"home": THERE, "other": THERE}


def test_another_head_is_one_and_a_double_is_another_id_of_somebody() -> None:
    reading = world(
        ("household.head_changed", {"household": "home", "head": "mai"}),
        ("person.merged", {"person": "lan", "into": "mai"}),
    )
    assert (reading.homes["home"].head, reading.doubles) == ("mai", {"lan": "mai"})


def test_whom_nothing_else_is_told_of_is_read_from_the_sheet() -> None:
    reading = Reading({"mai"})
    READ["household.registered"](reading, "1", HOME)
    assert set(reading.people) == {"mai"}
    assert not reading.homes
    assert list(reading.at_home(HOME)) == [
        Household("home", HERE, "active", "lan", "12", "Số 12"),
        Person("lan", "resident", "female", "1990-05-20", "Phạm Thị Lan", "030190123456", HERE, "home"),
    ]
