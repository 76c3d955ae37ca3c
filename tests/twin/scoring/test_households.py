"""Does a household that is wrong on the books show as what is wrong of it, and a right one not at all?"""

from typing import Any

from twin.errors.truth import Double, Household, Span, Truth
from twin.scoring import households
from twin.scoring.beliefs import Beliefs, Home
from twin.scoring.truths import collect

HERE, THERE, ELSEWHERE = "10525-20200101-001", "10525-20200101-002", "10513-20200101-001"
TRUE = Household("home", HERE, "active", "lan", "12", "Số 12, ngõ 4")


def known(household: str = "home", area: str = HERE, **told: Any) -> Home:
    address = told.pop("address", "Số 12, ngõ 4")
    return Home(household, area, **({"head": "lan", "number": "12"} | told), personal={"address": address})


def compare(*records: Home, true: tuple[Truth, ...] = (TRUE,)) -> households.Households:
    truths = collect([*true, Double("two", "lan"), Span("2025-06-30")])
    return households.compare(truths, Beliefs({HERE, THERE}, households=list(records)))


def test_a_household_that_is_as_it_is_known_is_found_and_nothing_of_it_is_wrong() -> None:
    found = compare(known())
    assert (found.true, found.believed, found.found) == (1, 1, ["home"])
    assert not any((found.missed, found.lingering, found.unknown, found.misplaced, *found.wrong.values()))


def test_each_thing_that_is_wrong_is_named_alone() -> None:
    each: tuple[tuple[str, Any], ...] = (
        ("head", "mai"), ("head", None), ("number", "13"), ("address", "Số 21, ngõ 4"),
    )  # fmt: skip
    for name, value in each:
        wrong = compare(known(**{name: value})).wrong
        assert wrong == {one: ["home"] if one == name else [] for one in households.DESCRIBED}


def test_a_head_under_another_id_is_the_same_head() -> None:
    assert compare(known(head="two")).wrong["head"] == []


def test_a_household_in_another_area_is_misplaced_and_one_that_moved_meanwhile_stands_where_it_was_read_last() -> None:
    assert compare(known(area=THERE)).misplaced == ["home"]
    found = compare(known(area=THERE), known())
    assert (found.believed, found.misplaced) == (1, [])


def test_what_is_nowhere_is_missed_and_what_nobody_registered_is_unknown() -> None:
    found = compare(known("other"))
    assert (found.missed, found.unknown) == (["home"], ["other"])


def test_what_has_ended_lingers_while_it_is_believed_to_stand() -> None:
    merged = (Household("home", HERE, "merged"),)
    assert compare(known(), true=merged).lingering == ["home"]
    found = compare(known(status="merged"), true=merged)
    assert (found.true, found.believed, found.lingering) == (0, 0, [])
    assert compare(known(status="dissolved")).missed == ["home"]


def test_only_areas_that_were_read_are_compared() -> None:
    elsewhere = (Household("home", ELSEWHERE),)
    assert compare(true=elsewhere).true == 0
    assert compare(known(), true=elsewhere).lingering == ["home"]
