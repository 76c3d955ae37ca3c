"""Do two records of one human being become one, and a move that nobody completes come to an end, and back again?

Given what is on the books, when something is told, then what follows. "Hợp nhất" is to merge two records of one
person, "xóa khỏi sổ" to strike off the books, "chuyển đi" a departure and "chuyển đến" an arrival.
"""

import pytest

from contracts.ids import uuid7
from kit.http.problems import ContradictsRecord
from services.events.intake.answer import Answer
from tests.services.events.telling import AREA, SECOND, Teller, ids, report


@pytest.fixture
async def books(teller: Teller) -> Teller:
    """Two households in two areas; Hoa and Hoà are one woman whom two collaborators put on the books."""
    await teller.places()
    await teller.family(ids.home, hoa="female", an="male")
    await teller.family(ids.other, area=SECOND, hoà="female", binh="male")
    return teller


def reasons(answer: Answer) -> list[tuple[str, tuple[int, ...], str | None]]:
    assert isinstance(answer.problem, ContradictsRecord), answer
    return [(reason.code, tuple(reason.facts), reason.instead) for reason in answer.problem.reasons]


async def test_a_double_is_struck_off_and_points_to_who_goes_on(books: Teller) -> None:
    answer = await books.tell("person.merged", person=ids.hoà, into=ids.hoa)
    assert answer.fate == "recorded"
    assert "household-without-head" in answer.notes
    double = await books.state(ids.hoà)
    assert (double["status"], double["merged_into"]) == ("merged", ids.hoa)
    assert "household" not in double
    assert "area" not in double
    assert (await books.state(ids.hoa))["area"] == AREA


async def test_what_is_told_of_the_double_later_is_refused_and_names_who_goes_on(books: Teller) -> None:
    merger = await books.tell("person.merged", person=ids.hoà, into=ids.hoa)
    for on in ("2025-03-02", "2025-02-01"):
        refused = await books.tell("person.died", on=on, person=ids.hoà)
        assert reasons(refused) == [("merged-into-another", (merger.position,), ids.hoa)]
    child = await books.tell("person.born", person=ids.baby, household=ids.home, sex="male", mother=ids.hoà)
    assert reasons(child) == [("merged-into-another", (merger.position,), ids.hoa)]


async def test_whoever_was_merged_with_a_double_leads_to_the_last_one(books: Teller) -> None:
    await books.tell("person.merged", on="2025-03-01", person=ids.hoà, into=ids.hoa)
    await books.tell("household.registered", on="2025-03-01", household=ids.third, area=AREA, members=[
        {"person": ids.hoá, "sex": "female"}
    ])  # fmt: skip
    await books.tell("person.merged", on="2025-03-02", person=ids.hoa, into=ids.hoá)
    refused = await books.tell("person.left", on="2025-03-03", person=ids.hoà)
    assert reasons(refused)[0][2] == ids.hoá


async def test_voiding_a_merger_parts_the_two_again_as_they_were(books: Teller) -> None:
    before = await books.state(ids.hoà), await books.state(ids.other)
    await books.tell("person.merged", id=str(ids.merger), person=ids.hoà, into=ids.hoa)
    await books.tell("fact.voided", on=None, fact=ids.merger)
    assert (await books.state(ids.hoà), await books.state(ids.other)) == before
    assert (await books.tell("person.died", person=ids.hoà)).fate == "recorded"


@pytest.mark.parametrize("marital", [None, "married", "separated"])
async def test_a_husband_of_the_double_is_the_husband_of_who_goes_on(books: Teller, marital: str | None) -> None:
    if marital is not None:
        await books.tell("person.changed", on="2025-02-01", person=ids.hoa, new={"marital": marital})
    await books.tell("person.married", on="2025-02-01", person=ids.hoà, spouse=ids.binh)
    await books.tell("person.merged", person=ids.hoà, into=ids.hoa)
    assert (await books.state(ids.binh))["spouse"] == ids.hoa
    wife = await books.state(ids.hoa)
    assert (wife["marital"], wife["spouse"]) == ("married", ids.binh)


async def registered(books: Teller, person: str, household: str, on: str = "2025-01-01", **told: str) -> None:
    line = {"person": person, "sex": "female", **told}
    answer = await books.tell("household.registered", on=on, household=household, area=AREA, members=[line])
    assert answer.fate == "recorded", answer


async def test_nothing_becomes_of_a_couple_of_whom_the_double_claimed_one(books: Teller) -> None:
    await books.tell("person.married", on="2025-02-01", person=ids.hoa, spouse=ids.an)
    await registered(books, ids.chi, ids.third, marital="married", spouse=ids.an)
    answer = await books.tell("person.merged", person=ids.chi, into=ids.hoà)
    assert "double-married" not in answer.notes
    assert [(await books.state(one)).get("spouse") for one in (ids.an, ids.hoa, ids.hoà)] == [ids.hoa, ids.an, None]


async def test_nothing_becomes_of_a_husband_of_the_double_who_is_dead(books: Teller) -> None:
    """His sheet named her before she was on the books, and he died before that."""
    await registered(books, ids.dung, ids.third, marital="married", spouse=ids.chi)
    await books.tell("person.died", on="2025-02-01", person=ids.dung)
    await registered(books, ids.chi, ids.fourth, on="2025-02-02", marital="married", spouse=ids.dung)
    before = await books.state(ids.dung)
    assert (await books.tell("person.merged", person=ids.chi, into=ids.hoa)).fate == "recorded"
    assert await books.state(ids.dung) == before
    assert "spouse" not in await books.state(ids.hoa)


async def test_who_is_recorded_as_divorced_gets_no_husband_from_her_double(books: Teller) -> None:
    await books.tell("person.changed", on="2025-02-01", person=ids.hoa, new={"marital": "divorced"})
    await books.tell("person.married", on="2025-02-01", person=ids.hoà, spouse=ids.binh)
    answer = await books.tell("person.merged", person=ids.hoà, into=ids.hoa)
    assert "double-married" in answer.notes
    assert (await books.state(ids.hoa))["marital"] == "divorced"
    husband = await books.state(ids.binh)
    assert (husband["marital"], husband.get("spouse")) == ("married", None)


async def test_two_husbands_are_not_made_one_but_noted(books: Teller) -> None:
    await books.tell("person.married", on="2025-02-01", person=ids.hoà, spouse=ids.binh)
    await books.tell("person.married", on="2025-02-01", person=ids.hoa, spouse=ids.an)
    answer = await books.tell("person.merged", person=ids.hoà, into=ids.hoa)
    assert "double-married" in answer.notes
    assert (await books.state(ids.hoa))["spouse"] == ids.an
    assert "spouse" not in await books.state(ids.binh)


async def test_who_died_cannot_be_the_double_of_who_lives(books: Teller) -> None:
    death = await books.tell("person.died", on="2025-02-01", person=ids.hoà)
    refused = await books.tell("person.merged", person=ids.hoà, into=ids.hoa)
    assert reasons(refused) == [("already-dead", (death.position,), None)]
    assert (await books.tell("person.merged", person=ids.hoa, into=ids.hoà)).fate == "recorded"


async def test_a_couple_or_mother_and_child_are_not_one_human_being(books: Teller) -> None:
    wedding = await books.tell("person.married", on="2025-02-01", person=ids.hoa, spouse=ids.an)
    birth = await books.tell("person.born", person=ids.baby, household=ids.home, sex="female", mother=ids.hoa)
    for one, other, code, fact in (
        (ids.hoa, ids.an, "own-spouse", wedding),
        (ids.an, ids.hoa, "own-spouse", wedding),
        (ids.baby, ids.hoa, "own-mother", birth),
        (ids.hoa, ids.baby, "own-mother", birth),
    ):
        refused = await books.tell("person.merged", person=one, into=other)
        assert reasons(refused) == [(code, (fact.position,), None)]
    assert reasons(await books.tell("person.merged", person=ids.hoa, into=ids.hoa))[0][0] == "own-double"


async def test_a_merger_before_what_the_double_did_later_lists_those_facts(books: Teller) -> None:
    moved = await books.tell("person.moved", on="2025-04-01", person=ids.hoà, household=ids.home)
    refused = await books.tell("person.merged", on="2025-03-01", person=ids.hoà, into=ids.hoa)
    assert reasons(refused) == [("merged-into-another", (moved.position,), None)]


@pytest.mark.parametrize("destination", ["inside_country", "abroad"])
async def test_where_the_double_alone_lived_somewhere_it_is_noted_that_nobody_does_now(
    books: Teller, destination: str
) -> None:
    here = await books.tell("person.merged", on="2025-03-01", person=ids.hoà, into=ids.hoa)
    await books.tell("fact.voided", on=None, fact=here.id)
    await books.tell("person.left", on="2025-03-01", person=ids.hoa, destination=destination)
    gone = await books.tell("person.merged", on="2025-03-02", person=ids.hoà, into=ids.hoa)
    assert ("double-lived-here" in here.notes, "double-lived-here" in gone.notes) == (False, True)


async def test_sex_and_birth_that_differ_are_noted(books: Teller) -> None:
    answer = await books.tell("person.merged", person=ids.an, into=ids.hoà)
    assert "sex-differs" in answer.notes


@pytest.mark.parametrize(
    ("birth", "differs"), [("1990", False), ("1990-05", False), ("1990-06", True), ("1991", True), ("1990-05-21", True)]
)
@pytest.mark.parametrize("order", [1, -1], ids=["the double's", "hers who goes on"])
async def test_a_birth_told_less_exactly_of_one_of_the_two_does_not_differ(
    books: Teller, birth: str, order: int, *, differs: bool
) -> None:
    await registered(books, ids.chi, ids.third, birth=birth)
    double, into = (ids.chi, ids.hoa)[::order]
    answer = await books.tell("person.merged", person=double, into=into)
    assert (answer.fate, "birth-differs" in answer.notes) == ("recorded", differs)


@pytest.mark.parametrize(
    ("day", "note"),
    [("2025-02-01", "possible-twin-report"), ("2025-02-10", "births-close-together"), ("2026-02-01", None)],
)
async def test_a_child_whom_both_bore_on_one_day_may_be_one(books: Teller, day: str, note: str | None) -> None:
    """Each of two collaborators told her own Hoa's birth, which nobody could compare till then."""
    for child, on, home, mother in ((ids.baby, "2025-02-01", ids.home, ids.hoa), (ids.vy, day, ids.other, ids.hoà)):
        born = await books.tell("person.born", on=on, person=child, household=home, sex="male", mother=mother)
        assert born.notes == ()
    answer = await books.tell("person.merged", on="2026-03-01", person=ids.hoà, into=ids.hoa)
    assert {"possible-twin-report", "births-close-together"} & set(answer.notes) == ({note} if note else set())


@pytest.mark.parametrize("order", [1, -1], ids=["the double's child", "hers who goes on"])
async def test_children_who_are_one_already_are_no_task_of_their_mothers(books: Teller, order: int) -> None:
    for child, home, mother in ((ids.baby, ids.home, ids.hoa), (ids.vy, ids.other, ids.hoà)):
        await books.tell("person.born", on="2025-02-01", person=child, household=home, sex="male", mother=mother)
    double, into = (ids.vy, ids.baby)[::order]
    await books.tell("person.merged", on="2025-03-01", person=double, into=into)
    answer = await books.tell("person.merged", on="2025-03-02", person=ids.hoà, into=ids.hoa)
    assert "possible-twin-report" not in answer.notes


async def test_no_man_takes_over_the_pregnancy_of_his_double(books: Teller) -> None:
    """One of the two sexes is wrong; once it is put right, the pregnancy is hers who goes on."""
    sheet = uuid7()
    await books.submit(
        report(
            "household.registered",
            {"on": "2025-01-01", "household": ids.third, "area": AREA, "members": [{"person": ids.vy, "sex": "male"}]},
            id=sheet,
        )
    )
    await books.tell("person.pregnancy_reported", on="2025-02-01", person=ids.hoà, event="pregnant")
    await books.tell("person.prenatally_screened", on="2025-02-02", person=ids.hoà, visit="week_12", down="low")
    await books.tell("person.contraception_stopped", on="2025-02-03", person=ids.hoà, method="pill")
    answer = await books.tell("person.merged", person=ids.hoà, into=ids.vy)
    assert (answer.fate, "sex-differs" in answer.notes) == ("recorded", True)
    assert set((await books.state(ids.vy))["care"]) == {"contraception"}
    await books.tell("fact.corrected", on=None, fact=sheet, member=ids.vy, changes={"sex": "female"})
    assert (await books.state(ids.vy))["care"]["pregnancy"] == {"since": "2025-02-01"}


async def test_whoever_leaves_is_in_transit_from_her_area_to_the_place_told(books: Teller) -> None:
    await books.tell("person.left", person=ids.hoa, destination="inside_country", place="10507-20190101")
    state = await books.state(ids.hoa)
    assert state["transit"] == {"area": AREA, "on": "2025-03-01", "place": "10507-20190101"}
    await books.tell("person.arrived", on="2025-03-05", person=ids.hoa, household=ids.other, sex="female")
    assert "transit" not in await books.state(ids.hoa)


async def test_a_move_that_nobody_completes_is_closed_and_she_lives_outside_of_the_books(books: Teller) -> None:
    await books.tell("person.left", person=ids.hoa, destination="inside_country")
    assert (await books.tell("move.closed", on="2025-05-01", person=ids.hoa)).fate == "recorded"
    state = await books.state(ids.hoa)
    assert state["status"] == "outside"
    assert "transit" not in state


async def test_only_who_is_in_transit_has_a_move_to_close(books: Teller) -> None:
    refused = await books.tell("move.closed", on="2025-05-01", person=ids.hoa)
    assert reasons(refused)[0][0] == "not-in-transit"


async def test_the_late_other_half_of_a_closed_move_completes_it(books: Teller) -> None:
    await books.tell("person.left", person=ids.hoa, destination="inside_country")
    await books.tell("move.closed", on="2025-05-01", person=ids.hoa)
    late = await books.tell("person.arrived", on="2025-03-05", person=ids.hoa, household=ids.other, sex="female")
    assert late.fate == "recorded"
    state = await books.state(ids.hoa)
    assert (state["status"], state["household"]) == ("resident", ids.other)


async def test_the_number_of_a_double_is_no_clash_for_who_goes_on_until_they_are_parted(books: Teller) -> None:
    card = {"identifiers": [{"type": "cmnd", "value": "141414141"}]}
    await books.tell("person.identifier_issued", on="2025-02-01", person=ids.hoà, personal=card)
    await books.tell("person.merged", id=str(ids.merger), person=ids.hoà, into=ids.hoa)
    hers = await books.tell("person.identifier_issued", on="2025-03-02", person=ids.hoa, personal=card)
    his = await books.tell("person.identifier_issued", on="2025-03-02", person=ids.binh, personal=card)
    assert (hers.notes, his.notes) == ((), ("identifier-clash",))
    await books.tell("fact.voided", on=None, fact=ids.merger)
    again = await books.tell("person.identifier_issued", on="2025-03-03", person=ids.an, personal=card)
    assert again.notes == ("identifier-clash",)


async def test_the_number_of_a_double_is_no_clash_in_the_very_batch_that_merges_them(books: Teller) -> None:
    card = {"identifiers": [{"type": "cmnd", "value": "141414141"}]}
    answers = await books.submit(
        report("person.identifier_issued", {"on": "2025-02-01", "person": ids.hoà, "personal": card}),
        report("person.merged", {"on": "2025-03-01", "person": ids.hoà, "into": ids.hoa}),
        report("person.identifier_issued", {"on": "2025-03-02", "person": ids.hoa, "personal": card}),
    )
    assert {answer.fate for answer in answers} == {"recorded"}
    assert "identifier-clash" not in answers[2].notes


async def test_a_widower_of_the_double_is_not_wed_to_who_is_dead(books: Teller) -> None:
    """He is not widowed by it either: nobody told of his wife's death."""
    await books.tell("person.married", on="2025-02-01", person=ids.hoà, spouse=ids.binh)
    await books.tell("person.died", on="2025-02-10", person=ids.hoa)
    answer = await books.tell("person.merged", person=ids.hoà, into=ids.hoa)
    assert "double-married" in answer.notes
    husband = await books.state(ids.binh)
    assert (husband["marital"], husband.get("spouse")) == ("married", None)
    assert "spouse" not in await books.state(ids.hoa)
