"""What becomes of pregnancies and of the screenings before birth that lists 9 and 10 of the P0 form tell?

The collaborator (cộng tác viên) of an area (địa bàn) writes the P0 form each month:

- list 9, thông tin thai sản: mang thai (pregnant), sảy thai (miscarriage), phá thai (abortion);
- list 10, sàng lọc trước sinh: screenings before birth, about weeks 12 and 21.

Lan, born 20 May 1990, lives with An from New Year 2025 on. Whatever is odd but possible is recorded with a note for the
commune's officer; only what contradicts the record is refused.
"""

from typing import Any

import pytest

from contracts.ids import uuid7
from tests.services.events.caring import (
    begins,
    born,
    care,
    notes_of,
    pregnant,
    screened,
    two_households,
)
from tests.services.events.telling import AREA, Teller, ids, refused_for


@pytest.fixture
async def village(teller: Teller) -> Teller:
    return await two_households(teller)


async def test_a_pregnancy_is_open_until_the_birth_closes_it(village: Teller) -> None:
    await pregnant(village, "2025-02-10", number=2)
    assert (await care(village, ids.lan))["pregnancy"] == {"since": "2025-02-10", "number": 2}
    await born(village, "2025-08-30")
    assert (await care(village, ids.lan))["pregnancy"] == {
        "since": "2025-02-10",
        "number": 2,
        "ended": "2025-08-30",
        "outcome": "birth",
    }


async def test_a_pregnancy_told_after_its_birth_is_closed_by_it_all_the_same(village: Teller) -> None:
    """The birth names the mother, so what is told late of her meets it."""
    await born(village, "2025-08-30")
    await pregnant(village, "2025-02-10")
    assert (await care(village, ids.lan))["pregnancy"]["outcome"] == "birth"


async def test_taking_a_birth_back_opens_the_pregnancy_again(village: Teller) -> None:
    await pregnant(village, "2025-02-10")
    one = uuid7()
    await born(village, "2025-08-30", id=one)
    await village.tell("fact.voided", on=None, fact=one)
    assert (await care(village, ids.lan))["pregnancy"] == {"since": "2025-02-10"}


async def test_correcting_the_mother_of_a_child_closes_the_pregnancy_of_the_right_one(village: Teller) -> None:
    await pregnant(village, "2025-02-10")
    one = uuid7()
    await born(village, "2025-08-30", id=one, mother=ids.hoa)
    assert "ended" not in (await care(village, ids.lan))["pregnancy"]
    await village.tell("fact.corrected", on=None, fact=one, changes={"mother": ids.lan})
    assert (await care(village, ids.lan))["pregnancy"]["ended"] == "2025-08-30"


async def test_who_goes_on_for_her_double_goes_on_with_the_pregnancy_told_of_that_one(village: Teller) -> None:
    """Two collaborators had put Lan on their books; the birth is told of the one that stays."""
    await pregnant(village, "2025-02-10")
    await village.tell("person.merged", on="2025-03-01", person=ids.lan, into=ids.hoa)
    await born(village, "2025-08-30", mother=ids.hoa)
    closed = {"since": "2025-02-10", "ended": "2025-08-30", "outcome": "birth"}
    assert (await care(village, ids.hoa))["pregnancy"] == closed


async def test_a_correction_of_what_was_told_of_a_double_reaches_who_goes_on(village: Teller) -> None:
    one = uuid7()
    await begins(village, "2025-02-01", "iud", id=one)
    await village.tell("person.merged", on="2025-03-01", person=ids.lan, into=ids.hoa)
    await village.tell("fact.corrected", on=None, fact=one, changes={"method": "pill"})
    assert (await care(village, ids.hoa))["contraception"] == {"method": "pill", "since": "2025-02-01"}


async def test_twins_close_one_pregnancy_once(village: Teller) -> None:
    await pregnant(village, "2025-02-10")
    await born(village, "2025-08-30")
    second = await born(village, "2025-08-30", ids.twin)
    fact = dict(await village.facts())[second.position or 0]
    assert [step.entity for step in fact.asserts.persons] == [ids.twin]


async def test_a_birth_of_which_no_pregnancy_was_known_says_nothing_of_the_mother(village: Teller) -> None:
    await born(village, "2025-08-30")
    assert await care(village, ids.lan) == {}


async def test_a_miscarriage_closes_a_pregnancy_and_the_next_one_is_another(village: Teller) -> None:
    told: dict[str, Any] = {"person": ids.lan, "event": "miscarriage", "number": 1}
    await pregnant(village, "2025-02-10", number=1)
    answer = await village.tell("person.pregnancy_reported", on="2025-04-01", **told)
    assert await notes_of(village, answer) == ()
    assert (await care(village, ids.lan))["pregnancy"]["outcome"] == "miscarriage"
    answer = await pregnant(village, "2025-09-01", number=2)
    assert await notes_of(village, answer) == ()
    assert (await care(village, ids.lan))["pregnancy"] == {"since": "2025-09-01", "number": 2}


async def test_an_abortion_of_an_unknown_pregnancy_is_recorded_and_noted(village: Teller) -> None:
    answer = await village.tell("person.pregnancy_reported", person=ids.lan, event="abortion")
    assert await notes_of(village, answer) == ("no-pregnancy-known",)
    assert (await care(village, ids.lan))["pregnancy"] == {"ended": "2025-03-01", "outcome": "abortion"}


async def test_a_pregnancy_told_again_later_keeps_its_first_day(village: Teller) -> None:
    await pregnant(village, "2025-02-10")
    answer = await pregnant(village, "2025-03-10", number=2)
    assert await notes_of(village, answer) == ("pregnancy-known",)
    assert (await care(village, ids.lan))["pregnancy"] == {"since": "2025-02-10", "number": 2}


async def test_a_further_pregnancy_while_one_is_open_is_noted(village: Teller) -> None:
    await pregnant(village, "2025-02-10", number=1)
    answer = await pregnant(village, "2025-11-10", number=2)
    assert await notes_of(village, answer) == ("former-pregnancy-open",)
    assert (await care(village, ids.lan))["pregnancy"] == {"since": "2025-11-10", "number": 2}


async def test_a_number_that_does_not_follow_is_noted(village: Teller) -> None:
    await pregnant(village, "2025-02-10", number=3)
    told: dict[str, Any] = {"person": ids.lan, "event": "miscarriage", "number": 2}
    answer = await village.tell("person.pregnancy_reported", on="2025-03-10", **told)
    assert await notes_of(village, answer) == ("pregnancy-number-differs",)


async def test_a_pregnant_woman_who_is_said_to_use_a_method_is_noted(village: Teller) -> None:
    await begins(village, "2025-02-01", "pill")
    assert await notes_of(village, await pregnant(village, "2025-03-10")) == ("method-still-in-use",)


async def test_two_collaborators_tell_one_pregnancy_and_it_is_recorded_once(village: Teller) -> None:
    first = await pregnant(village, "2025-02-10", number=1)
    second = await pregnant(village, "2025-02-10", number=1)
    assert (second.fate, second.position) == ("duplicate", first.position)
    assert refused_for(await pregnant(village, "2025-02-10", number=2)) == ["told-differently"]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("person.pregnancy_reported", {"event": "pregnant"}),
        ("person.prenatally_screened", {"visit": "week_12", "down": "low"}),
    ],
)
async def test_a_man_is_not_pregnant(village: Teller, kind: str, told: dict[str, Any]) -> None:
    assert refused_for(await village.tell(kind, person=ids.an, **told)) == ["recorded-as-male"]


async def test_a_woman_found_to_be_a_man_contradicts_her_pregnancy(village: Teller) -> None:
    one = uuid7()
    line = {"person": ids.mai, "sex": "female"}
    await village.tell("household.registered", id=one, household=ids.other, area=AREA, members=[line])
    await village.tell("person.pregnancy_reported", on="2025-04-01", person=ids.mai, event="pregnant")
    answer = await village.tell("fact.corrected", on=None, fact=one, member=ids.mai, changes={"sex": "male"})
    assert refused_for(answer) == ["recorded-as-male"]


async def test_a_birth_puts_a_screening_away_of_whose_pregnancy_nothing_was_known(village: Teller) -> None:
    await village.tell("person.prenatally_screened", on="2025-03-01", person=ids.lan, visit="week_21", down="low")
    child = {"person": ids.baby, "household": ids.home, "mother": ids.lan, "sex": "female"}
    await village.tell("person.born", on="2025-07-20", **child)
    assert await care(village, ids.lan) == {"pregnancy": {"ended": "2025-07-20", "outcome": "birth"}}


async def test_screenings_of_two_visits_add_up_and_are_put_away_with_the_birth(village: Teller) -> None:
    await pregnant(village, "2025-01-20")
    await screened(village, "2025-02-10", last_period="2024-11-20", thalassemia="refused", place="hospital")
    await screened(village, "2025-04-15", visit="week_21", down="unknown", edwards="high")
    assert (await care(village, ids.lan))["prenatal"] == {
        "on": "2025-04-15",
        "visits": ["week_12", "week_21"],
        "last_period": "2024-11-20",
        "down": "low",
        "edwards": "high",
        "thalassemia": "refused",
    }
    await born(village, "2025-08-27")
    assert "prenatal" not in await care(village, ids.lan)


async def test_a_screening_may_be_told_before_its_pregnancy_is(village: Teller) -> None:
    answer = await screened(village, "2025-02-10")
    assert await notes_of(village, answer) == ("no-pregnancy-known",)
    await pregnant(village, "2025-02-20")
    assert (await care(village, ids.lan))["prenatal"]["down"] == "low"


async def test_the_same_results_of_the_same_visit_on_another_day_are_noted(village: Teller) -> None:
    await pregnant(village, "2025-01-20")
    await screened(village, "2025-02-10")
    assert await notes_of(village, await screened(village, "2025-02-12")) == ("screened-already",)


CARRYING: list[tuple[str, dict[str, Any]]] = [
    ("person.pregnancy_reported", {"event": "abortion"}),
    ("person.prenatally_screened", {"visit": "week_12", "down": "low"}),
    ("person.born", {"sex": "female", "household": ids.home, "mother": ids.lan}),
]


@pytest.mark.parametrize(("kind", "told"), CARRYING)
async def test_that_who_was_pregnant_is_a_man_from_a_later_day_on_is_noted_by_whoever_may_know(
    village: Teller, kind: str, told: dict[str, Any]
) -> None:
    carried = {"person": ids.lan, "on": "2025-03-01"} | told | ({"person": ids.thu} if kind == "person.born" else {})
    first = await village.tell(kind, **carried)
    male = await village.tell("person.changed", on="2025-05-01", person=ids.lan, new={"sex": "male"})
    # A change of sex is told to people who may not know of a pregnancy, but of a birth.
    told_to_all = kind == "person.born"
    assert ("pregnancy-of-a-man" in first.notes, "pregnancy-of-a-man" in male.notes) == (False, told_to_all)
    await village.tell("fact.voided", on=None, fact=first.id)
    again = await village.tell(kind, **carried | ({"person": ids.dung} if kind == "person.born" else {}))
    assert (again.fate, "pregnancy-of-a-man" in again.notes) == ("recorded", True)


async def test_of_a_man_of_whom_no_pregnancy_is_told_nothing_is_noted(village: Teller) -> None:
    await village.tell("person.contraception_started", person=ids.lan, method="pill")
    changed = await village.tell("person.changed", on="2025-05-01", person=ids.lan, new={"sex": "male"})
    assert "pregnancy-of-a-man" not in changed.notes
