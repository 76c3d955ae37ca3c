"""What becomes of the lists of the P0 form on newborn screening, contraception and health checks?

The collaborator (cộng tác viên) of an area (địa bàn) writes the P0 form each month. Its lists are told here one by one:

- list 2, sàng lọc sơ sinh: newborns screened for five inborn conditions;
- lists 7 and 8, mới sử dụng / thôi sử dụng biện pháp tránh thai: who begins and who stops to use a contraceptive
  method, as vòng tránh thai (IUD) or thuốc uống (pill);
- list 11, người cao tuổi khám sức khỏe: people of 60 and more who were examined;
- and khám sức khỏe trước khi kết hôn, the examination of a couple before marriage.

Lan, born 20 May 1990, lives with An from New Year 2025 on. Whatever is odd but possible is recorded with a note for the
commune's officer; only what contradicts the record is refused.
"""

from typing import Any

import pytest

from contracts.ids import uuid7
from kit.http.problems import ContradictsRecord
from tests.services.events.caring import (
    begins,
    born,
    care,
    notes_of,
    stops,
    two_households,
)
from tests.services.events.telling import AREA, FAR, Teller, ids, refused_for


@pytest.fixture
async def village(teller: Teller) -> Teller:
    return await two_households(teller)


async def test_a_newborn_is_screened_in_two_visits(village: Teller) -> None:
    await born(village, "2025-03-01")
    await village.tell("person.newborn_screened", on="2025-03-03", person=ids.baby, g6pd="at_risk", heart="done")
    answer = await village.tell("person.newborn_screened", on="2025-03-09", person=ids.baby, hearing="refused")
    assert await notes_of(village, answer) == ()
    assert (await care(village, ids.baby))["newborn"] == {
        "on": "2025-03-09",
        "g6pd": "at_risk",
        "heart": "done",
        "hearing": "refused",
    }


async def test_a_screening_of_a_child_that_is_older_is_noted(village: Teller) -> None:
    await born(village, "2025-03-01")
    told = {"person": ids.baby, "heart": "normal"}
    answer = await village.tell("person.newborn_screened", on="2025-03-30", **told)
    assert await notes_of(village, answer) == ("beyond-newborn-age",)


async def test_nobody_is_screened_before_birth(village: Teller) -> None:
    told = {"person": ids.mai, "sex": "female", "birth": "2025-02"}
    await village.tell("person.arrived", on="2025-03-01", household=ids.home, **told)
    early = await village.tell("person.newborn_screened", on="2025-01-30", person=ids.mai, heart="normal")
    assert refused_for(early) == ["before-birth"]
    one = uuid7()
    birth = await born(village, "2025-03-05", id=one)
    early = await village.tell("person.newborn_screened", on="2025-03-04", person=ids.baby, heart="normal")
    assert isinstance(early.problem, ContradictsRecord)
    assert [(reason.code, reason.facts) for reason in early.problem.reasons] == [("before-birth", (birth.position,))]
    late = await village.tell("person.newborn_screened", on="2025-03-06", person=ids.baby, heart="normal")
    answer = await village.tell("fact.corrected", on=None, fact=one, changes={"on": "2025-03-09"})
    assert isinstance(answer.problem, ContradictsRecord)
    assert [(reason.code, reason.facts) for reason in answer.problem.reasons] == [("before-birth", (late.position,))]


async def test_a_screening_told_before_the_birth_waits_for_it(village: Teller) -> None:
    answer = await village.tell("person.newborn_screened", on="2025-03-03", person=ids.baby, heart="normal")
    assert (answer.fate, answer.need) == ("waiting", ids.baby)
    await born(village, "2025-03-01")
    assert (await care(village, ids.baby))["newborn"]["heart"] == "normal"


async def test_a_method_is_in_use_until_it_is_stopped(village: Teller) -> None:
    await begins(village, "2025-02-01", "iud", living_children=2, place="health_station")
    begun = {"method": "iud", "since": "2025-02-01", "place": "health_station", "living_children": 2}
    assert (await care(village, ids.lan))["contraception"] == begun
    await stops(village, "2025-09-01", "iud")
    assert (await care(village, ids.lan))["contraception"] == begun | {"until": "2025-09-01"}


async def test_a_method_in_use_already_keeps_its_first_day(village: Teller) -> None:
    await begins(village, "2025-02-01", "iud")
    assert await notes_of(village, await begins(village, "2025-04-01", "iud")) == ("method-already-in-use",)
    assert (await care(village, ids.lan))["contraception"]["since"] == "2025-02-01"


async def test_a_method_of_the_a0_book_was_begun_before_she_came_on_the_books(village: Teller) -> None:
    """Part II of the A0 book, theo dõi sử dụng BPTT, has the month in which each woman began."""
    await begins(village, "2025-01-01", "iud", since="2023-05")
    assert (await care(village, ids.lan))["contraception"] == {"method": "iud", "since": "2023-05"}


async def test_another_method_takes_the_place_of_one_that_was_not_stopped(village: Teller) -> None:
    await begins(village, "2025-02-01", "iud")
    assert await notes_of(village, await begins(village, "2025-04-01", "pill")) == ("former-method-not-stopped",)
    assert await notes_of(village, await stops(village, "2025-04-02", "iud")) == ("other-method-in-use",)
    assert (await care(village, ids.lan))["contraception"] == {"method": "pill", "since": "2025-04-01"}


async def test_a_stop_told_late_makes_the_change_of_method_complete(village: Teller) -> None:
    await begins(village, "2025-02-01", "iud")
    await begins(village, "2025-04-01", "pill")
    await stops(village, "2025-03-15", "iud")
    assert (await care(village, ids.lan))["contraception"] == {"method": "pill", "since": "2025-04-01"}
    kinds = [step.kind for _, fact in await village.facts() for step in fact.asserts.persons if step.before]
    assert kinds[-2:] == ["person.contraception_stopped", "person.contraception_started"]


async def test_who_stops_what_she_began_before_the_books_is_recorded_and_noted(village: Teller) -> None:
    assert await notes_of(village, await stops(village, "2025-02-01", "implant")) == ("no-method-in-use",)
    assert (await stops(village, "2025-02-01", "implant")).fate == "duplicate"


async def test_a_second_end_of_a_method_takes_nothing_away_of_what_is_known(village: Teller) -> None:
    await begins(village, "2025-02-01", "iud")
    await stops(village, "2025-03-01", "iud")
    known = (await care(village, ids.lan))["contraception"]
    for day, method in (("2025-03-09", "unknown"), ("2025-03-10", "iud")):
        assert await notes_of(village, await stops(village, day, method)) == ("no-method-in-use",)
    assert (await care(village, ids.lan))["contraception"] == known
    await stops(village, "2025-03-11", "pill")
    assert (await care(village, ids.lan))["contraception"] == {"method": "pill", "until": "2025-03-11"}


async def test_users_whom_the_form_does_not_list_are_noted(village: Teller) -> None:
    members = [
        {"person": ids.ba, "sex": "female", "birth": "1950"},
        {"person": ids.mai, "sex": "unknown", "birth": "1975"},
        {"person": ids.thu, "sex": "female", "birth": "1975-03"},
        {"person": ids.dung, "sex": "female", "birth": "1975-02"},
    ]
    await village.tell("household.registered", household=ids.other, area=AREA, members=members)
    told: dict[str, Any] = {"method": "condom"}
    answers = [
        await village.tell("person.contraception_started", person=person, **told)
        for person in (ids.an, ids.ba, ids.mai, ids.thu, ids.dung)
    ]
    assert [await notes_of(village, answer) for answer in answers] == [
        ("user-male",),
        ("outside-childbearing-age",),
        ("woman-sex-unknown",),  # born in 1975, she may still be 49
        (),
        ("outside-childbearing-age",),  # on 1 March she is 50, whichever day of February it was
    ]


async def test_older_people_are_examined_and_younger_ones_noted(village: Teller) -> None:
    line = {"person": ids.ba, "sex": "female", "birth": "1965-03"}
    await village.tell("household.registered", household=ids.other, area=AREA, members=[line])
    answer = await village.tell("person.health_checked", person=ids.ba, on="2025-03-02", place="community")
    assert await notes_of(village, answer) == ()
    assert (await care(village, ids.ba))["health_check"] == {"on": "2025-03-02", "place": "community"}
    answer = await village.tell("person.health_checked", person=ids.lan, on="2025-03-02")
    assert await notes_of(village, answer) == ("examined-below-sixty",)


async def test_a_couple_is_examined_wherever_the_two_live(village: Teller) -> None:
    answer = await village.tell("couple.checked", person=ids.an, partner=ids.hoa, place="hospital")
    assert await notes_of(village, answer) == ()
    for one, other in ((ids.an, ids.hoa), (ids.hoa, ids.an)):
        told = {"on": "2025-03-01", "partner": other, "place": "hospital"}
        assert (await care(village, one))["premarital"] == told


@pytest.mark.parametrize(("kind", "other"), [("couple.checked", "partner"), ("person.married", "spouse")])
async def test_what_both_of_a_couple_tell_is_one_event(village: Teller, kind: str, other: str) -> None:
    first = await village.tell(kind, person=ids.an, **{other: ids.hoa})
    second = await village.tell(kind, person=ids.hoa, **{other: ids.an})
    assert (second.fate, second.position) == ("duplicate", first.position)
    assert refused_for(await village.tell(kind, person=ids.hoa)) == ["told-differently"]


async def test_a_couple_of_whom_one_is_unknown_to_the_books_or_married_is_recorded(village: Teller) -> None:
    assert (await village.tell("couple.checked", person=ids.an)).fate == "recorded"
    await village.tell("person.married", on="2025-03-10", person=ids.an, spouse=ids.hoa)
    answer = await village.tell("couple.checked", on="2025-03-11", person=ids.an, partner=ids.hoa)
    assert await notes_of(village, answer) == ("couple-married",)
    waits = await village.tell("couple.checked", on="2025-03-12", person=ids.lan, partner=ids.nobody)
    assert (waits.fate, waits.need) == ("waiting", ids.nobody)


async def test_who_lives_apart_is_married_also_where_a_couple_is_examined(village: Teller) -> None:
    await village.tell("person.married", on="2025-03-10", person=ids.an)
    await village.tell("person.separated", on="2025-03-11", person=ids.an)
    answer = await village.tell("couple.checked", on="2025-03-12", person=ids.an, partner=ids.hoa)
    assert await notes_of(village, answer) == ("couple-married",)


TOLD: list[tuple[str, dict[str, Any]]] = [
    ("person.newborn_screened", {"heart": "normal"}),
    ("person.contraception_started", {"method": "iud"}),
    ("person.contraception_stopped", {"method": "iud"}),
    ("person.pregnancy_reported", {"event": "pregnant"}),
    ("person.prenatally_screened", {"visit": "week_12", "down": "low"}),
    ("person.health_checked", {}),
    ("couple.checked", {}),
]


@pytest.mark.parametrize(("kind", "told"), TOLD, ids=[kind for kind, _ in TOLD])
async def test_nothing_of_it_happens_to_the_dead_and_to_who_has_left_only_if_she_came_back(
    village: Teller, kind: str, told: dict[str, Any]
) -> None:
    await village.tell("person.left", on="2025-02-01", person=ids.lan, destination="abroad")
    waits = await village.tell(kind, person=ids.lan, **told)
    assert (waits.fate, waits.need) == ("waiting", f"arrived:{ids.lan}")
    await village.tell("person.died", on="2025-02-01", person=ids.hoa)
    assert refused_for(await village.tell(kind, person=ids.hoa, **told)) == ["already-dead"]


@pytest.mark.parametrize(("kind", "told"), TOLD, ids=[kind for kind, _ in TOLD])
async def test_each_is_one_event_of_a_day_and_stays_with_her_when_she_moves(
    village: Teller, kind: str, told: dict[str, Any]
) -> None:
    first = await village.tell(kind, person=ids.lan, **told)
    again = await village.tell(kind, person=ids.lan, **told)
    assert (first.fate, again.fate, again.position) == ("recorded", "duplicate", first.position)
    known = await care(village, ids.lan)
    await village.tell("person.moved", on="2025-02-02", person=ids.lan, household=ids.far)
    assert (await village.state(ids.lan))["area"] == FAR
    assert await care(village, ids.lan) == known
