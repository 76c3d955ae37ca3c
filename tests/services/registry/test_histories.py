"""Can a reader see what happened, who told it, and what was put right by what?"""

from dataclasses import replace
from typing import Any

import msgspec

from contracts.event import CATALOGUE
from contracts.fact import PersonTransition
from contracts.scopes import Scope
from deploy.local.databases import Database
from tests.services.registry.conftest import ask, asking, history_of, project
from tests.support.book import Book, establish, register
from tests.support.facts import (
    AREA,
    COMMUNE,
    OTHER_AREA,
    household_id,
    named,
    person_id,
    report_id,
)

MOTHER, CHILD = person_id(1), person_id(3)
HOME, ELSEWHERE = household_id(1), household_id(2)


def with_a_birth() -> tuple[Book, int]:
    """A household and a birth in it; the position of the birth."""
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female", "personal": named("Nguyễn Thị Hòa")}})
    told = {"sex": "female", "birth": "2025-10-03", "household": HOME, "area": AREA}
    born = book.record("person.born", "2025-10-03", persons={CHILD: told}, source="ctv/7", authid="lan")
    return book, born.position


async def test_a_birth_says_when_it_was_when_it_was_recorded_and_by_whom(registry_database: Database) -> None:
    book, born = with_a_birth()
    [entry] = await history_of(registry_database, book, person=CHILD)
    assert entry["position"] == born
    assert entry["recorded_at"] == "2026-01-05T01:00:07.000000Z"
    assert (entry["kind"], entry["on"], entry["status"]) == ("person.born", "2025-10-03", "standing")
    assert entry["title"] == {"en": "Birth", "vi": "Trẻ sinh ra"}
    assert entry["by"] == {"source": "ctv/7", "authid": "lan", "device": None}
    assert entry["report"] == report_id(born)
    assert {"field": "household", "before": None, "after": HOME} in entry["changes"]
    assert entry["sentence"] == {
        "en": "Birth, 2025-10-03; recorded 2026-01-05 08:00 from ctv/7.",
        "vi": "Trẻ sinh ra, ngày 03/10/2025; ghi nhận 08:00 05/01/2026, nguồn ctv/7.",
    }


async def test_both_versions_of_a_corrected_birth_are_explained(registry_database: Database) -> None:
    book, born = with_a_birth()
    corrected = book.correct(born, "2025-10-04", persons={CHILD: {"birth": "2025-10-04"}}).position
    first, second = await history_of(registry_database, book, person=CHILD)
    named_correction = {"report": report_id(corrected), "position": corrected}
    assert (first["status"], second["status"]) == ("superseded", "standing")
    assert first["corrected_by"] == [named_correction]
    assert second["corrects"] == {"report": report_id(born), "position": born}
    assert second["changes"] == [
        {"field": "on", "before": "2025-10-03", "after": "2025-10-04"},
        {"field": "birth", "before": "2025-10-03", "after": "2025-10-04"},
    ]
    assert f"corrected since at position {corrected}" in first["sentence"]["en"]
    assert "về “Trẻ sinh ra”" in second["sentence"]["vi"]


async def test_a_correction_taken_back_leaves_the_first_version_standing(registry_database: Database) -> None:
    book, born = with_a_birth()
    corrected = book.correct(born, persons={CHILD: {"sex": "male"}}).position
    voided = book.void(corrected).position
    first, second, third = await history_of(registry_database, book, person=CHILD)
    assert [one["status"] for one in (first, second, third)] == ["standing", "voided", "standing"]
    assert first["corrected_by"] == []
    assert second["voided_by"] == {"report": report_id(voided), "position": voided}
    assert third["voids"] == {"report": report_id(corrected), "position": corrected}
    assert third["changes"] == [{"field": "sex", "before": "male", "after": "female"}]


async def test_a_voided_birth_is_still_explained_to_those_who_saw_it(registry_database: Database) -> None:
    book, born = with_a_birth()
    book.void(born)
    await project(registry_database, book.facts)
    async with asking(registry_database, areas=(COMMUNE,)) as client:
        first, second = await ask(client, person=CHILD)
        [known] = await ask(client, person=CHILD, as_known=born)
    assert (first["status"], second["kind"], known["status"]) == ("voided", "fact.voided", "standing")


async def test_a_late_fact_explains_itself_and_not_the_tail_that_it_moved(registry_database: Database) -> None:
    book, _ = with_a_birth()
    book.record("person.moved", "2026-01-03", persons={CHILD: {"household": ELSEWHERE, "area": OTHER_AREA}})
    late = book.record("person.married", "2025-12-01", persons={CHILD: {"marital": "married"}}).position
    entries = await history_of(registry_database, book, person=CHILD)
    assert [one["kind"] for one in entries] == ["person.born", "person.moved", "person.married"]
    assert entries[-1]["position"] == late
    assert entries[-1]["changes"] == [{"field": "marital", "before": "unknown", "after": "married"}]


async def test_what_was_not_recorded_yet_then_is_not_found(registry_database: Database) -> None:
    book, born = with_a_birth()
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        for known, status in ((born - 1, 404), (born, 200)):
            response = await client.post("/history/query", json={"person": CHILD, "as_known": known})
            assert response.status_code == status


async def test_only_a_death_that_took_a_spouse_is_told_as_the_spouses(registry_database: Database) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female"}, 2: {"sex": "male"}})
    wife, husband = person_id(1), person_id(2)
    apart = {wife: {"marital": "divorced", "spouse": None}, husband: {"marital": "divorced", "spouse": None}}
    wedding = {wife: {"marital": "married", "spouse": husband}, husband: {"marital": "married", "spouse": wife}}
    book.record("person.married", "2025-12-01", persons=wedding)
    book.record("person.divorced", "2025-12-20", persons=apart)
    book.record("person.died", "2026-01-02", persons={wife: {"status": "dead", "household": None, "area": None}})
    entries = await history_of(registry_database, book, person=wife)
    assert [entry["kind"] for entry in entries][1:] == ["person.married", "person.divorced", "person.died"]
    assert not any("spouse died" in entry["sentence"]["en"] for entry in entries)


async def test_a_death_known_before_the_marriage_says_why_she_is_widowed(registry_database: Database) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female"}, 2: {"sex": "male"}})
    wife, husband = person_id(1), person_id(2)
    dead = {"status": "dead", "household": None, "area": None}
    died = book.record("person.died", "2025-12-20", persons={husband: dead}).position
    wedding = {wife: {"marital": "married", "spouse": husband}, husband: {"marital": "married", "spouse": wife}}
    married = book.record("person.married", "2025-12-01", persons=wedding)
    # The ledger applies the death again behind the marriage: now it changes her, too.
    (bride,) = [step for step in married.fact.asserts.persons if step.entity == wife]
    assert bride.after is not None
    widow = msgspec.structs.replace(bride.after, marital="widowed", spouse=None)
    rank = CATALOGUE["vn.socai.person.died.v1"].rank(died)
    step = PersonTransition(wife, bride.version + 1, "person.died", "2025-12-20", rank, bride.after, widow)
    asserts = msgspec.structs.replace(married.fact.asserts, persons=(*married.fact.asserts.persons, step))
    book.facts[-1] = replace(married, fact=msgspec.structs.replace(married.fact, asserts=asserts))
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        entries = await ask(client, person=wife)
        before = await ask(client, person=wife, as_known=died)
    assert [(one["kind"], one["position"]) for one in entries[1:]] == [
        ("person.died", died),
        ("person.married", married.position),
    ]
    assert {"field": "marital", "before": "married", "after": "widowed"} in entries[1]["changes"]
    assert "the spouse died" in entries[1]["sentence"]["en"]
    assert "người chết là vợ hoặc chồng" in entries[1]["sentence"]["vi"]
    assert [one["kind"] for one in before] == ["household.registered"]


async def test_what_a_late_departure_left_nothing_of_stands_no_longer(registry_database: Database) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female", "relation": "head"}})
    who = person_id(1)
    changed = book.record("household.head_changed", "2025-12-20", persons={who: {"relation": "other"}}).position
    away = {"status": "in_transit", "household": None, "area": None, "relation": "unknown"}
    late = book.record("person.left", "2025-12-01", persons={who: away})
    # The ledger applies the change again behind the departure: it is none of hers any more.
    kept = tuple(step for step in late.fact.asserts.persons if step.kind == "person.left")
    asserts = msgspec.structs.replace(late.fact.asserts, persons=kept)
    book.facts[-1] = replace(late, fact=msgspec.structs.replace(late.fact, asserts=asserts))
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        _, former, departure = await ask(client, person=who)
        *_, known = await ask(client, person=who, as_known=changed)
    assert (former["kind"], former["status"]) == ("household.head_changed", "superseded")
    assert f"of no effect here since position {late.position}" in former["sentence"]["en"]
    assert f"không còn tác động ở đây từ vị trí {late.position}" in former["sentence"]["vi"]
    assert (departure["kind"], departure["status"]) == ("person.left", "standing")
    assert (known["status"], "no effect" in known["sentence"]["en"]) == ("standing", False)


async def test_a_correction_of_one_line_of_a_sheet_is_no_matter_of_the_others(registry_database: Database) -> None:
    book = Book()
    establish(book)
    sheet = register(book, 1, members={1: {"sex": "female"}, 2: {"sex": "female"}}).position
    book.correct(sheet, persons={person_id(2): {"sex": "male"}})
    await project(registry_database, book.facts)
    async with asking(registry_database) as client:
        [alone] = await ask(client, person=person_id(1))
        first, second = await ask(client, person=person_id(2))
    assert (alone["status"], alone["corrected_by"]) == ("standing", [])
    assert (first["status"], second["kind"]) == ("superseded", "fact.corrected")


async def test_a_correction_of_what_no_state_holds_is_shown_too(registry_database: Database) -> None:
    book, born = with_a_birth()
    book.correct(born)
    first, second = await history_of(registry_database, book, person=CHILD)
    assert (first["status"], second["kind"], second["changes"]) == ("superseded", "fact.corrected", [])


async def test_a_household_tells_who_came_and_went(registry_database: Database) -> None:
    book, born = with_a_birth()
    book.record("person.moved", "2026-01-03", persons={CHILD: {"household": ELSEWHERE, "area": OTHER_AREA}})
    book.record("household.head_changed", "2026-01-04", households={HOME: {"head": None}})
    entries = await history_of(registry_database, book, household=HOME)
    told = [(one["kind"], one.get("person")) for one in entries]
    assert told == [
        ("household.registered", None),
        ("household.registered", MOTHER),
        ("person.born", CHILD),
        ("person.moved", CHILD),
        ("household.head_changed", None),
    ]
    assert entries[3]["changes"] == [{"field": "household", "before": HOME, "after": None}]
    assert ELSEWHERE not in str(entries)
    assert entries[2]["position"] == born


async def test_a_household_names_its_members_to_whoever_may_read_persons_and_sees_where_they_are(
    registry_database: Database,
) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={n: {"sex": "female", "personal": named(f"Nguyễn Thị {n}")} for n in (1, 2, 3)})
    book.record("person.died", "2025-09-01", persons={person_id(3): {"status": "dead", "household": None}})
    away = {"household": ELSEWHERE, "area": OTHER_AREA, "personal": named("Nguyễn Thị Lan")}
    moved = book.record("person.moved", "2025-10-01", persons={person_id(2): away}).position
    await project(registry_database, book.facts)
    readers: dict[str, dict[str, Any]] = {
        "everywhere": {},
        "here": {"areas": (COMMUNE,)},
        "nobody's": {"scopes": (Scope.REGISTRY_HISTORY_READ, Scope.REGISTRY_HOUSEHOLD_READ)},
    }
    told = {}
    for reader, rights in readers.items():
        async with asking(registry_database, **rights) as client:
            entries = await ask(client, household=HOME)
            told[reader] = {one["person"]: one.get("name") for one in entries if one.get("person")}
            before = await ask(client, household=HOME, as_known=moved - 1)
            assert {one.get("name") for one in before if one.get("person") == person_id(2)} == {
                "everywhere": {"Nguyễn Thị 2"},
                "here": {"Nguyễn Thị 2"},
                "nobody's": {None},
            }[reader]
    assert told == {
        "everywhere": {MOTHER: "Nguyễn Thị 1", person_id(2): "Nguyễn Thị Lan", person_id(3): "Nguyễn Thị 3"},
        "here": {MOTHER: "Nguyễn Thị 1", person_id(2): None, person_id(3): "Nguyễn Thị 3"},
        "nobody's": dict.fromkeys((MOTHER, person_id(2), person_id(3))),
    }


async def test_a_household_tells_on_which_sheet_its_members_stand_and_how_to_its_head(
    registry_database: Database,
) -> None:
    book = Book()
    establish(book)
    register(book, 1, members={1: {"sex": "female", "relation": "head"}, 2: {"sex": "male", "relation": "spouse"}})
    sheet = book.record("household.sheet_opened", "2025-09-01", persons={person_id(2): {"sheet": "2"}}).position
    head = book.record(
        "household.head_changed",
        "2025-10-01",
        persons={person_id(1): {"relation": "spouse"}, person_id(2): {"relation": "head"}},
        households={HOME: {"head": person_id(2)}},
    ).position
    righted = book.correct(head, persons={person_id(1): {"relation": "other"}}).position
    book.void(righted)
    entries = await history_of(registry_database, book, household=HOME)
    [came] = [one for one in entries if one["position"] < sheet and one.get("person") == person_id(2)]
    assert came["changes"] == [
        {"field": "household", "before": None, "after": HOME},
        {"field": "relation", "before": None, "after": "spouse"},
    ]
    told = [(one["position"], one.get("person"), one["changes"]) for one in entries if one["position"] >= sheet]
    assert told == [
        (sheet, person_id(2), [{"field": "sheet", "before": None, "after": "2"}]),
        (head, None, [{"field": "head", "before": person_id(1), "after": person_id(2)}]),
        (head, person_id(1), [{"field": "relation", "before": "head", "after": "spouse"}]),
        (head, person_id(2), [{"field": "relation", "before": "spouse", "after": "head"}]),
        (righted, person_id(1), [{"field": "relation", "before": "spouse", "after": "other"}]),
        (righted + 1, person_id(1), [{"field": "relation", "before": "other", "after": "spouse"}]),
    ]


async def test_a_household_does_not_tell_what_its_members_are_elsewhere(registry_database: Database) -> None:
    book = Book()
    establish(book)
    register(book, 1)
    register(book, 2, members={2: {"sex": "male", "relation": "head"}})
    book.record("household.sheet_opened", "2025-09-01", persons={person_id(2): {"sheet": "2"}})
    here = {"household": HOME, "relation": "spouse", "sheet": None}
    came = book.record("person.moved", "2025-10-01", persons={person_id(2): here}).position
    there = {"household": ELSEWHERE, "relation": "other"}
    went = book.record("person.moved", "2025-11-01", persons={person_id(2): there}).position
    book.record("person.changed", "2025-12-01", persons={person_id(2): {"relation": "parent"}})
    entries = await history_of(registry_database, book, household=HOME)
    assert [(one["position"], one["changes"]) for one in entries if one.get("person") == person_id(2)] == [
        (
            came,
            [
                {"field": "household", "before": None, "after": HOME},
                {"field": "relation", "before": None, "after": "spouse"},
            ],
        ),
        (
            went,
            [
                {"field": "household", "before": HOME, "after": None},
                {"field": "relation", "before": "spouse", "after": None},
            ],
        ),
    ]


async def test_a_household_tells_the_right_day_of_a_coming_that_a_correction_brought_to_it(
    registry_database: Database,
) -> None:
    book = Book()
    establish(book)
    register(book, 2, members={2: {"sex": "male"}})
    register(book, 1)
    moved = book.record("person.moved", "2025-10-01", persons={person_id(2): {"household": household_id(3)}}).position
    came = book.correct(moved, persons={person_id(2): {"household": HOME}}).position
    righted = book.correct(moved, "2025-10-02").position
    away = book.correct(moved, persons={person_id(2): {"household": household_id(3)}}).position
    book.correct(moved, "2025-10-03")
    entries = await history_of(registry_database, book, household=HOME)
    assert [(one["position"], one["changes"]) for one in entries if one.get("person") == person_id(2)] == [
        (came, [{"field": "household", "before": None, "after": HOME}]),
        (righted, [{"field": "on", "before": "2025-10-01", "after": "2025-10-02"}]),
        (away, [{"field": "household", "before": HOME, "after": None}]),
    ]
