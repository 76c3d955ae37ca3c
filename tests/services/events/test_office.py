"""What does the office decide, and what becomes of reports that wait for it, of sheets and of months?"""

from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from contracts.scopes import Scope
from services.events.intake.answer import Answer
from tests.services.events.telling import ANYBODY, AREA, COMMUNE, FAR, OTHER, PROVINCE, Teller, ids, report

COLLABORATOR = msgspec.structs.replace(
    ANYBODY, client_id="collaborator", scopes=frozenset({Scope.EVENTS_REPORT_WRITE}), areas=(AREA,)
)
OFFICER = msgspec.structs.replace(ANYBODY, client_id="officer", areas=(COMMUNE,))
ELSEWHERE = msgspec.structs.replace(ANYBODY, client_id="elsewhere", areas=(OTHER,))


def reasons(answer: Answer) -> list[str]:
    assert answer.problem is not None
    return [reason.code for reason in answer.problem.reasons]


async def told(teller: Teller, one: Report, access: Any = COLLABORATOR) -> Answer:
    (answer,) = await teller.submit(one, access=access)
    return answer


def decision(kind: str, **told_: Any) -> Report:
    return report(kind, {"on": "2025-05-05"} | told_)


async def fate(teller: Teller, one: Report) -> tuple[str, int | None]:
    async with teller.connections.acquire() as connection:
        row = await connection.fetchrow("select fate, position from outcome where report = $1", one.id)
    assert row is not None
    return row["fate"], row["position"]


@pytest.fixture
async def office(family: Teller) -> Teller:
    """Deaths that collaborators tell wait for the office."""
    family.office_sees_first("person.died")
    return family


def died(person: str = ids.lan, on: str = "2025-04-10") -> Report:
    return report("person.died", {"on": on, "person": person})


async def test_what_waits_for_the_office_is_recorded_once_it_is_approved(office: Teller) -> None:
    death = died()
    answer = await told(office, death)
    assert (answer.fate, answer.need) == ("waiting", f"approved:{death.id}")
    assert answer.reasons == ("seen-by-the-office-first",)
    assert (await office.state(ids.lan))["status"] == "resident"
    approved = await told(office, decision("reports.approved", reports=[death.id]), OFFICER)
    assert approved.fate == "recorded"
    assert (await office.state(ids.lan))["status"] == "dead"
    (_, fact) = (await office.facts())[-1]
    assert (fact.kind, fact.cause.approved) == ("person.died", approved.position)


async def test_an_officer_s_own_report_and_another_kind_wait_for_nobody(office: Teller) -> None:
    assert (await told(office, died(), OFFICER)).fate == "recorded"
    birth = {"on": "2025-04-01", "person": uuid7(), "household": ids.home, "sex": "male"}
    assert (await told(office, report("person.born", birth))).fate == "recorded"


async def test_what_is_returned_goes_back_with_the_reason_and_stays_returned(office: Teller) -> None:
    death = died()
    await told(office, death)
    returned = await told(office, decision("reports.returned", reports=[death.id], reason="Sai ngày"), OFFICER)
    assert returned.fate == "recorded"
    assert (await fate(office, death))[0] == "returned"
    again = await told(office, death)
    assert (again.fate, again.duplicate, reasons(again)) == ("returned", True, ["returned-by-the-office"])
    assert (await office.state(ids.lan))["status"] == "resident"


async def test_reports_of_a_batch_are_approved_by_one_decision(office: Teller) -> None:
    first, second = died(), died(ids.an)
    answers = await office.submit(
        msgspec.structs.replace(first),
        second,
        access=COLLABORATOR,
    )
    assert [answer.fate for answer in answers] == ["waiting", "waiting"]
    both = decision("reports.approved", reports=[first.id, second.id])
    assert (await told(office, both, OFFICER)).fate == "recorded"
    assert [(await fate(office, one))[0] for one in (first, second)] == ["recorded", "recorded"]


async def test_nothing_is_approved_that_does_not_wait_and_nothing_twice(office: Teller) -> None:
    death = died()
    await told(office, death)
    stranger = decision("reports.approved", reports=[death.id, uuid7()])
    assert reasons(await told(office, stranger, OFFICER)) == ["not-in-the-queue"]
    assert (await told(office, decision("reports.approved", reports=[death.id]), OFFICER)).fate == "recorded"
    assert reasons(await told(office, decision("reports.approved", reports=[death.id]), OFFICER)) == [
        "not-in-the-queue"
    ]


async def test_the_office_of_other_places_decides_nothing_here(office: Teller) -> None:
    death = died()
    await told(office, death)
    for kind, more in (("reports.approved", {}), ("reports.returned", {"reason": "x"})):
        answer = await told(office, decision(kind, reports=[death.id], **more), ELSEWHERE)
        assert answer.problem is not None
        assert answer.problem.code == "purpose-not-permitted"
    assert (await fate(office, death))[0] == "waiting"


async def test_a_report_for_another_area_is_handed_over_to_the_office_there(office: Teller) -> None:
    await office.family(ids.far, area=FAR, mai="female")
    left = report("person.left", {"on": "2025-04-10", "person": ids.mai, "destination": "abroad"})
    answer = await told(office, left)
    assert (answer.fate, answer.status) == ("handed_over", 202)
    assert reasons(await told(office, decision("reports.approved", reports=[uuid7()]), OFFICER)) == ["not-in-the-queue"]
    assert (await told(office, decision("reports.approved", reports=[left.id]), OFFICER)).problem is not None
    assert (await told(office, decision("reports.approved", reports=[left.id]), ELSEWHERE)).fate == "recorded"
    assert (await fate(office, left))[0] == "recorded"
    assert (await office.state(ids.mai))["status"] == "outside"


async def test_an_approved_report_that_was_overtaken_is_refused_with_what_it_contradicts(office: Teller) -> None:
    death = died()
    await told(office, death)
    await told(office, died(on="2025-04-09"), OFFICER)
    assert (await told(office, decision("reports.approved", reports=[death.id]), OFFICER)).fate == "recorded"
    assert (await fate(office, death))[0] == "refused"


async def test_a_sheet_is_drawn_up_appraised_and_given_back(office: Teller) -> None:
    sheet = {"area": AREA, "month": "2025-04"}
    assert reasons(await told(office, decision("sheet.appraised", **sheet), OFFICER)) == ["not-drawn-up"]
    early = await told(office, report("sheet.drawn_up", sheet | {"on": "2025-04-30"}))
    assert (early.fate, early.notes) == ("recorded", ("drawn-up-early",))
    assert reasons(await told(office, decision("sheet.drawn_up", **sheet))) == ["already-drawn-up"]
    assert (await told(office, decision("sheet.returned", **sheet, reason="Thiếu"), OFFICER)).fate == "recorded"
    again = await told(office, decision("sheet.returned", **sheet, reason="Thiếu"), OFFICER)
    assert reasons(again) == ["not-drawn-up"]
    assert (await told(office, decision("sheet.drawn_up", **sheet))).notes == ()
    assert (await told(office, decision("sheet.appraised", **sheet), OFFICER)).fate == "recorded"
    assert reasons(await told(office, decision("sheet.appraised", **sheet), OFFICER)) == ["already-appraised"]
    foreign = await told(office, decision("sheet.drawn_up", area=FAR, month="2025-04"))
    assert foreign.problem is not None


async def test_what_is_told_of_a_closed_month_waits_for_the_office_until_that_is_open_again(office: Teller) -> None:
    month = {"commune": COMMUNE, "month": "2025-03"}
    assert (await told(office, decision("month.closed", **month), OFFICER)).fate == "recorded"
    assert reasons(await told(office, decision("month.closed", **month), OFFICER)) == ["already-closed"]
    birth = {"household": ids.home, "sex": "male"}
    late = report("person.born", birth | {"person": uuid7(), "on": "2025-03-15"})
    answer = await told(office, late)
    assert (answer.fate, answer.reasons) == ("waiting", ("month-closed",))
    now = report("person.born", birth | {"person": uuid7(), "on": "2025-04-02"})
    assert (await told(office, now)).fate == "recorded"
    assert (await told(office, decision("month.reopened", **month, reason="Báo muộn"), OFFICER)).fate == "recorded"
    later = report("person.born", birth | {"person": uuid7(), "on": "2025-03-16"})
    assert (await told(office, later)).fate == "recorded"
    assert (await fate(office, late))[0] == "waiting"


@pytest.mark.parametrize(("day", "notes"), [("2025-03-31", ("closed-early",)), ("2025-04-01", ())])
async def test_books_that_are_closed_before_their_month_is_over_are_noted(
    office: Teller, day: str, notes: tuple[str, ...]
) -> None:
    closed = report("month.closed", {"on": day, "commune": COMMUNE, "month": "2025-03"})
    answer = await told(office, closed, OFFICER)
    assert (answer.fate, answer.notes) == ("recorded", notes)


async def test_a_closed_month_stays_closed_where_its_commune_was_merged_since(office: Teller) -> None:
    closed = {"commune": COMMUNE, "month": "2025-03"}
    assert (await told(office, decision("month.closed", **closed), OFFICER)).fate == "recorded"
    new = {"unit": "10600-20250501", "code": "10600", "level": "commune", "names": {"vi": "M"}, "parent": PROVINCE}
    merger = {"on": "2025-05-01", "change": "merge", "units": [COMMUNE], "new": new}
    assert (await told(office, report("unit.reorganised", merger), ANYBODY)).fate == "recorded"
    birth = {"household": ids.home, "sex": "male"}

    async def born(day: str) -> str | None:
        return (await told(office, report("person.born", birth | {"person": uuid7(), "on": day}))).fate

    assert await born("2025-03-15") == "waiting"
    assert await born("2025-04-15") == "recorded"
    # What the former commune left open, its successor closes.
    successor = msgspec.structs.replace(OFFICER, areas=(new["unit"],))
    month = {"commune": new["unit"], "month": "2025-04"}
    assert (await told(office, decision("month.closed", **month), successor)).fate == "recorded"
    assert await born("2025-04-16") == "waiting"
    assert await born("2025-05-02") == "recorded"


async def test_what_is_put_right_out_of_a_closed_month_or_into_it_waits_for_the_office(office: Teller) -> None:
    birth = {"household": ids.home, "sex": "male"}
    march, april = (report("person.born", birth | {"person": uuid7(), "on": on}) for on in ("2025-03-15", "2025-04-02"))
    await office.submit(march, april, access=COLLABORATOR)
    assert (await told(office, decision("month.closed", commune=COMMUNE, month="2025-03"), OFFICER)).fate == "recorded"
    out = report("fact.corrected", {"fact": march.id, "changes": {"on": "2025-04-15"}})
    into = report("fact.corrected", {"fact": april.id, "changes": {"on": "2025-03-02"}})
    assert [answer.fate for answer in await office.submit(out, into, access=COLLABORATOR)] == ["waiting", "waiting"]
    both = decision("reports.approved", reports=[out.id, into.id])
    assert (await told(office, both, OFFICER)).fate == "recorded"
    back = report("fact.voided", {"fact": out.id})
    assert (await told(office, back)).fate == "waiting"


async def test_what_is_put_right_of_an_open_month_is_recorded_though_a_closed_one_follows_from_it(
    office: Teller,
) -> None:
    """Whoever told of April told of April alone: what the books say of May is told again with it."""
    arrived = report("person.arrived", {"on": "2025-04-10", "person": ids.mai, "household": ids.home, "sex": "female"})
    changed = report("person.changed", {"on": "2025-05-10", "person": ids.mai, "new": {"education": "primary"}})
    await office.submit(arrived, changed, access=COLLABORATOR)
    closed = report("month.closed", {"on": "2025-06-01", "commune": COMMUNE, "month": "2025-05"})
    assert (await told(office, closed, OFFICER)).fate == "recorded"
    right = report("fact.corrected", {"fact": arrived.id, "changes": {"birth": "1990"}})
    assert (await told(office, right)).fate == "recorded"
    (_, fact) = (await office.facts())[-1]
    assert {step.on for step in fact.retracts.persons} == {"2025-04-10", "2025-05-10"}


async def test_a_decision_is_neither_corrected_nor_voided(office: Teller) -> None:
    closed = decision("month.closed", commune=COMMUNE, month="2025-03")
    await told(office, closed, OFFICER)
    for kind, more in (("fact.voided", {}), ("fact.corrected", {"changes": {"month": "2025-02"}})):
        answer = await told(office, report(kind, {"fact": closed.id} | more), OFFICER)
        assert reasons(answer) == ["decision-of-the-office"]


async def test_who_is_no_officer_decides_nothing(office: Teller) -> None:
    with pytest.raises(Exception, match="scope"):
        await told(office, decision("month.closed", commune=COMMUNE, month="2025-03"))
