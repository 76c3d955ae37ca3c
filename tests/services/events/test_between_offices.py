"""What does an office find on its desk, and what comes of what it decides, where things come together?"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from contracts.scopes import Scope
from deploy.local.databases import Database
from services.events.deciding.decide import decide
from services.events.report.line import Line
from services.events.report.parse import check
from services.events.store import restore as restoring
from tests.services.events.conftest import build
from tests.services.events.publishing import published, relaying, settings_for
from tests.services.events.telling import ANYBODY, AREA, COMMUNE, FAR, OTHER, PROVINCE, Teller, ids, report
from tests.services.events.test_amended import amended
from tests.services.events.test_api import asking
from tests.services.events.test_office import COLLABORATOR, ELSEWHERE, OFFICER, decision, died, fate, reasons, told
from tests.support.topics import Topics

KINDS = frozenset({"person.born", "person.died", "person.contraception_started"})
CHILD: dict[str, Any] = {"household": ids.home, "mother": ids.lan, "sex": "female", "personal": {"name": "Gia Hân"}}

PROVINCIAL = msgspec.structs.replace(OFFICER, areas=(PROVINCE,))
FOURTH = {"unit": "10610-20250301", "code": "10610", "level": "commune", "names": {"vi": "M"}, "parent": PROVINCE}


@pytest.fixture
async def office(family: Teller) -> Teller:
    """Births, deaths and contraception that collaborators tell wait for the office."""
    family.office_sees_first(*KINDS)
    return family


@pytest.mark.parametrize("changes", [{"birth_order": 2}, {"on": "2025-03-01"}])
async def test_a_birth_on_the_books_under_another_id_is_not_amended_and_waits_on(
    office: Teller, changes: dict[str, Any]
) -> None:
    day = "2025-03-02" if "on" in changes else "2025-03-01"
    birth = report("person.born", CHILD | {"on": day, "person": ids.one})
    assert (await told(office, birth, COLLABORATOR)).fate == "waiting"
    same = report("person.born", CHILD | {"on": "2025-03-01", "person": ids.two})
    assert (await told(office, same, OFFICER)).fate == "recorded"
    answer = await told(office, amended(birth, changes), OFFICER)
    assert (answer.fate, reasons(answer)) == ("refused", ["told-already"])
    assert (await fate(office, birth))[0] == "waiting"
    given_back = decision("reports.returned", reports=[birth.id], reason="Đã có trong sổ")
    assert (await told(office, given_back, OFFICER)).fate == "recorded"


async def moved_away(office: Teller, death: Report) -> None:
    """Her death waits for the office of a commune that she left before that day for another one."""
    assert (await told(office, death)).fate == "waiting"
    await office.family(ids.far, area=FAR, mai="female")
    moved = report("person.moved", {"on": "2025-04-05", "person": ids.lan, "household": ids.far})
    assert (await told(office, moved, ANYBODY)).fate == "recorded"


@pytest.mark.parametrize(
    "decided",
    [
        lambda one, other: decision("reports.approved", reports=[other.id, one.id]),
        lambda one, other: decision("reports.returned", reports=[one.id, other.id], reason="Sai"),
        lambda one, _: amended(one, {"on": "2025-04-09"}),
    ],
)
async def test_an_office_decides_nothing_about_who_is_another_s_by_now_and_hands_it_on(
    office: Teller, decided: Callable[[Report, Report], Report]
) -> None:
    death, other = died(), died(ids.an)
    await moved_away(office, death)
    assert (await told(office, other)).fate == "waiting"
    answer = await told(office, decided(death, other), OFFICER)
    assert (answer.fate, reasons(answer)) == ("refused", ["on-another-desk"])
    assert (await desk(office, "queue", frozenset(Scope))).keys() == {other.id}
    (there,) = (await desk(office, "queue", frozenset(Scope), unit=OTHER)).values()
    assert (there["id"], there["fate"], there["places"]) == (death.id, "handed_over", [FAR])
    assert [one["code"] for one in there["reasons"]] == ["outside-the-areas"]
    again = await told(office, decision("reports.approved", reports=[death.id]), OFFICER)
    assert again.problem is not None
    assert again.problem.code == "purpose-not-permitted"
    assert (await fate(office, other))[0] == "waiting"
    assert (await told(office, decision("reports.approved", reports=[death.id]), ELSEWHERE)).fate == "recorded"
    assert (await fate(office, death))[0] == "recorded"


async def test_the_office_to_which_a_report_is_handed_on_may_decide_in_the_same_batch(office: Teller) -> None:
    death = died()
    await moved_away(office, death)
    wrong, right = (decision("reports.approved", reports=[death.id]) for _ in range(2))
    answers = await office.intake.submit([(check(wrong, OFFICER), ""), (check(right, ELSEWHERE), "")])
    assert [answer.fate for answer in answers] == ["refused", "recorded"]
    assert (await fate(office, death))[0] == "recorded"


async def test_an_office_decides_about_what_still_touches_one_of_its_people(office: Teller) -> None:
    married = report("person.married", {"on": "2025-03-20", "person": ids.lan, "spouse": ids.an})
    assert (await told(office, married, ANYBODY)).fate == "recorded"
    death = died()
    await moved_away(office, death)
    assert (await told(office, decision("reports.approved", reports=[death.id]), OFFICER)).fate == "recorded"
    assert (await fate(office, death))[0] == "recorded"
    assert (await office.state(ids.an))["marital"] == "widowed"


async def test_an_office_decides_at_once_about_many_who_live_nowhere_now(office: Teller) -> None:
    office.office_sees_first("person.changed")
    people = [uuid7() for _ in range(80)]
    members = [{"person": one, "sex": "male"} for one in people]
    await office.tell("household.registered", on="2025-01-01", household=ids.other, area=AREA, members=members)
    gone = [report("person.left", {"on": "2025-02-01", "person": one, "destination": "abroad"}) for one in people]
    assert {answer.fate for answer in await office.submit(*gone)} == {"recorded"}
    told_ = ({"on": "2025-03-01", "person": one, "new": {"occupation": "thợ"}} for one in people)
    changes = [report("person.changed", one) for one in told_]
    assert {answer.fate for answer in await office.submit(*changes, access=COLLABORATOR)} == {"waiting"}
    approved = decision("reports.approved", reports=[one.id for one in changes])
    assert (await told(office, approved, OFFICER)).fate == "recorded"
    assert {(await fate(office, one))[0] for one in changes} == {"recorded"}


async def test_what_is_amended_of_somebody_who_moved_away_meanwhile_is_recorded_and_put_right_alike(
    office: Teller,
) -> None:
    death = died()
    await moved_away(office, death)
    assert (await told(office, amended(death, {"on": "2025-04-09"}), OFFICER)).fate == "refused"
    right = amended(death, {"on": "2025-04-09"})
    answer = await told(office, right, ELSEWHERE)
    assert answer.fate == "recorded"
    assert (await fate(office, death))[0] == "recorded"
    mended = report("fact.corrected", {}, id=msgspec.json.decode(right.data)["correction"])
    assert (await fate(office, mended))[0] == "recorded"
    (_, correction) = (await office.facts())[-1]
    assert (correction.on, correction.cause.approved) == ("2025-04-09", answer.position)
    async with office.connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from waiting") == 0


async def test_a_correction_has_not_the_id_of_what_waits_in_its_own_batch(office: Teller) -> None:
    death, waits = died(), died(ids.nobody)
    assert (await told(office, death)).fate == "waiting"
    right = amended(death, {"on": "2025-04-09"}, correction=waits.id)
    first, second = await office.submit(waits, right, access=OFFICER)
    assert (first.fate, second.fate, reasons(second)) == ("waiting", "refused", ["id-taken"])
    assert (await fate(office, death))[0] == "waiting"
    async with office.connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from ledger where report = $1", waits.id) == 1


def merged(day: str, former: str, code: str) -> Report:
    new = {"unit": f"{code}-{day.replace('-', '')}", "code": code, "level": "commune", "parent": PROVINCE}
    told_ = {"on": day, "change": "merge", "units": [former], "new": new | {"names": {"vi": code}}}
    return report("unit.reorganised", told_)


async def changed(office: Teller, day: str) -> str | None:
    """The fate of a change of which a collaborator tells."""
    told_ = {"on": day, "person": ids.lan, "new": {"occupation": day}}
    return (await told(office, report("person.changed", told_))).fate


async def test_a_month_stays_closed_where_who_closed_it_was_merged_in_its_turn(office: Teller) -> None:
    second = "10600-20250501"
    assert (await told(office, merged("2025-05-01", COMMUNE, "10600"), ANYBODY)).fate == "recorded"
    successor = msgspec.structs.replace(OFFICER, areas=(second,))
    closed = decision("month.closed", commune=second, month="2025-03")
    assert (await told(office, closed, successor)).fate == "recorded"
    assert await changed(office, "2025-03-15") == "waiting"
    assert (await told(office, merged("2025-06-01", second, "10700"), ANYBODY)).fate == "recorded"
    assert await changed(office, "2025-03-16") == "waiting"
    assert await changed(office, "2025-04-16") == "recorded"


async def test_a_month_is_closed_for_the_days_before_its_area_went_to_another_commune(office: Teller) -> None:
    reassigned = report("area.reassigned", {"on": "2025-03-20", "area": AREA, "commune": OTHER})
    assert (await told(office, reassigned, ANYBODY)).fate == "recorded"
    assert (await told(office, decision("month.closed", commune=COMMUNE, month="2025-03"), OFFICER)).fate == "recorded"
    assert await changed(office, "2025-03-19") == "waiting"
    assert await changed(office, "2025-03-20") == "recorded"


PLAIN = frozenset(Scope) - {Scope.REGISTRY_CARE_READ}


async def desk(office: Teller, address: str, scopes: frozenset[Scope], **query: Any) -> dict[str, dict[str, Any]]:
    unit = query.get("unit", COMMUNE)
    async with asking(office.database, client="officer", areas=(unit,), scopes=scopes) as http:
        answer = await http.get(f"/events/v1/{address}", params={"unit": COMMUNE} | query)
    return {one["id"]: one for one in answer.json()["reports"]}


async def test_what_puts_contraception_right_is_shown_on_no_desk_that_may_not_see_it(office: Teller) -> None:
    used = report("person.contraception_started", {"on": "2025-03-10", "person": ids.lan, "method": "iud"})
    plain = report("person.changed", {"on": "2025-03-10", "person": ids.an, "new": {"occupation": "thợ"}})
    mended = report("fact.corrected", {"fact": used.id, "changes": {"on": "2025-03-11"}})
    await office.submit(used, plain, mended, access=OFFICER)
    assert (await told(office, decision("month.closed", commune=COMMUNE, month="2025-03"), OFFICER)).fate == "recorded"
    changes = {"on": "2025-03-12"}
    right = report("fact.corrected", {"fact": used.id, "previous": mended.id, "changes": {"method": "pill"}})
    back = report("fact.voided", {"fact": mended.id})
    other = report("fact.corrected", {"fact": plain.id, "changes": changes})
    answers = await office.submit(right, back, other, access=COLLABORATOR)
    assert [answer.fate for answer in answers] == ["waiting"] * 3
    seen = await desk(office, "queue", PLAIN)
    assert [seen[one.id]["data"] for one in (right, back)] == [None, None]
    assert seen[other.id]["data"]["changes"] == changes
    whole = await desk(office, "queue", frozenset(Scope))
    assert whole[right.id]["data"]["changes"] == {"method": "pill"}


async def test_what_a_withheld_report_needs_tells_nobody_of_whom_it_speaks(office: Teller) -> None:
    used = report("person.contraception_started", {"on": "2025-03-10", "person": ids.two, "method": "iud"})
    right = report("fact.corrected", {"fact": uuid7(), "changes": {"method": "pill"}})
    await office.submit(used, right, access=COLLABORATOR)
    seen = await desk(office, "overdue", PLAIN, days=0)
    assert [(seen[one.id]["data"], seen[one.id]["need"]) for one in (used, right)] == [(None, None)] * 2
    whole = await desk(office, "overdue", frozenset(Scope), days=0)
    assert whole[used.id]["need"] == ids.two


async def test_a_number_has_its_turn_where_it_is_told_again_in_the_batch_of_the_first(office: Teller) -> None:
    """As by a telephone set up from a copy of another, whose first report waits."""
    first = report("person.changed", {"on": "2025-03-10", "person": ids.nobody, "new": {"occupation": "thợ"}})
    copies = [msgspec.structs.replace(first, device=device, devicesequence=1) for device in ("one", "two")]
    answers = await office.submit(*copies, access=COLLABORATOR)
    assert [(answer.fate, answer.duplicate) for answer in answers] == [("waiting", False), ("waiting", True)]
    told_ = {"on": "2025-03-10", "person": ids.an, "new": {"occupation": "thợ"}}
    behind = report("person.changed", told_, device="two", devicesequence=2)
    assert (await told(office, behind, COLLABORATOR)).fate == "recorded"


async def test_an_area_is_late_with_no_sheet_of_a_month_before_it_was_founded(office: Teller) -> None:
    young = f"{COMMUNE}-009"
    await office.tell("area.established", on="2025-06-15", area=young, commune=COMMUNE, names={"vi": young})
    late: dict[str, bool] = {}
    async with asking(office.database, client="officer", areas=(COMMUNE,)) as http:
        for month in ("2025-05", "2025-06"):
            answer = (await http.get(f"/events/v1/units/{COMMUNE}/sheets/{month}")).json()
            (late[month],) = (one["late"] for one in answer["sheets"] if one["area"] == young)
            assert {one["late"] for one in answer["sheets"] if one["area"] != young} == {True}
    assert late == {"2025-05": False, "2025-06": True}


async def test_an_assignment_is_amended_by_nobody_who_could_not_make_it(office: Teller) -> None:
    assigned = report("area.assigned", {"on": "2025-02-01", "area": AREA, "collaborator": "ctv-2"})
    assert (await told(office, assigned, OFFICER)).fate == "recorded"
    state = await office.state(AREA)
    hers = {"fact": assigned.id, "changes": {"collaborator": COLLABORATOR.client_id}}
    for wrong in (report("fact.corrected", hers), report("fact.voided", {"fact": assigned.id})):
        answer = await told(office, wrong, COLLABORATOR)
        assert answer.problem is not None
        assert answer.problem.code == "purpose-not-permitted"
    assert await office.state(AREA) == state
    assert (await told(office, report("fact.voided", {"fact": assigned.id}), OFFICER)).fate == "recorded"


async def test_what_waits_for_a_report_of_another_scope_does_not_amend_it_either(office: Teller) -> None:
    await office.family(ids.far, mai="female")
    merger = report("person.merged", {"on": "2025-03-01", "person": ids.mai, "into": ids.lan})
    early, right = report("fact.voided", {"fact": merger.id}), report("fact.voided", {"fact": merger.id})
    assert (await told(office, early, COLLABORATOR)).fate == "waiting"
    assert (await told(office, merger, ANYBODY)).fate == "recorded"
    assert (await fate(office, early))[0] == "refused"
    assert (await office.state(ids.mai))["status"] == "merged"
    later = report("unit.established", {"on": "2025-03-01", "unit": FOURTH}), ANYBODY
    voided = report("fact.voided", {"fact": later[0].id})
    assert (await told(office, voided, ANYBODY)).fate == "waiting"
    assert (await told(office, *later)).fate == "recorded"
    assert [(await fate(office, one))[0] for one in (voided, later[0])] == ["recorded", "voided"]
    assert (await told(office, right, ANYBODY)).fate == "recorded"


async def test_what_could_not_be_decided_behind_its_approval_is_on_the_desk_again(
    office: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    death = died()
    assert (await told(office, death)).fate == "waiting"

    def failing(line: Line, *more: Any) -> Any:
        if line.report.id == death.id:
            raise RuntimeError
        return decide(line, *more)

    with monkeypatch.context() as broken:
        broken.setattr("services.events.intake.group.decide", failing)
        assert (await told(office, decision("reports.approved", reports=[death.id]), OFFICER)).fate == "recorded"
    assert (await fate(office, death))[0] == "waiting"
    assert death.id in await desk(office, "queue", frozenset(Scope))
    assert (await told(office, decision("reports.approved", reports=[death.id]), OFFICER)).fate == "recorded"
    assert (await fate(office, death))[0] == "recorded"


@pytest.mark.parametrize("room", [1, 2_000])
async def test_why_a_report_was_returned_comes_back_from_kafka(
    office: Teller,
    kafka: Topics,
    fresh_database: Callable[..., Database],
    monkeypatch: pytest.MonkeyPatch,
    room: int,
) -> None:
    monkeypatch.setattr(restoring, "AT_ONCE", room)
    death = died()
    assert (await told(office, death)).fate == "waiting"
    returned = decision("reports.returned", reports=[death.id], reason="Sai ngày")
    last = (await told(office, returned, OFFICER)).position or 0
    async with relaying(settings_for(office.database, kafka)) as relay:
        await published(relay, last + 1)
    empty = fresh_database("socai_events", build)
    await restoring.restore(settings_for(empty, kafka))
    fates = []
    for database in (office.database, empty):
        async with asking(database, client=COLLABORATOR.client_id) as http:
            fates.append((await http.get(f"/events/v1/reports/{death.id}")).json())
    assert fates[0] == fates[1]
    assert fates[1]["reason"] == "Sai ngày"


async def test_the_successor_opens_the_books_that_its_predecessor_closed(office: Teller) -> None:
    month = {"commune": COMMUNE, "month": "2025-03"}
    assert (await told(office, decision("month.closed", **month), OFFICER)).fate == "recorded"
    new: dict[str, Any] = {
        "unit": "10600-20250401",
        "code": "10600",
        "level": "commune",
        "names": {"vi": "M"},
        "parent": PROVINCE,
    }
    merger = {"on": "2025-04-01", "change": "merge", "units": [COMMUNE], "new": new}
    assert (await told(office, report("unit.reorganised", merger), ANYBODY)).fate == "recorded"
    reopened = decision("month.reopened", **month, reason="Báo muộn")
    assert (await told(office, reopened, ELSEWHERE)).problem is not None
    successor = msgspec.structs.replace(OFFICER, areas=(new["unit"],))
    again = msgspec.structs.replace(reopened, id=uuid7())
    async with asking(office.database, areas=(new["unit"],)) as http:
        path = f"/events/v1/units/{COMMUNE}/months/2025-03"
        assert (await http.get(path)).json()["closed"] is not None
        assert (await told(office, again, successor)).fate == "recorded"
        assert (await http.get(path)).json()["closed"] is None


async def test_a_province_s_office_decides_at_once_about_reports_of_many_areas(office: Teller) -> None:
    areas = [f"{COMMUNE}-{number:03d}" for number in range(100, 180)]
    told_of = [(area, uuid7(), uuid7()) for area in areas]
    for area, home, person in told_of:
        names = {"vi": area}
        await office.tell("area.established", on="2019-01-01", area=area, commune=COMMUNE, names=names)
        members = [{"person": person, "sex": "female"}]
        await office.tell("household.registered", on="2025-01-01", household=home, area=area, members=members)
    deaths = [died(person) for _, _, person in told_of]
    everywhere = msgspec.structs.replace(COLLABORATOR, areas=(COMMUNE,))
    for death in deaths:
        assert (await told(office, death, everywhere)).fate == "waiting"
    approved = decision("reports.approved", reports=[death.id for death in deaths])
    assert (await told(office, approved, PROVINCIAL)).fate == "recorded"
    assert {(await fate(office, death))[0] for death in deaths} == {"recorded"}


@pytest.mark.parametrize("kind", ["fact.corrected", "fact.voided"])
async def test_what_amends_her_own_report_goes_to_the_office_that_has_it_by_now(family: Teller, kind: str) -> None:
    death = died()
    assert (await told(family, death)).fate == "recorded"
    changed = {"changes": {"on": "2025-04-11"}} if kind == "fact.corrected" else {}
    amendment = report(kind, {"fact": death.id} | changed)
    another = msgspec.structs.replace(COLLABORATOR, client_id="another", areas=(FAR,))
    problem = (await told(family, amendment, another)).problem
    assert problem is not None
    assert problem.code == "purpose-not-permitted", "who never told it has no business there"
    since = msgspec.structs.replace(COLLABORATOR, areas=(FAR,))
    answer = await told(family, amendment, since)
    assert (answer.fate, answer.reasons) == ("handed_over", ("outside-the-areas",)), "she has another area by now"
    assert (await desk(family, "queue", frozenset(Scope))).keys() == {amendment.id}
    assert (await told(family, decision("reports.approved", reports=[amendment.id]), OFFICER)).fate == "recorded"
    assert (await fate(family, amendment))[0] == "recorded"
    assert (await family.state(ids.lan))["status"] == ("dead" if kind == "fact.corrected" else "resident")


async def test_what_was_handed_over_and_approved_there_its_sender_takes_back_there(family: Teller) -> None:
    await family.family(ids.far, area=FAR, mai="female")
    death = died(ids.mai)
    assert (await told(family, death)).fate == "handed_over"
    assert (await told(family, decision("reports.approved", reports=[death.id]), ELSEWHERE)).fate == "recorded"
    void = report("fact.voided", {"fact": death.id})
    assert (await told(family, void)).fate == "handed_over"
    assert (
        await told(family, decision("reports.returned", reports=[void.id], reason="Sai"), ELSEWHERE)
    ).fate == "recorded"
    assert ((await fate(family, void))[0], (await family.state(ids.mai))["status"]) == ("returned", "dead")
