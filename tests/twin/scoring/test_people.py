"""Is everybody found, doubled, missed, lingering, misplaced or described wrongly counted once, and as what she is?"""

from typing import Any

from twin.errors.truth import Double, Person, Span
from twin.scoring import figures, people
from twin.scoring.beliefs import Beliefs, Believed
from twin.scoring.truths import Truths, collect

HERE, THERE, ELSEWHERE = "10525-20200101-001", "10525-20200101-002", "10513-20200101-001"


def true(person: str, area: str | None = HERE, status: str = "resident", **told: Any) -> Person:
    known = {"sex": "female", "birth": "1990-05-20", "name": "Phạm Thị Hoà", "number": "030190123456"}
    return Person(person, status, area=area, **(known | {"household": "home"} | told))


def believed(person: str, area: str = HERE, **told: Any) -> Believed:
    name, number = told.pop("name", "Phạm Thị Hoà"), told.pop("number", "030190123456")
    personal = {"name": name, "identifiers": [{"type": "pid", "value": number}] if number else []}
    return Believed(
        person, area, **({"sex": "female", "birth": "1990-05-20", "household": "home"} | told), personal=personal
    )


def world(*persons: Person, **doubles: str) -> Truths:
    return collect([*persons, *(Double(double, of) for double, of in doubles.items()), Span("2025-06-30")])


def compare(truths: Truths, *records: Believed, areas: tuple[str, ...] = (HERE, THERE)) -> people.People:
    return people.compare(truths, Beliefs(set(areas), list(records)))


def test_who_is_known_as_she_is_is_found() -> None:
    found = compare(world(true("lan")), believed("lan"))
    assert (found.true, found.believed, found.found) == (1, 1, ["lan"])
    assert found.wrong == {"sex": [], "birth": [], "name": [], "number": [], "household": []}


def test_who_is_nowhere_is_missed_and_whom_nobody_knows_is_unknown() -> None:
    found = compare(world(true("lan")), believed("mai"))
    assert (found.missed, found.unknown) == (["lan"], ["mai"])


def test_a_second_record_is_a_double_also_in_another_area() -> None:
    found = compare(world(true("lan"), two="lan"), believed("two", THERE), believed("lan"))
    assert (found.found, found.doubled, found.misplaced) == (["lan"], ["two"], [])


def test_who_is_known_under_another_id_alone_is_found_and_no_double() -> None:
    found = compare(world(true("lan"), two="lan"), believed("two"))
    assert (found.found, found.doubled, found.missed) == (["lan"], [], [])


def test_the_double_of_a_double_is_the_same_person() -> None:
    found = compare(world(true("lan"), two="lan", three="two"), believed("lan"), believed("three"))
    assert found.doubled == ["three"]


def test_the_dead_and_the_departed_linger_with_every_record_of_theirs() -> None:
    truths = world(true("lan", None, "dead"), true("mai", None, "in_transit"), two="lan")
    found = compare(truths, believed("lan"), believed("two"), believed("mai"))
    assert sorted(found.lingering) == ["lan", "mai", "two"]
    assert found.true == 0


def test_who_is_believed_in_the_wrong_area_is_found_and_misplaced() -> None:
    found = compare(world(true("lan")), believed("lan", THERE))
    assert (found.found, found.misplaced) == (["lan"], ["lan"])


def test_only_areas_that_were_read_are_compared() -> None:
    found = compare(world(true("lan", ELSEWHERE), true("mai")), believed("mai"))
    assert (found.true, found.missed) == (1, [])


def test_what_is_told_wrongly_is_named_and_a_name_in_other_bytes_is_the_same_name() -> None:
    wrong = believed("lan", sex="male", birth="1990-05", name="Phạm Thị Hòa", number=None, household="another")
    assert compare(world(true("lan")), wrong).wrong == {name: ["lan"] for name in people.DESCRIBED}
    same = believed("lan", name="Pha\u0323m Thi\u0323 Hoa\u0300")
    assert compare(world(true("lan")), same).wrong["name"] == []


def test_figures_are_off_by_every_cell_that_differs_and_add_up_in_each_cut() -> None:
    truths = world(true("lan"), true("mai", birth="1938-01-01"), true("an", None, "dead", sex="male"))
    records = [believed("lan", THERE), believed("mai", birth="1938-01-01"), believed("an", sex="male")]
    found = figures.compare(truths, Beliefs({HERE, THERE}, records))
    assert found.off == 3
    assert found.by(0) == [(HERE, 2, 2), (THERE, 0, 1)]
    assert found.by(1) == [("female", 2, 2), ("male", 0, 1)]
    assert found.by(2) == [("35-39", 1, 2), ("85+", 1, 1)]


def test_ages_are_completed_years_at_the_end_of_the_month() -> None:
    assert figures.age_group("2025-06-30", "2025-06-15") == "00-04"
    assert figures.age_group("2020-06", "2025-06-01") == "05-09"
    assert figures.age_group("2020-07-01", "2025-06-30") == "00-04"
    assert figures.age_group("1940", "2025-06-30") == figures.age_group(None, "2025-06-30") == "unknown"
