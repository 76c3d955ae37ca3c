"""What becomes of list 6 of the P0 form, thay đổi thông tin cơ bản, and of the numbers that people bear?

The collaborator (cộng tác viên) writes the old value and the new one side by side: education (trình độ học vấn),
residence status (tình trạng cư trú), disability (khuyết tật) and the like. The past keeps what was true of it; what was
wrong from the beginning is a correction (đính chính) instead.

Numbers: số định danh cá nhân, the personal number of 12 digits, given once for life (province of the birth's
registration, century and sex, year, six digits); CMND, the old identity card of 9; thẻ BHYT, the health insurance card;
số BHXH, the social insurance number.

Lan, born 20 May 1990, has lived with An from New Year 2025 on.
"""

from typing import Any
from unicodedata import normalize

import pytest

from contracts.ids import uuid7
from services.events.intake.answer import Answer
from tests.services.events.telling import AREA, Teller, ids, refused_for

HERS, OLD_CARD = "030190012345", "140123456"


@pytest.fixture
async def village(teller: Teller) -> Teller:
    await teller.places()
    personal = {
        "name": "Nguyễn Thị Lan",
        "identifiers": [{"type": "pid", "value": HERS}, {"type": "cmnd", "value": OLD_CARD}],
        "contacts": [{"type": "phone", "value": "0900000012"}],
    }
    lan = {"person": ids.lan, "sex": "female", "birth": "1990-05-20", "education": "college", "personal": personal}
    an = {"person": ids.an, "sex": "male", "birth": "1988"}
    answer = await teller.tell(
        "household.registered", on="2025-01-01", household=ids.home, area=AREA, members=[lan, an], head=ids.an
    )
    assert (answer.fate, answer.notes) == ("recorded", ())
    return teller


async def changes(village: Teller, on: str = "2025-03-01", person: str = "", **told: Any) -> Answer:
    return await village.tell("person.changed", on=on, person=person or ids.lan, **told)


async def numbers(village: Teller, kind: str, *told: dict[str, str], on: str = "2025-03-01") -> Answer:
    return await village.tell(f"person.identifier_{kind}", on=on, person=ids.lan, personal={"identifiers": told})


async def lan(village: Teller) -> Any:
    return await village.state(ids.lan)


async def test_new_values_are_taken_and_the_past_keeps_the_old_ones(village: Teller) -> None:
    answer = await changes(village, old={"education": "college"}, new={"education": "university", "ethnicity": "02"})
    assert (answer.fate, answer.notes) == ("recorded", ())
    (step,) = next(fact for at, fact in await village.facts() if at == answer.position).asserts.persons
    assert step.before is not None
    assert step.after is not None
    assert (step.before.education, step.after.education, step.after.ethnicity) == ("college", "university", "02")


async def test_an_old_value_that_is_not_on_record_is_noted_and_the_new_one_taken(village: Teller) -> None:
    """Order of arrival never refuses: an earlier change may simply not be here yet."""
    answer = await changes(village, old={"education": "primary"}, new={"education": "university"})
    assert (answer.fate, answer.notes) == ("recorded", ("old-value-differs",))
    assert (await lan(village))["education"] == "university"


async def test_a_birth_year_does_not_differ_from_a_birth_day_in_it(village: Teller) -> None:
    answer = await changes(village, person=ids.an, old={"birth": "1988-04-17"}, new={"birth": "1988-04-18"})
    assert answer.notes == ()
    assert (await village.state(ids.an))["birth"] == "1988-04-18"


@pytest.mark.parametrize(
    ("told", "notes"),
    [("1990", ()), ("1990-05", ()), ("1990-05-20", ()), ("1991", ("birth-differs",)), ("1990-06", ("birth-differs",))],
)
async def test_whoever_arrives_with_a_date_told_less_exactly_was_born_as_recorded(
    village: Teller, told: str, notes: tuple[str, ...]
) -> None:
    await village.tell("person.left", person=ids.lan, destination="unknown")
    there = {"person": ids.lan, "household": ids.home, "sex": "female", "birth": told}
    answer = await village.tell("person.arrived", on="2025-03-02", **there)
    assert [note for note in answer.notes if note.startswith("birth")] == list(notes)
    assert (await lan(village))["birth"] == "1990-05-20"


@pytest.mark.parametrize(("sex", "notes"), [("female", ()), ("unknown", ()), ("male", ("sex-differs",))])
async def test_whoever_comes_back_keeps_her_sex_and_is_told_of_as_otherwise_she_is_by_then(
    village: Teller, sex: str, notes: tuple[str, ...]
) -> None:
    await village.tell("person.left", person=ids.lan, destination="abroad")
    for on, residence in (("2025-03-02", {"residence": "temporary"}), ("2025-03-04", {})):
        back = await village.tell("person.arrived", on=on, person=ids.lan, household=ids.home, sex=sex, **residence)
        assert (back.fate, back.notes) == ("recorded", notes)
        state = await lan(village)
        assert (state["sex"], state["residence"]) == ("female", "temporary")
        await village.tell("person.left", on="2025-03-03", person=ids.lan, destination="abroad")


async def test_a_change_told_late_does_not_undo_a_later_one(village: Teller) -> None:
    await changes(village, on="2025-03-01", new={"residence": "temporarily_away"})
    await changes(village, on="2025-02-01", new={"residence": "present", "occupation": "Giáo viên"})
    assert ((await lan(village))["residence"], (await lan(village))["occupation"]) == ("temporarily_away", "Giáo viên")


async def test_unknown_and_refused_are_values(village: Teller) -> None:
    await changes(village, new={"education": "refused", "ethnicity": "unknown", "disability": "refused"})
    state = await lan(village)
    assert [state["education"], state["ethnicity"], state["disability"]] == ["refused", "unknown", "refused"]


async def test_disability_is_told_with_its_degree(village: Teller) -> None:
    await changes(village, new={"disability": "movement", "disability_degree": "severe"})
    assert ((await lan(village))["disability"], (await lan(village))["disability_degree"]) == ("movement", "severe")


async def test_what_is_on_record_already_is_noted_and_the_same_report_again_a_duplicate(village: Teller) -> None:
    first = await changes(village, new={"education": "university"})
    other = await changes(village, on="2025-03-05", new={"education": "university"})
    assert (other.fate, other.notes) == ("recorded", ("already-on-record",))
    again = await changes(village, new={"education": "university"})
    assert (again.fate, again.position) == ("duplicate", first.position)


async def test_two_changes_of_one_day_are_two_events(village: Teller) -> None:
    await changes(village, new={"education": "university"})
    assert (await changes(village, new={"occupation": "Giáo viên"})).fate == "recorded"
    answer = await changes(village, new={"birth": "2025-04"})
    assert refused_for(answer) == ["born-after-event"]


async def test_a_new_name_leaves_numbers_and_contacts_alone(village: Teller) -> None:
    told = {"old_name": "Nguyễn Thị Lan", "name": "Nguyễn Thị Lan Anh"}
    assert (await changes(village, personal=told)).notes == ()
    personal = (await lan(village))["personal"]
    assert personal["name"] == "Nguyễn Thị Lan Anh"
    assert [one["value"] for one in (*personal["identifiers"], *personal["contacts"])] == [HERS, OLD_CARD, "0900000012"]


async def test_a_name_is_kept_composed(village: Teller) -> None:
    """A phone that sends letters and tones apart tells the same name."""
    apart = {
        name: normalize("NFD", text) for name, text in (("old_name", "Nguyễn Thị Lan"), ("name", "Nguyễn Thị Huệ"))
    }
    assert (await changes(village, personal=apart)).notes == ()
    assert (await lan(village))["personal"]["name"] == "Nguyễn Thị Huệ"


async def test_whoever_had_no_personal_data_gets_a_name(village: Teller) -> None:
    await changes(village, person=ids.an, personal={"name": "Trần Văn An"})
    assert (await village.state(ids.an))["personal"] == {"name": "Trần Văn An"}


async def test_marital_status_is_put_on_record_where_no_spouse_is(village: Teller) -> None:
    assert (await changes(village, new={"marital": "widowed"})).fate == "recorded"
    await changes(village, on="2025-03-02", new={"marital": "single"})
    await village.tell("person.married", on="2025-03-03", person=ids.lan, spouse=ids.an)
    answer = await changes(village, on="2025-03-04", new={"marital": "divorced"})
    assert refused_for(answer) == ["spouse-on-record"]


async def test_the_relation_of_the_head_is_changed_by_a_change_of_head_only(village: Teller) -> None:
    assert (await changes(village, new={"relation": "spouse"})).fate == "recorded"
    assert refused_for(await changes(village, person=ids.an, new={"relation": "child"})) == ["relation-is-head"]
    await village.tell("person.left", on="2025-03-10", person=ids.lan, destination="abroad")
    answer = await changes(village, on="2025-03-11", new={"relation": "other"})
    assert (answer.fate, answer.need) == ("waiting", f"arrived:{ids.lan}"), "she may have come back"


async def test_nothing_changes_for_the_dead(village: Teller) -> None:
    await village.tell("person.died", on="2025-02-01", person=ids.lan)
    assert refused_for(await changes(village, new={"education": "primary"})) == ["already-dead"]
    assert refused_for(await numbers(village, "issued", {"type": "bhxh", "value": "0120860538"})) == ["already-dead"]


async def test_a_change_waits_for_its_person(village: Teller) -> None:
    answer = await changes(village, person=ids.dung, new={"education": "primary"})
    assert (answer.fate, answer.need) == ("waiting", ids.dung)
    await village.tell("person.arrived", on="2025-02-01", person=ids.dung, household=ids.home, sex="male")
    assert (await village.state(ids.dung))["education"] == "primary"


async def test_a_change_is_put_right_and_taken_back_like_any_report(village: Teller) -> None:
    one = uuid7()
    await village.tell("person.changed", id=one, person=ids.lan, new={"education": "university"})
    await village.tell("fact.corrected", on=None, fact=one, changes={"new": {"education": "postgraduate"}})
    assert (await lan(village))["education"] == "postgraduate"
    await village.tell("fact.voided", on=None, fact=one)
    assert (await lan(village))["education"] == "college"


async def test_a_card_of_the_same_type_becomes_a_former_one(village: Teller) -> None:
    await numbers(village, "issued", {"type": "bhyt", "value": "DN4300120860538"}, on="2025-02-01")
    await numbers(village, "issued", {"type": "bhyt", "value": "0120860539", "valid_to": "2028-01-01"})
    personal = (await lan(village))["personal"]
    assert personal["identifiers"][2:] == [
        {"type": "bhyt", "value": "0120860539", "valid_from": "2025-03-01", "valid_to": "2028-01-01"}
    ]
    assert personal["former"] == [
        {"type": "bhyt", "value": "DN4300120860538", "valid_from": "2025-02-01", "valid_to": "2025-03-01"}
    ]


async def test_a_withdrawn_number_stays_on_record_among_the_former_ones(village: Teller) -> None:
    assert (await numbers(village, "withdrawn", {"type": "cmnd", "value": OLD_CARD})).notes == ()
    personal = (await lan(village))["personal"]
    assert [one["type"] for one in personal["identifiers"]] == ["pid"]
    assert personal["former"] == [{"type": "cmnd", "value": OLD_CARD, "valid_to": "2025-03-01"}]


async def test_the_withdrawal_of_a_number_that_is_not_on_record_tells_of_the_number(village: Teller) -> None:
    answer = await numbers(village, "withdrawn", {"type": "bhxh", "value": "0120860538"})
    assert (answer.fate, answer.notes) == ("recorded", ("number-not-on-record",))
    assert (await lan(village))["personal"]["former"][0]["value"] == "0120860538"


async def test_an_issue_told_after_the_withdrawal_fills_in_its_beginning(village: Teller) -> None:
    await numbers(village, "withdrawn", {"type": "bhxh", "value": "0120860538"}, on="2025-03-01")
    await numbers(village, "issued", {"type": "bhxh", "value": "0120860538"}, on="2025-02-01")
    assert (await lan(village))["personal"]["former"] == [
        {"type": "bhxh", "value": "0120860538", "valid_from": "2025-02-01", "valid_to": "2025-03-01"}
    ]


@pytest.mark.parametrize(
    ("told", "borne", "former"),
    [
        pytest.param(
            [("issued", {"valid_to": "2024-01-01"})], {"valid_to": "2024-01-01"}, None, id="one that is valid no more"
        ),
        pytest.param(
            [("issued", {"valid_to": "2024-01-01"}), ("issued", {"valid_from": "2025-03-02"})],
            {"valid_from": "2025-03-02"},
            None,
            id="a new term of the same card",
        ),
        pytest.param(
            [("issued", {"valid_from": "2026-01-01"}), ("issued", {"value": "0120860539"})],
            {"value": "0120860539", "valid_from": "2025-03-02"},
            {"valid_from": "2026-01-01"},
            id="one replaced before it is valid",
        ),
        pytest.param(
            [("issued", {"valid_from": "2026-01-01"}), ("withdrawn", {})],
            None,
            {"valid_from": "2026-01-01"},
            id="one withdrawn before it is valid",
        ),
        pytest.param(
            [("issued", {}), ("withdrawn", {"valid_to": "2024-01-01"})],
            None,
            {"valid_to": "2024-01-01"},
            id="one that had ended before it was issued",
        ),
        pytest.param([("withdrawn", {"valid_from": "2026-01-01"})], None, {"valid_from": "2026-01-01"}, id="unknown"),
    ],
)
async def test_no_number_ends_before_it_begins_where_only_the_one_was_told(
    village: Teller, told: list[tuple[str, dict[str, str]]], borne: dict[str, str] | None, former: dict[str, str] | None
) -> None:
    """The day of a report stands in for a bound that nobody told, and not where it contradicts one that was told."""
    card = {"type": "bhyt", "value": "0120860538"}
    for day, (kind, more) in enumerate(told, start=1):
        assert (await numbers(village, kind, card | more, on=f"2025-03-0{day}")).fate == "recorded"
    personal = (await lan(village))["personal"]
    assert personal["identifiers"][2:] == ([] if borne is None else [card | borne])
    assert personal.get("former", []) == ([] if former is None else [card | former])


async def test_another_personal_number_is_taken_and_noted_since_it_is_given_for_life(village: Teller) -> None:
    answer = await numbers(village, "issued", {"type": "pid", "value": "031190099999"})
    assert (answer.fate, answer.notes) == ("recorded", ("personal-number-changed",))


async def test_a_number_that_somebody_else_bears_is_noted(village: Teller) -> None:
    told = {"type": "cmnd", "value": OLD_CARD}
    answer = await village.tell("person.identifier_issued", person=ids.an, personal={"identifiers": [told]})
    assert answer.notes == ("identifier-clash",)
    late = await village.tell("person.changed", on="2025-02-01", person=ids.an, new={"education": "primary"})
    assert late.notes == (), "what it asserts anew was noted when it was told"


@pytest.mark.parametrize(
    ("number", "notes"),
    [
        ("030190055555", ()),
        ("003190012345", ("number-of-no-province",)),
        ("030090012345", ("number-against-sex",)),
        ("030191012345", ("number-against-birth",)),
        ("030390012345", ("number-against-birth",)),
        ("999299012345", ("number-of-no-province", "number-against-sex", "number-against-birth")),
    ],
)
async def test_a_personal_number_that_does_not_fit_is_noted_and_never_refused(
    village: Teller, number: str, notes: tuple[str, ...]
) -> None:
    """Digits 1 to 3: province; 4: century and sex (1 is a woman of the 1900s, 3 of the 2000s); 5 and 6: year."""
    personal = {"name": "Lê Thị Mai", "identifiers": [{"type": "pid", "value": number}]}
    told: dict[str, Any] = {"sex": "female", "birth": "1990-11-02", "personal": personal}
    arrived = await village.tell("person.arrived", person=ids.mai, household=ids.home, **told)
    sheet = {"person": ids.thu, **told}
    registered = await village.tell(
        "household.registered", household=ids.new, area=AREA, members=[sheet], head=ids.thu, on="2025-01-01"
    )
    assert (arrived.fate, registered.fate) == ("recorded", "recorded")
    assert arrived.notes == notes
    assert registered.notes[: len(notes)] == notes


async def test_a_newborns_number_is_looked_at_too(village: Teller) -> None:
    personal = {"name": "Trần Thị Thu", "identifiers": [{"type": "pid", "value": "030225000001"}]}
    answer = await village.tell("person.born", person=ids.thu, household=ids.home, sex="female", personal=personal)
    assert answer.notes == ("number-against-sex",)


async def test_a_changed_birth_date_or_sex_is_held_against_the_number(village: Teller) -> None:
    assert (await changes(village, new={"birth": "1991-05-20"})).notes == ("number-against-birth",)
    answer = await changes(village, on="2025-03-02", new={"birth": "1990-05-20", "sex": "male"})
    assert answer.notes == ("number-against-sex",)


async def test_a_correction_on_which_another_rests_is_taken_back_after_that_one_only(village: Teller) -> None:
    """The second says what the book had said of the education that the first has added."""
    told, day, first, second = uuid7(), uuid7(), uuid7(), uuid7()
    await changes(village, id=told, new={"ethnicity": "02"})
    await village.tell("fact.corrected", id=day, on=None, fact=told, changes={"on": "2025-03-02"})
    both = {"new": {"ethnicity": "02", "education": "primary"}}
    await village.tell("fact.corrected", id=first, on=None, fact=told, previous=day, changes=both)
    old = {"old": {"education": "none"}}
    answer = await village.tell("fact.corrected", id=second, on=None, fact=told, previous=first, changes=old)
    assert answer.fate == "recorded"
    refused = await village.tell("fact.voided", on=None, fact=first)
    assert refused.problem is not None
    assert [(reason.code, reason.facts) for reason in refused.problem.reasons] == [
        ("contradicts-later", (answer.position,))
    ]
    assert (await village.tell("fact.voided", on=None, fact=second)).fate == "recorded"
    assert (await village.tell("fact.voided", on=None, fact=first)).fate == "recorded"
    assert (await village.state(ids.lan)).get("education", "unknown") != "primary"


async def test_new_contacts_stand_in_place_of_those_on_record_and_leave_the_name_alone(village: Teller) -> None:
    mail = [{"type": "email", "value": "lan@example.vn"}]
    assert (await changes(village, personal={"contacts": mail})).notes == ()
    personal = (await lan(village))["personal"]
    assert (personal["name"], personal["contacts"]) == ("Nguyễn Thị Lan", mail)
    again = await changes(village, on="2025-03-02", personal={"contacts": mail})
    assert (again.fate, again.notes) == ("recorded", ("already-on-record",))


async def test_a_number_that_was_withdrawn_is_no_former_one_twice(village: Teller) -> None:
    card = {"type": "cmnd", "value": OLD_CARD}
    await numbers(village, "withdrawn", card)
    again = await numbers(village, "withdrawn", card, on="2025-04-01")
    assert (again.fate, again.notes) == ("recorded", ("already-on-record",))
    assert (await lan(village))["personal"]["former"] == [card | {"valid_to": "2025-03-01"}]
