"""What becomes of households (hộ) that split, merge, end, get a second sheet, or are looked through?

- tách hộ: some members found a household of their own; nhập hộ: a household joins another; giải thể hộ: it ends;
- chủ hộ: the head of the household, to whom everybody's relation (quan hệ với chủ hộ) is told;
- phiếu XXX.1, XXX.2: household number XXX of the A0 book with one sheet for each couple who live in it;
- rà soát: looking through a household's sheet; đã rà soát: looked through and found right.

Bình (head), Hoa and little Lan live in one household of the area (địa bàn) An; Cúc is the head of another one there.
"""

from typing import Any

import pytest

from contracts.ids import uuid7
from kit.http.problems import ContradictsRecord
from services.events.intake.answer import Answer
from tests.services.events.telling import AREA, FAR, SECOND, Teller, ids, refused_for, report

HEADLESS = "household-without-head"


@pytest.fixture
async def village(teller: Teller) -> Teller:
    await teller.places()
    await teller.family(ids.home, binh="male", hoa="female", lan="female")
    await teller.family(ids.other, cuc="female")
    return teller


async def stands_in(village: Teller, person: str) -> tuple[str | None, str | None]:
    state = await village.state(person)
    return state.get("household"), state.get("area")


async def split(village: Teller, *people: str, on: str = "2025-03-01", **told: Any) -> Answer:
    lines = [{"person": person} for person in people]
    return await village.tell("household.split", on=on, household=ids.home, founded=ids.new, members=lines, **told)


async def test_members_who_split_off_stand_in_the_new_household_of_the_same_area(village: Teller) -> None:
    answer = await split(village, ids.hoa, ids.lan, head=ids.hoa, number="57")
    assert (answer.fate, answer.notes) == ("recorded", ())
    assert await stands_in(village, ids.hoa) == await stands_in(village, ids.lan) == (ids.new, AREA)
    assert await stands_in(village, ids.binh) == (ids.home, AREA)
    new = await village.state(ids.new)
    assert (new["head"], new["number"]) == (ids.hoa, "57")
    assert (await village.state(ids.hoa))["relation"] == "head"


async def test_a_split_may_lead_to_another_area_and_brings_its_members_there(village: Teller) -> None:
    await split(village, ids.hoa, head=ids.hoa, area=FAR)
    assert await stands_in(village, ids.hoa) == (ids.new, FAR)


async def test_a_head_who_splits_off_leaves_a_task_and_nobody_is_promoted(village: Teller) -> None:
    answer = await split(village, ids.binh, head=ids.binh)
    assert answer.notes == (HEADLESS,)
    assert "head" not in await village.state(ids.home)


async def test_a_new_household_without_a_head_is_a_task_and_a_child_as_its_head_is_noted(village: Teller) -> None:
    await village.tell("person.born", on="2025-02-01", person=ids.baby, household=ids.home, sex="female")
    assert (await split(village, ids.hoa)).notes == (HEADLESS,)
    lines = [{"person": ids.baby}]
    answer = await village.tell(
        "household.split", household=ids.home, founded=ids.third, members=lines, head=ids.baby, on="2025-03-02"
    )
    assert answer.notes == ("minor-head",)


async def test_only_who_lives_in_the_household_splits_off_and_only_into_a_new_one(village: Teller) -> None:
    assert (await split(village, ids.cuc)).need == f"arrived:{ids.cuc}"
    lines = [{"person": ids.hoa}]
    answer = await village.tell("household.split", household=ids.home, founded=ids.other, members=lines)
    assert refused_for(answer) == ["already-known"]


async def test_a_split_waits_for_members_who_are_not_on_the_books_yet(village: Teller) -> None:
    answer = await split(village, ids.dung, on="2025-05-01")
    assert (answer.fate, answer.need) == ("waiting", ids.dung)
    await village.tell("person.arrived", on="2025-04-01", person=ids.dung, household=ids.home, sex="male")
    assert await stands_in(village, ids.dung) == (ids.new, AREA)


async def test_a_late_move_of_the_household_takes_along_who_split_off_after_it(village: Teller) -> None:
    """No area was told with the split, so the new household stands where the old one stood on that day."""
    await split(village, ids.hoa, head=ids.hoa)
    await village.tell("household.moved", on="2025-02-01", household=ids.home, area=SECOND)
    assert await stands_in(village, ids.hoa) == (ids.new, SECOND)
    assert (await village.state(ids.new))["area"] == SECOND


async def test_voiding_a_split_brings_everybody_back(village: Teller) -> None:
    one = uuid7()
    lines = [{"person": ids.hoa}]
    await village.tell("household.split", id=one, household=ids.home, founded=ids.new, members=lines, head=ids.hoa)
    assert (await village.tell("fact.voided", on=None, fact=one)).fate == "recorded"
    assert await stands_in(village, ids.hoa) == (ids.home, AREA)
    assert await village.state(ids.new) is None


async def test_a_merger_brings_everybody_along_and_ends_the_household(village: Teller) -> None:
    lines = [{"person": ids.lan, "relation": "grandchild"}]
    answer = await village.tell("household.merged", household=ids.home, into=ids.other, members=lines)
    assert (answer.fate, answer.notes) == ("recorded", ())
    for person, relation in ((ids.binh, None), (ids.hoa, None), (ids.lan, "grandchild")):
        assert await stands_in(village, person) == (ids.other, AREA)
        assert (await village.state(person)).get("relation") == relation
    ended = await village.state(ids.home)
    assert (ended["status"], ended["successor"], ended.get("head")) == ("merged", ids.other, None)


async def test_who_arrived_before_a_merger_and_is_told_after_it_goes_along(village: Teller) -> None:
    await village.tell("household.merged", on="2025-03-01", household=ids.home, into=ids.other)
    await village.tell("person.arrived", on="2025-02-01", person=ids.dung, household=ids.home, sex="male")
    assert await stands_in(village, ids.dung) == (ids.other, AREA)


async def test_a_merged_household_receives_nobody_afterwards(village: Teller) -> None:
    merged = await village.tell("household.merged", on="2025-03-01", household=ids.home, into=ids.other)
    later = {"on": "2025-03-02", "household": ids.home}
    for kind, told in (
        ("person.moved", {"person": ids.cuc}),
        ("person.arrived", {"person": ids.dung, "sex": "male"}),
        ("person.born", {"person": ids.baby, "sex": "male"}),
        ("household.moved", {"area": SECOND}),
        ("household.reviewed", {}),
    ):
        answer = await village.tell(kind, **{**later, **told})
        assert refused_for(answer) == ["household-ended"]
        assert isinstance(answer.problem, ContradictsRecord)
        assert answer.problem.reasons[0].facts == (merged.position,)
    answer = await village.tell("household.merged", on="2025-03-02", household=ids.other, into=ids.home)
    assert refused_for(answer) == ["household-ended"]


async def test_a_merger_told_late_is_refused_with_those_who_moved_in_since(village: Teller) -> None:
    moved = await village.tell("person.moved", on="2025-03-05", person=ids.cuc, household=ids.home)
    answer = await village.tell("household.merged", on="2025-03-01", household=ids.home, into=ids.other)
    assert isinstance(answer.problem, ContradictsRecord)
    assert [(reason.code, reason.facts) for reason in answer.problem.reasons] == [
        ("household-ended", (moved.position,))
    ]


async def test_a_merger_into_a_household_without_a_head_is_a_task(village: Teller) -> None:
    await village.tell("household.registered", on="2025-01-01", household=ids.empty, area=AREA)
    answer = await village.tell("household.merged", household=ids.home, into=ids.empty)
    assert answer.notes == (HEADLESS,)


async def test_whoever_moves_into_a_household_without_a_head_leaves_a_task(village: Teller) -> None:
    await village.tell("household.registered", on="2025-01-01", household=ids.empty, area=AREA)
    answer = await village.tell("person.moved", person=ids.lan, household=ids.empty)
    assert answer.notes == (HEADLESS,)
    answer = await village.tell("person.arrived", person=ids.dung, household=ids.empty, sex="male")
    assert answer.notes == (HEADLESS,)


async def test_an_empty_household_receives_people_until_it_is_dissolved(village: Teller) -> None:
    await village.tell("person.moved", on="2025-03-01", person=ids.cuc, household=ids.home)
    await village.tell("person.moved", on="2025-03-02", person=ids.cuc, household=ids.other)
    await village.tell("person.moved", on="2025-03-03", person=ids.cuc, household=ids.home)
    assert (await village.tell("household.dissolved", on="2025-03-04", household=ids.other)).fate == "recorded"
    answer = await village.tell("person.moved", on="2025-03-05", person=ids.cuc, household=ids.other)
    assert refused_for(answer) == ["household-ended"]


async def test_a_dissolution_told_before_the_last_departure_waits_for_it(village: Teller) -> None:
    early = uuid7()
    answer = await village.tell("household.dissolved", id=early, on="2025-03-10", household=ids.other)
    assert (answer.fate, answer.need) == ("waiting", f"left:{ids.other}")
    assert (await village.state(ids.other)).get("status", "active") == "active"
    later = await village.tell("person.left", on="2025-03-11", person=ids.cuc, destination="abroad")
    assert later.fate == "recorded"
    assert (await village.state(ids.other)).get("status", "active") == "active", "she left only after that day"
    left = await village.tell("fact.corrected", on=None, fact=later.id, changes={"on": "2025-03-09"})
    assert left.fate == "recorded"
    assert (await village.state(ids.other))["status"] == "dissolved"


@pytest.mark.parametrize("kind", ["person.died", "person.moved", "household.merged", "fact.voided"])
async def test_however_the_last_one_goes_the_dissolution_is_decided_again(village: Teller, kind: str) -> None:
    told: dict[str, Any] = {
        "person.died": {"person": ids.cuc},
        "person.moved": {"person": ids.cuc, "household": ids.home},
        "household.merged": {"household": ids.other, "into": ids.home},
    }
    if kind == "fact.voided":
        first = await village.tell("person.moved", on="2025-02-01", person=ids.lan, household=ids.other)
        left = await village.tell("person.left", on="2025-02-02", person=ids.cuc, destination="abroad")
        assert left.fate == "recorded"
        told["fact.voided"] = {"fact": first.id}
    early = await village.tell("household.dissolved", on="2025-03-10", household=ids.other)
    assert early.fate == "waiting"
    on = None if kind == "fact.voided" else "2025-03-05"
    assert (await village.tell(kind, on=on, **told[kind])).fate == "recorded"
    async with village.connections.acquire() as connection:
        fate = await connection.fetchval("select fate from outcome where report = $1", early.id)
    assert fate == ("refused" if kind == "household.merged" else "recorded")


async def test_who_comes_into_a_household_before_the_day_on_which_it_ended_contradicts_that(village: Teller) -> None:
    await village.tell("person.left", on="2025-03-01", person=ids.cuc, destination="abroad")
    assert (await village.tell("household.dissolved", on="2025-03-10", household=ids.other)).fate == "recorded"
    late = await village.tell("person.moved", on="2025-03-05", person=ids.lan, household=ids.other)
    assert refused_for(late) == ["household-not-empty"]


async def test_a_household_is_dissolved_at_the_end_of_the_day_on_which_the_last_one_leaves(village: Teller) -> None:
    await village.tell("person.left", on="2025-03-01", person=ids.cuc, destination="abroad")
    assert (await village.tell("household.dissolved", on="2025-03-01", household=ids.other)).fate == "recorded"


async def test_a_household_is_dissolved_with_what_becomes_of_each(village: Teller) -> None:
    lines = [
        {"person": ids.binh, "destination": "abroad"},
        {"person": ids.hoa, "destination": "inside_country"},
        {"person": ids.lan, "household": ids.other, "relation": "other"},
    ]
    answer = await village.tell("household.dissolved", household=ids.home, members=lines)
    assert (answer.fate, answer.notes) == ("recorded", ())
    assert [(await village.state(person))["status"] for person in (ids.binh, ids.hoa)] == ["outside", "in_transit"]
    assert await stands_in(village, ids.lan) == (ids.other, AREA)
    ended = await village.state(ids.home)
    assert (ended["status"], ended.get("head")) == ("dissolved", None)


async def test_whoever_goes_by_a_dissolution_to_a_household_without_a_head_leaves_a_task(village: Teller) -> None:
    await village.tell("household.registered", on="2025-01-01", household=ids.empty, area=AREA)
    lines = [{"person": ids.cuc, "household": ids.empty}]
    answer = await village.tell("household.dissolved", household=ids.other, members=lines)
    assert (answer.fate, answer.notes) == ("recorded", (HEADLESS,))


async def test_a_death_told_after_the_dissolution_that_it_contradicts_is_refused_with_it(village: Teller) -> None:
    lines = [{"person": ids.cuc, "household": ids.home}]
    ended = await village.tell("household.dissolved", on="2025-03-01", household=ids.other, members=lines)
    answer = await village.tell("person.died", on="2025-02-01", person=ids.cuc)
    assert isinstance(answer.problem, ContradictsRecord)
    assert [(reason.code, reason.facts) for reason in answer.problem.reasons] == [("not-a-member", (ended.position,))]


async def test_a_new_head_may_come_with_how_everybody_stands_to_her(village: Teller) -> None:
    await village.tell("person.died", on="2025-02-01", person=ids.binh)
    lines = [{"person": ids.lan, "relation": "child"}]
    answer = await village.tell("household.head_changed", household=ids.home, head=ids.hoa, members=lines)
    assert answer.fate == "recorded"
    assert (await village.state(ids.hoa))["relation"] == "head"
    assert (await village.state(ids.lan))["relation"] == "child"


async def test_a_household_that_moves_keeps_its_head(village: Teller) -> None:
    answer = await village.tell("household.moved", household=ids.home, area=SECOND)
    assert answer.notes == ()
    assert (await village.state(ids.home))["head"] == ids.binh


async def test_the_second_couple_stands_on_a_sheet_of_its_own_until_it_moves_out(village: Teller) -> None:
    await village.tell("person.married", on="2025-02-01", person=ids.binh, spouse=ids.hoa)
    couple = [ids.binh, ids.hoa]
    answer = await village.tell("household.sheet_opened", household=ids.home, sheet="2", people=couple)
    assert (answer.fate, answer.notes) == ("recorded", ())
    assert [(await village.state(person))["sheet"] for person in couple] == ["2", "2"]
    answer = await village.tell("household.sheet_opened", household=ids.home, sheet="2", people=[ids.lan])
    assert answer.notes == (), "a child joins the couple's sheet"
    await village.tell("person.moved", on="2025-04-01", person=ids.hoa, household=ids.other)
    await village.tell("person.left", on="2025-04-01", person=ids.binh, destination="abroad")
    assert not [person for person in couple if "sheet" in await village.state(person)]


async def test_a_sheet_on_which_no_couple_stands_is_noted(village: Teller) -> None:
    answer = await village.tell("household.sheet_opened", household=ids.home, sheet="2", people=[ids.lan])
    assert answer.notes == ("sheet-without-couple",)
    answer = await village.tell("household.sheet_opened", household=ids.home, sheet="2", people=[ids.cuc])
    assert (answer.fate, answer.need) == ("waiting", f"arrived:{ids.cuc}")


async def test_the_latest_review_counts_in_whatever_order_reviews_are_told(village: Teller) -> None:
    await village.tell("household.reviewed", on="2025-03-01", household=ids.home)
    await village.tell("household.reviewed", on="2025-02-01", household=ids.home)
    assert (await village.state(ids.home))["reviewed"] == "2025-03-01"


async def test_a_review_that_two_phones_tell_is_one(village: Teller) -> None:
    first = await village.tell("household.reviewed", household=ids.home)
    second = await village.tell("household.reviewed", household=ids.home)
    assert (second.fate, second.position) == ("duplicate", first.position)


async def test_a_mark_set_by_mistake_is_taken_back(village: Teller) -> None:
    one = uuid7()
    await village.tell("household.reviewed", on="2025-02-01", household=ids.home)
    await village.tell("household.reviewed", id=one, household=ids.home)
    await village.tell("fact.voided", on=None, fact=one)
    assert (await village.state(ids.home))["reviewed"] == "2025-02-01"


async def test_a_day_of_many_changes_told_in_one_batch_comes_out_as_if_told_one_by_one(village: Teller) -> None:
    on = {"on": "2025-03-01"}
    lines = [{"person": ids.hoa}, {"person": ids.lan, "relation": "child"}]
    answers = await village.submit(
        report("household.split", on | {"household": ids.home, "founded": ids.new, "members": lines, "head": ids.hoa}),
        report("household.merged", on | {"household": ids.home, "into": ids.new}),
        report("household.reviewed", on | {"household": ids.new}),
    )
    assert [answer.fate for answer in answers] == ["recorded"] * 3
    assert await stands_in(village, ids.binh) == (ids.new, AREA)
    assert (await village.state(ids.new))["reviewed"] == "2025-03-01"


async def test_a_household_gets_another_number_or_address_where_it_stands(family: Teller) -> None:
    await family.tell("household.moved", household=ids.home, area=SECOND, number="7", personal={"address": "Số 1"})
    told = await family.tell("household.moved", on="2025-04-01", household=ids.home, area=SECOND, number="9")
    assert told.fate == "recorded"
    home = await family.state(ids.home)
    assert (home["area"], home["number"], home["personal"]) == (SECOND, "9", {"address": "Số 1"})
    assert (await family.state(ids.lan))["area"] == SECOND
    again = await family.tell("household.moved", on="2025-05-01", household=ids.home, area=SECOND, number="9")
    assert again.problem is not None
    assert [reason.code for reason in again.problem.reasons] == ["already-there"]
    assert all(reason.facts for reason in again.problem.reasons)


async def test_number_sheet_and_address_of_one_area_do_not_go_along_to_another(family: Teller) -> None:
    await family.tell("household.moved", household=ids.home, area=SECOND, number="7", sheet="2")
    await family.tell("household.moved", on="2025-04-01", household=ids.home, area=SECOND, personal={"address": "Số 1"})
    home = await family.state(ids.home)
    assert (home["number"], home["sheet"], home["personal"]) == ("7", "2", {"address": "Số 1"})
    await family.tell("household.moved", on="2025-05-01", household=ids.home, area=FAR)
    home = await family.state(ids.home)
    assert (home["area"], {"number", "sheet"} & home.keys(), home.get("personal")) == (FAR, set(), None)


async def test_a_birth_into_a_household_that_nobody_heads_leaves_a_task(family: Teller) -> None:
    assert (await family.tell("household.registered", household=ids.third, area=AREA, members=[])).fate == "recorded"
    born = await family.tell("person.born", person=ids.baby, household=ids.third, sex="male")
    assert (born.fate, born.notes) == ("recorded", ("household-without-head",))


AS_HEAD: list[tuple[str, dict[str, Any]]] = [
    ("person.moved", {"person": ids.mai, "household": ids.home, "relation": "head"}),
    ("person.arrived", {"person": ids.new, "household": ids.home, "sex": "male", "relation": "head"}),
    ("person.born", {"person": ids.new, "household": ids.home, "sex": "male", "relation": "head"}),
    ("household.head_changed", {"household": ids.home, "head": ids.an, "former_relation": "head"}),
    (
        "household.registered",
        {
            "household": ids.third,
            "area": AREA,
            "head": ids.new,
            "members": [{"person": one, "sex": "male", "relation": "head"} for one in (ids.new, ids.newer)],
        },
    ),
]


@pytest.mark.parametrize(("kind", "told"), AS_HEAD, ids=[kind for kind, _ in AS_HEAD])
async def test_who_is_told_as_the_head_of_a_household_that_has_another_is_noted(
    family: Teller, kind: str, told: dict[str, Any]
) -> None:
    """Partners would be given two heads of one household, and nobody would know."""
    await family.family(ids.other, mai="female", binh="male")
    answer = await family.tell(kind, **told)
    assert (answer.fate, "told-as-head" in answer.notes) == ("recorded", True)


async def test_who_comes_back_as_the_head_of_a_household_that_has_another_is_noted(family: Teller) -> None:
    await family.tell("person.left", person=ids.an, destination="abroad")
    told = {"person": ids.an, "household": ids.home, "sex": "male"}
    back = await family.tell("person.arrived", on="2025-04-01", **told, relation="head")
    assert (back.fate, back.notes) == ("recorded", ("told-as-head",))


async def test_whoever_is_the_head_is_told_as_the_head_without_a_note(family: Teller) -> None:
    lines = [{"person": ids.mai, "sex": "female", "relation": "head"}, {"person": ids.binh, "sex": "male"}]
    sheet = await family.tell("household.registered", household=ids.other, area=AREA, members=lines, head=ids.mai)
    assert (sheet.fate, sheet.notes) == ("recorded", ())
    changed = await family.tell("household.head_changed", household=ids.other, head=ids.binh, former_relation="spouse")
    assert (changed.fate, "told-as-head" in changed.notes) == ("recorded", False)
