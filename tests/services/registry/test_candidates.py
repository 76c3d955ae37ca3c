"""Is somebody who is on the books already found before she is put on them again, and is nobody shown more than needed?

Given people on the books, when an arrival is described, then those who may be meant come with reasons.
"""

from typing import Any

import pytest

from contracts.scopes import Scope
from deploy.local.databases import Database
from services.registry.likeness import LIKELY, REASONS, Likeness, compare, points
from tests.services.registry.conftest import EVERY_SCOPE, asking, project
from tests.support.book import Book, establish, register
from tests.support.facts import AREA, COMMUNE, OTHER_AREA, SECOND_AREA, named, person_id

LAN = "Nguyễn Thị Lan"
BIRTH = "1990-03-12"


def books() -> Book:
    """Lan and her husband in one commune, others elsewhere who look like her."""
    book = Book()
    establish(book)
    family = {
        1: {"sex": "female", "birth": BIRTH, "personal": named(LAN, pid="030190000001")},
        2: {"sex": "male", "birth": "1988-01-05", "personal": named("Trần Văn An")},
    }
    register(book, 1, area=AREA, members=family)
    others = {
        3: {"sex": "female", "birth": "1990-12-03", "personal": named("Nguyễn Thị Lần")},
        4: {"sex": "female", "birth": "1971-07-08", "personal": named("Phạm Thị Lan")},
    }
    register(book, 3, area=OTHER_AREA, members=others)
    return book


async def ask(database: Database, areas: tuple[str, ...] = ("VN",), scopes: Any = EVERY_SCOPE, **told: Any) -> Any:
    async with asking(database, areas=areas, scopes=scopes) as client:
        response = await client.post("/persons/candidates", json=told)
    assert response.status_code == 200, response.text
    return response.json()


def people(answer: Any) -> list[str]:
    return [one["person"] for one in answer["candidates"]]


def codes(answer: Any, person: int) -> set[str]:
    (one,) = (one for one in answer["candidates"] if one["person"] == person_id(person))
    return {reason["code"] for reason in one["reasons"]}


async def test_whoever_is_described_comes_first_with_what_speaks_for_it(registry_database: Database) -> None:
    await project(registry_database, books().facts)
    answer = await ask(registry_database, name=LAN, birth=BIRTH, sex="female", household=["tran van an"])
    assert people(answer)[0] == person_id(1)
    assert codes(answer, 1) == {"same-name", "same-birth", "same-relative"}
    assert answer["complete"]
    first = answer["candidates"][0]
    assert first["likely"]
    assert first["state"]["personal"]["name"] == LAN
    stranger = await ask(registry_database, name=LAN, birth=BIRTH, household=["Trần Văn Anh"])
    assert codes(stranger, 1) == {"same-name", "same-birth"}
    assert all(reason["text"]["vi"] and reason["text"]["en"] for reason in first["reasons"])


async def test_day_and_month_that_were_swapped_are_still_one_birth(registry_database: Database) -> None:
    await project(registry_database, books().facts)
    answer = await ask(registry_database, name="nguyen thi lan", birth=BIRTH, sex="female")
    assert codes(answer, 3) == {"same-name-unmarked", "day-and-month-swapped"}
    assert person_id(4) not in people(answer)


@pytest.mark.parametrize("birth", ["1989-03-12", BIRTH, "1991-03-12"])
async def test_a_misspelt_surname_is_found_by_the_given_name_and_about_the_year(
    registry_database: Database, birth: str
) -> None:
    await project(registry_database, books().facts)
    answer = await ask(registry_database, name="Nguyn Thị Lan", birth=birth)
    assert person_id(1) in people(answer)


async def test_nobody_is_described_without_a_name_or_a_number(registry_database: Database) -> None:
    async with asking(registry_database) as client:
        refused = await client.post("/persons/candidates", json={"birth": BIRTH, "sex": "female"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "name-or-identifier")


async def test_a_number_finds_her_whatever_the_name(registry_database: Database) -> None:
    await project(registry_database, books().facts)
    told = {"type": "pid", "value": "030190000001"}
    answer = await ask(registry_database, name="Lê Thị Hồng", identifiers=[told])
    assert people(answer) == [person_id(1)]
    assert codes(answer, 1) == {"same-identifier", "other-name"}


async def test_where_she_is_said_to_come_from_and_that_she_has_left_speak_for_it(registry_database: Database) -> None:
    book = books()
    gone = {"status": "in_transit", "household": None, "area": None}
    book.record("person.left", "2026-01-10", persons={person_id(1): gone})
    await project(registry_database, book.facts)
    answer = await ask(registry_database, name=LAN, birth=BIRTH, previous=COMMUNE)
    assert codes(answer, 1) == {"same-name", "same-birth", "left-from-there", "in-transit"}


async def test_outside_of_her_areas_an_officer_sees_why_and_where_and_nothing_else(registry_database: Database) -> None:
    await project(registry_database, books().facts)
    answer = await ask(registry_database, areas=(OTHER_AREA,), name=LAN, birth=BIRTH, sex="female")
    (far,) = (one for one in answer["candidates"] if one["person"] == person_id(1))
    assert far["state"] is None
    assert far["commune"] == COMMUNE
    assert far["commune_name"] == f"Nơi {COMMUNE}"
    assert set(far) == {"person", "score", "likely", "status", "commune", "commune_name", "reasons", "state"}
    near = next(one for one in answer["candidates"] if one["person"] == person_id(3))
    assert near["state"]["birth"] == "1990-12-03"


@pytest.mark.parametrize(
    "told",
    [{"name": "lan"}, {"name": LAN}, {"name": LAN, "birth": "1990"}, {"name": "lan", "birth": BIRTH}],
    ids=["a given name", "a name", "a name and a year", "a given name and a birth date"],
)
async def test_nobody_is_found_elsewhere_by_less_than_a_description(
    registry_database: Database, told: dict[str, str]
) -> None:
    await project(registry_database, books().facts)
    answer = await ask(registry_database, areas=(OTHER_AREA,), **told)
    assert person_id(1) not in people(answer)


async def test_who_was_struck_off_as_a_double_is_no_candidate(registry_database: Database) -> None:
    book = books()
    gone = {"status": "merged", "household": None, "area": None, "merged_into": person_id(3)}
    book.record("person.merged", "2026-01-10", persons={person_id(1): gone})
    await project(registry_database, book.facts)
    answer = await ask(registry_database, name=LAN, birth=BIRTH)
    assert person_id(1) not in people(answer)


async def test_without_the_right_to_read_persons_no_name_is_shown(registry_database: Database) -> None:
    await project(registry_database, books().facts)
    answer = await ask(registry_database, scopes=(Scope.REGISTRY_SEARCH,), name=LAN, birth=BIRTH)
    assert "personal" not in answer["candidates"][0]["state"]


async def test_what_was_left_out_for_want_of_room_is_said(
    registry_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.registry.candidates.MOST_SCORED", 5)
    book = Book()
    establish(book)
    for n in range(1, 10):
        register(book, n, area=SECOND_AREA, members={n: {"sex": "female", "personal": named(LAN)}})
    await project(registry_database, book.facts)
    answer = await ask(registry_database, name=LAN)
    assert not answer["complete"]
    assert len(answer["candidates"]) == 5


async def test_a_corrected_birth_date_is_found_by(registry_database: Database) -> None:
    book = books()
    book.record("person.changed", "2026-01-10", persons={person_id(4): {"birth": "1969-07-08"}})
    await project(registry_database, book.facts)
    answer = await ask(registry_database, name="Phạm Thị Lan", birth="1968-07-08")
    assert codes(answer, 4) == {"same-name", "same-day-another-year"}


BASE = Likeness(LAN, BIRTH, "female", frozenset({("pid", "030190000001")}))


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (Likeness(LAN, BIRTH, "female"), {"same-name", "same-birth"}),
        (Likeness("Nguyễn Thị Lân", "1990-03", "female"), {"same-name-unmarked", "same-birth-month"}),
        (Likeness("Nguyên Thi Lan", "1990", "unknown"), {"same-name-unmarked", "same-birth-year"}),
        (Likeness("Lan Nguyễn Thị", "1991-03-12", "female"), {"similar-name", "same-day-another-year"}),
        (Likeness("Ngyễn Thị Lan", "1990-03-21", "female"), {"similar-name", "same-birth-month"}),
        (Likeness("Nguyễn Thị Hoa", "1990-03-12", "female"), {"other-name", "same-birth"}),
        (Likeness("Nguyễn Lan", "1990-08-30", "female"), {"part-of-name", "same-birth-year"}),
        (Likeness("Phạm Văn Dũng", "1955-02-01", "male"), {"other-name", "other-birth", "other-sex"}),
        (Likeness(None, None, "unknown"), set()),
        (
            Likeness(LAN, BIRTH, "female", frozenset({("pid", "030190000009")})),
            {"same-name", "same-birth", "other-identifier"},
        ),
    ],
)
def test_each_difference_has_its_reason(other: Likeness, reasons: set[str]) -> None:
    assert set(compare(BASE, other)) == reasons


def test_one_name_and_one_birth_date_are_likely_and_a_name_alone_is_not() -> None:
    assert points(["same-name", "same-birth"]) >= LIKELY
    assert points(["same-name"]) < LIKELY
    assert points(["same-name", "other-birth"]) < points(["similar-name", "same-birth-month"])


def test_every_reason_has_words_in_both_languages() -> None:
    assert all(text.en and text.vi for _, text in REASONS.values())
