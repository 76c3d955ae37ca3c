"""Whose area is it to visit, and what becomes of what another collaborator tells of it?"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from contracts.scopes import Scope
from kit.process.database import Connection
from services.events.intake.answer import Answer
from services.events.report.parse import check
from services.events.state.world import World
from services.events.store import ledger
from tests.services.events.telling import ANYBODY, AREA, COMMUNE, FAR, OTHER, SECOND, Teller, cloud_event, ids, report
from tests.services.events.test_api import asking, send

REPORTS = frozenset({Scope.EVENTS_REPORT_WRITE, Scope.EVENTS_REPORT_READ})
FIRST = msgspec.structs.replace(ANYBODY, client_id="ctv-1", scopes=REPORTS, areas=(AREA, SECOND))
NEXT = msgspec.structs.replace(FIRST, client_id="ctv-2")
OFFICER = msgspec.structs.replace(ANYBODY, client_id="officer", areas=(COMMUNE,))


def assigned(area: str, who: str | None, on: str = "2025-02-01", **more: str) -> Report:
    named = {} if who is None else {"collaborator": who}
    return report("area.assigned", {"on": on, "area": area} | named | more)


async def told(teller: Teller, one: Report, access: Any) -> Answer:
    (answer,) = await teller.submit(one, access=access)
    return answer


def born(household: str = ids.home) -> Report:
    return report("person.born", {"on": "2025-03-01", "person": uuid7(), "household": household, "sex": "male"})


@pytest.fixture
async def changed(family: Teller) -> Teller:
    """An area that has gone from the first collaborator to the next."""
    assert (await told(family, assigned(AREA, "ctv-1", "2025-01-01"), OFFICER)).fate == "recorded"
    assert (await told(family, assigned(AREA, "ctv-2"), OFFICER)).fate == "recorded"
    return family


async def test_what_her_phone_delivers_after_the_area_changed_hands_goes_to_the_office_there(changed: Teller) -> None:
    late = born()
    answer = await told(changed, late, FIRST)
    assert (answer.fate, answer.status, answer.reasons) == ("handed_over", 202, ("assigned-to-another",))
    assert (await told(changed, born(), NEXT)).fate == "recorded"
    approved = report("reports.approved", {"on": "2025-05-05", "reports": [late.id]})
    assert (await told(changed, approved, OFFICER)).fate == "recorded"
    (_, fact) = (await changed.facts())[-1]
    assert (fact.cause.report, fact.cause.authid) == (late.id, "ctv-1")


async def test_what_is_sent_twice_at_once_has_one_fate_although_the_area_changes_hands_between(changed: Teller) -> None:
    birth, other = born(), msgspec.structs.replace(born(), id=uuid7())
    back = assigned(AREA, "ctv-1", "2025-03-01")
    lines = [(birth, FIRST), (back, OFFICER), (birth, FIRST), (msgspec.structs.replace(other, id=birth.id), FIRST)]
    first, _, again, reused = await changed.intake.submit([(check(one, access), "") for one, access in lines])
    assert (first.fate, first.duplicate) == (again.fate, not again.duplicate) == ("handed_over", False)
    assert first.position == again.position
    assert reused.problem is not None
    assert reused.problem.code == "idempotency-key-reused"
    async with changed.connections.acquire() as connection:
        entries = await connection.fetch("select stream from ledger where report = $1", birth.id)
    assert [row["stream"] for row in entries] == ["reports"]


async def test_the_office_is_not_concerned_nor_an_area_that_is_nobodys(changed: Teller) -> None:
    assert (await told(changed, born(), OFFICER)).fate == "recorded"
    await changed.family(ids.other, area=SECOND, mai="female")
    assert (await told(changed, born(ids.other), FIRST)).fate == "recorded"
    assert (await told(changed, assigned(AREA, None, "2025-03-01"), OFFICER)).fate == "recorded"
    assert (await told(changed, born(), FIRST)).fate == "recorded"


async def test_of_two_told_for_one_day_the_later_is_the_only_one(family: Teller) -> None:
    for collaborator in ("ctv-1", "ctv-2", "ctv-3"):
        assert (await told(family, assigned(AREA, collaborator, "2025-03-01"), OFFICER)).fate == "recorded"
    assert (await family.state(AREA))["assigned"] == [{"since": "2025-03-01", "collaborator": "ctv-3"}]


async def test_one_end_of_a_move_that_is_hers_is_enough(changed: Teller) -> None:
    await changed.family(ids.other, area=SECOND, mai="female")
    move = {"on": "2025-03-01", "person": ids.lan, "household": ids.other}
    assert (await told(changed, report("person.moved", move), FIRST)).fate == "recorded"
    assert (await told(changed, assigned(SECOND, "ctv-3"), OFFICER)).fate == "recorded"
    back = {"on": "2025-03-02", "person": ids.lan, "household": ids.home}
    assert (await told(changed, report("person.moved", back), FIRST)).fate == "handed_over"


async def test_her_own_corrections_are_not_lost_either(changed: Teller) -> None:
    birth = born()
    assert (await told(changed, birth, OFFICER)).fate == "recorded"
    right = report("fact.corrected", {"fact": birth.id, "changes": {"sex": "female"}})
    assert (await told(changed, right, FIRST)).fate == "handed_over"
    assert (await told(changed, right, FIRST)).duplicate
    approved = report("reports.approved", {"on": "2025-05-05", "reports": [right.id]})
    assert (await told(changed, approved, OFFICER)).fate == "recorded"
    (_, fact) = (await changed.facts())[-1]
    assert (fact.kind, fact.asserts.persons[0].after.sex) == ("fact.corrected", "female")  # type: ignore[union-attr]


async def test_an_assignment_begins_on_its_day_and_ends_behind_its_last_one(family: Teller) -> None:
    for who, on, until in (("ctv-2", "2199-01-01", None), ("ctv-2", "2024-01-01", "2024-12-31")):
        more = {} if until is None else {"until": until}
        assert (await told(family, assigned(AREA, who, on, **more), OFFICER)).fate == "recorded"
        assert (await told(family, born(), FIRST)).fate == "recorded"
    kept = (await family.state(AREA))["assigned"]
    assert [(one["since"], one.get("until")) for one in kept] == [("2024-01-01", "2024-12-31"), ("2199-01-01", None)]


async def test_what_waited_before_the_area_changed_hands_is_judged_by_the_day_on_which_it_came(family: Teller) -> None:
    early = report("person.died", {"on": "2025-04-01", "person": ids.hoa})
    assert (await told(family, early, FIRST)).fate == "waiting"
    assert (await told(family, assigned(AREA, "ctv-2", "2190-01-01"), OFFICER)).fate == "recorded"
    family.intake._clock = lambda: datetime(2190, 2, 1, tzinfo=UTC).timestamp()
    arrived = {"on": "2025-03-01", "person": ids.hoa, "household": ids.home, "sex": "female", "birth": "1950"}
    assert (await told(family, report("person.arrived", arrived), NEXT)).fate == "recorded"
    assert (await family.state(ids.hoa))["status"] == "dead"
    assert (await told(family, born(), FIRST)).fate == "handed_over"


async def test_who_comes_from_an_area_of_nobody_s_gives_no_say_over_another_s_where_that_is_not_hers(
    changed: Teller,
) -> None:
    """Of a move one end is enough; but the end that is left to her lies in no area of hers."""
    for household, area, person in ((ids.far, FAR, "mai"), (ids.second, SECOND, "hoa")):
        await changed.family(household, area=area, **{person: "female"})
    moves = [
        report("person.moved", {"on": "2025-03-01", "person": person, "household": ids.home})
        for person in (ids.mai, ids.hoa)
    ]
    elsewhere, hers = [await told(changed, move, FIRST) for move in moves]
    assert (elsewhere.fate, elsewhere.reasons) == ("handed_over", ("assigned-to-another",))
    assert hers.fate == "recorded"


async def test_whose_area_it_is_is_said_by_the_office_of_the_commune_alone(family: Teller) -> None:
    elsewhere = msgspec.structs.replace(OFFICER, areas=(OTHER,))
    refused = await told(family, assigned(AREA, "ctv-1"), elsewhere)
    assert refused.problem is not None
    assert refused.problem.code == "purpose-not-permitted"
    with pytest.raises(Exception, match="scope"):
        await told(family, assigned(AREA, "ctv-1"), FIRST)
    answer = await told(family, assigned(COMMUNE + "-009", "ctv-1"), OFFICER)
    assert answer.fate == "waiting"


async def test_an_assignment_is_corrected_and_taken_back_like_any_fact_of_a_unit(changed: Teller) -> None:
    wrong = assigned(AREA, "ctv-3", "2025-03-01")
    assert (await told(changed, wrong, OFFICER)).fate == "recorded"
    right = report("fact.corrected", {"fact": wrong.id, "changes": {"collaborator": "ctv-1"}})
    assert (await told(changed, right, OFFICER)).fate == "recorded"
    assert (await told(changed, born(), FIRST)).fate == "recorded"
    assert (await told(changed, report("fact.voided", {"fact": wrong.id}), OFFICER)).fate == "recorded"
    assert (await told(changed, born(), FIRST)).fate == "handed_over"


async def test_a_device_s_counters_and_the_desk_know_what_was_handed_over_and_why(changed: Teller) -> None:
    numbered = [msgspec.structs.replace(born(), device="p1", devicesequence=n) for n in (1, 2)]
    for one in numbered:
        assert (await told(changed, one, FIRST)).fate == "handed_over"
    async with asking(changed.database, client="ctv-1", areas=(AREA,), scopes=REPORTS) as phone:
        at = await phone.get("/events/v1/devices/p1")
        assert (at.json()["sent"], at.json()["counts"]["handed_over"], at.json()["missing"]) == (2, 2, [])
        fate = (await phone.get(f"/events/v1/reports/{numbered[0].id}")).json()
        assert fate["reasons"][0]["code"] == "assigned-to-another"
        again = await send(phone, cloud_event("person.born", msgspec.json.decode(born().data)))
        assert again.json()["reasons"][0]["text"]["vi"].startswith("Địa bàn này")
    async with asking(changed.database, client="officer", areas=(COMMUNE,)) as office:
        queue = (await office.get("/events/v1/queue", params={"unit": AREA})).json()["reports"]
        assert [(one["fate"], one["reasons"][0]["code"]) for one in queue] == [
            ("handed_over", "assigned-to-another")
        ] * 3


async def test_a_report_from_outside_of_the_token_s_areas_says_so(family: Teller) -> None:
    await family.family(ids.far, area=FAR, mai="female")
    left = report("person.left", {"on": "2025-04-10", "person": ids.mai, "destination": "abroad"})
    answer = await told(family, left, FIRST)
    assert (answer.fate, answer.reasons) == ("handed_over", ("outside-the-areas",))


async def test_what_is_taken_back_of_an_area_reads_none_of_the_households_there(
    family: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = assigned(AREA, "ctv-1", "2025-01-01")
    await family.submit(first, assigned(AREA, "ctv-2"))
    read: list[str] = []
    load = ledger.load_ties

    async def noted(connection: Connection, world: World, entities: Iterable[str]) -> None:
        read.extend(wanted := list(entities))
        await load(connection, world, wanted)

    monkeypatch.setattr(ledger, "load_ties", noted)
    assert (await told(family, report("fact.voided", {"fact": first.id}), OFFICER)).fate == "recorded"
    assert AREA not in read
