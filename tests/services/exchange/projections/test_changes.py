"""Which rows does a fact give to feed, persons and identifiers?"""

from typing import Any

import msgspec

from contracts.fact import encode
from contracts.ids import place_number
from contracts.person import PersonState
from services.exchange.fields import DATE, EVERYTHING, FIELDS, PLAIN, WITHDRAWN
from services.exchange.projections.changes import CHANGES, rows
from services.exchange.projections.differences import Compared
from services.exchange.projections.effect import Effect, decode
from tests.services.exchange.conftest import bearing
from tests.support.book import Book, register
from tests.support.facts import AREA, OTHER_AREA, SECOND_AREA, Recorded, household_id, person_id

Told = dict[str, list[dict[str, Any]]]
NEVER_GIVEN = {"care", "merged_into", "transit"}
"""No view may show these: what is sensitive, and how the books stand with one record or move."""


def told(recorded: Recorded) -> Told:
    found: Told = {table.name: [] for table in CHANGES.tables}
    for table, row in rows(recorded.record(), decode(encode(recorded.fact))):
        found[table.name].append(dict(zip(table.names, row, strict=True)))
    return found


def book_with_a_person(**fields: Any) -> Book:
    book = Book()
    register(book, 1, members={1: {"sex": "female", "birth": "1990-05-17", **fields}})
    return book


def bits(*names: str) -> int:
    return sum(FIELDS[name].mask for name in names)


def test_what_is_read_of_a_state_and_a_fact_stands_in_the_contract() -> None:
    state = {field.name for field in msgspec.structs.fields(PersonState)}
    assert {field.source for field in FIELDS.values()} == state - {"id"} - NEVER_GIVEN, (
        "see services/exchange/fields.py"
    )
    assert {field.name for field in msgspec.structs.fields(Effect)} == {"kind", "retracts", "asserts"}


def test_attributes_are_compared_in_order_of_their_bits_and_read_as_the_contract_has_them() -> None:
    compared, contract = (
        {field.name: (field.type, field.default) for field in msgspec.structs.fields(state)}
        for state in (Compared, PersonState)
    )
    assert tuple(compared) == (*PLAIN, "personal", "transit")
    assert compared.items() <= contract.items()


def test_a_new_person_differs_in_everything() -> None:
    book = book_with_a_person(personal=bearing("Lan", pid="031190001234"))
    row = told(book.facts[0])
    assert [(r["kind"], r["changed"], r["side"], r["cause"]) for r in row["feed"]] == [
        ("household.registered", EVERYTHING, 0, None)
    ]
    assert [(r["value"], r["version"], r["gone"]) for r in row["identifier"]] == [("pid:031190001234", 1, False)]
    (person,) = row["person"]
    assert (person["area"], person["gone"]) == (place_number(AREA), False)
    assert b"031190001234" in person["state"]


def test_the_feed_holds_nothing_personal() -> None:
    book = book_with_a_person(personal=bearing("Nguyễn Thị Lan", pid="031190001234"))
    row = told(book.facts[0])
    assert all(secret not in str(row["feed"]) for secret in ("Lan", "031190001234", "1990-05-17"))


def test_a_move_between_areas_is_two_rows() -> None:
    book = book_with_a_person()
    there = {"household": household_id(2), "area": OTHER_AREA}
    row = told(book.record("person.moved", "2026-01-02", persons={person_id(1): there}))
    here, left = row["feed"]
    assert (here["side"], here["area"], here["other"], here["n"]) == (0, place_number(OTHER_AREA), None, 0)
    assert (left["side"], left["area"], left["other"], left["n"]) == (
        1,
        place_number(AREA),
        place_number(OTHER_AREA),
        1,
    )
    assert here["changed"] == left["changed"] == bits("area", "household")
    assert (here["block"], left["block"]) == (place_number(OTHER_AREA) >> 10, place_number(AREA) >> 10)


def test_who_leaves_belongs_to_the_area_that_she_left() -> None:
    book = book_with_a_person()
    away = {"status": "outside", "household": None, "area": None}
    row = told(book.record("person.left", "2026-01-02", persons={person_id(1): away}))
    assert [(r["side"], r["area"]) for r in row["feed"]] == [(0, place_number(AREA))]
    assert row["person"][0]["area"] == place_number(AREA)
    assert [(r["area"], str(r["on"]), r["sign"]) for r in row["parting"]] == [(place_number(AREA), "2026-01-02", 1)]


def test_what_is_told_of_her_later_names_no_area_and_takes_none_away() -> None:
    book = book_with_a_person()
    away = {"status": "outside", "household": None, "area": None}
    left = book.record("person.left", "2026-01-02", persons={person_id(1): away})
    row = told(book.record("person.changed", "2026-01-03", persons={person_id(1): {"education": "university"}}))
    assert ([r["area"] for r in (*row["feed"], *row["person"])], row["parting"]) == ([None, None], [])
    assert [(r["area"], r["sign"]) for r in told(book.void(left.position))["parting"]] == [(place_number(AREA), -1)]


def test_a_correction_says_what_is_different_now_under_the_event_that_it_is_about() -> None:
    book = book_with_a_person()
    book.record("person.moved", "2026-01-02", persons={person_id(1): {"area": SECOND_AREA}})
    row = told(book.correct(1, persons={person_id(1): {"birth": "1990-05-18"}}))
    (event,) = row["feed"]
    assert (event["kind"], event["cause"], str(event["occurred_on"])) == (
        "household.registered",
        "fact.corrected",
        "2025-08-01",
    )
    assert event["changed"] == bits("birth")
    assert row["person"][0]["area"] == place_number(SECOND_AREA)


def test_another_month_of_birth_is_a_change_of_the_month_too() -> None:
    book = book_with_a_person()
    (event,) = told(book.correct(1, persons={person_id(1): {"birth": "1990-06-17"}}))["feed"]
    assert event["changed"] == bits("birth", "birth_month")


def test_a_late_event_that_changes_nothing_now_is_told_of_what_it_concerns() -> None:
    book = book_with_a_person()
    book.record("person.moved", "2026-01-04", persons={person_id(1): {"area": OTHER_AREA}})
    late = book.record("person.moved", "2026-01-02", persons={person_id(1): {"area": SECOND_AREA}})
    (event,) = told(late)["feed"]
    assert (str(event["occurred_on"]), event["changed"]) == ("2026-01-02", DATE | bits("area"))


def test_a_voided_birth_leaves_a_tombstone_and_nobody_under_her_numbers() -> None:
    book = book_with_a_person()
    child = {"household": household_id(1), "area": AREA, "personal": bearing("Bình", bhyt="TE1010312345678")}
    born = book.record("person.born", "2026-01-02", persons={person_id(2): child})
    row = told(book.void(born.position))
    (event,) = row["feed"]
    assert (event["kind"], event["cause"], event["changed"]) == (
        "person.born",
        "fact.voided",
        EVERYTHING | DATE | WITHDRAWN,
    )
    assert [(r["gone"], r["state"]) for r in row["person"]] == [(True, None)]
    assert [(r["value"], r["gone"]) for r in row["identifier"]] == [("bhyt:0312345678", True)]


def test_a_widow_is_told_of_her_status_only() -> None:
    book = book_with_a_person(marital="married")
    register(book, 2, members={2: {"sex": "male", "marital": "married"}})
    dead: dict[str, dict[str, Any]] = {
        person_id(2): {"status": "dead", "area": None, "household": None},
        person_id(1): {"marital": "widowed"},
    }
    died = book.record("person.died", "2026-01-05", persons=dead)
    by_person = {row["entity"]: row["changed"] for row in told(died)["feed"]}
    assert by_person[person_id(1)] == bits("marital")
    undone = {row["entity"]: row["changed"] for row in told(book.void(died.position))["feed"]}
    assert undone[person_id(1)] == bits("marital") | DATE | WITHDRAWN


def test_numbers_are_written_only_when_given_or_taken_away() -> None:
    book = book_with_a_person(personal=bearing("Lan", cmnd="142345678"))
    moved = told(book.record("person.moved", "2026-01-02", persons={person_id(1): {"area": SECOND_AREA}}))
    assert moved["identifier"] == []
    both = bearing("Lan", cmnd="142345678", pid="031190001234")
    given = told(book.correct(1, persons={person_id(1): {"personal": both}}))
    assert [(r["value"], r["gone"]) for r in given["identifier"]] == [("pid:031190001234", False)]
    assert given["feed"][0]["changed"] == bits("pid")
    taken = told(book.correct(1, persons={person_id(1): {"personal": bearing("Lan", pid="031190001234")}}))
    assert [(r["value"], r["gone"]) for r in taken["identifier"]] == [("cmnd:142345678", True)]
    assert taken["feed"][0]["changed"] == bits("cmnd")


def test_a_new_name_or_contact_is_a_change_of_that_alone() -> None:
    book = book_with_a_person(personal=bearing("Lan", pid="031190001234"))
    renamed = told(book.correct(1, persons={person_id(1): {"personal": bearing("Lân", pid="031190001234")}}))
    assert (renamed["feed"][0]["changed"], renamed["identifier"]) == (bits("name"), [])
    phone = msgspec.Raw(
        b'{"name":"L\xc3\xa2n","identifiers":[{"type":"pid","value":"031190001234"}],'
        b'"contacts":[{"type":"phone","value":"0900000000"}]}'
    )
    reached = told(book.correct(1, persons={person_id(1): {"personal": phone}}))
    assert reached["feed"][0]["changed"] == bits("contacts")


def test_a_fact_about_units_alone_gives_no_rows_here() -> None:
    book = Book()
    unit = {"code": "31", "level": "province", "names": {"vi": "Hải Phòng"}, "valid_from": "2025-07-01"}
    assert told(book.record("unit.established", "2025-07-01", units={"31-20250701": unit})) == {
        "feed": [],
        "person": [],
        "parting": [],
        "identifier": [],
    }
