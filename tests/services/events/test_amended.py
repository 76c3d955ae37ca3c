"""Is a report that the office approves with a correction recorded and put right at once, or not at all?"""

from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from contracts.scopes import Scope
from kit.http.problems import InvalidRequest
from services.events.queries.fates import list_fates
from services.events.report.parse import check
from tests.services.events.telling import COMMUNE, Teller, cloud_event, ids, report
from tests.services.events.test_api import asking, send
from tests.services.events.test_office import COLLABORATOR, ELSEWHERE, OFFICER, decision, died, fate, reasons, told

KINDS = frozenset({"person.died", "person.contraception_started", "person.left", "household.split"})


@pytest.fixture
async def office(family: Teller) -> Teller:
    """Deaths and contraception that collaborators tell wait for the office."""
    family.office_sees_first(*KINDS)
    return family


def amended(one: Report, changes: dict[str, Any], **more: Any) -> Report:
    return decision("report.amended", report=one.id, **{"correction": uuid7(), "changes": changes} | more)


async def test_both_are_recorded_in_one_transaction_and_every_fate_is_right(office: Teller) -> None:
    death = died()
    await told(office, death)
    right = amended(death, {"on": "2025-04-09"}, reason="Giấy báo tử")
    answer = await told(office, right, OFFICER)
    assert answer.fate == "recorded"
    facts = dict(await office.facts())
    mended = msgspec.json.decode(right.data)["correction"]
    assert await fate(office, death) == ("recorded", (answer.position or 0) + 1)
    assert (await fate(office, report("person.died", {}, id=mended)))[0] == "recorded"
    (_, original), (_, correction) = sorted(facts.items())[-2:]
    assert (original.kind, original.on, original.cause.approved) == ("person.died", "2025-04-10", answer.position)
    assert (correction.kind, correction.on) == ("fact.corrected", "2025-04-09")
    assert (correction.cause.authid, correction.cause.causationid) == ("officer", right.id)
    async with office.connections.acquire() as connection:
        moments = "select count(distinct recorded_at) from ledger where position >= $1"
        assert await connection.fetchval(moments, answer.position) == 1
        assert await connection.fetchval("select count(*) from waiting") == 0


@pytest.mark.parametrize(
    ("changes", "more", "code"),
    [
        ({"person": ids.an}, {}, "field-is-fixed"),
        ({"on": "2025-04-10"}, {}, "nothing-changes"),
        ({"on": "2024-04-10"}, {}, "before-person-known"),
        ({"on": "2199-04-10"}, {}, "in-the-future"),
        ({"on": "2025-04-09"}, {"member": ids.lan}, "no-such-member"),
    ],
)
async def test_what_cannot_be_put_right_so_is_not_approved_either(
    office: Teller, changes: dict[str, Any], more: dict[str, Any], code: str
) -> None:
    death = died()
    await told(office, death)
    before = len(await office.facts())
    answer = await told(office, amended(death, changes, **more), OFFICER)
    assert (answer.fate, reasons(answer)) == ("refused", [code])
    assert (await fate(office, death))[0] == "waiting"
    assert len(await office.facts()) == before
    assert (await told(office, decision("reports.approved", reports=[death.id]), OFFICER)).fate == "recorded"


async def test_a_correction_that_makes_no_payload_says_where_it_is_wrong(office: Teller) -> None:
    death = died()
    await told(office, death)
    answer = await told(office, amended(death, {"on": "soon"}), OFFICER)
    assert answer.problem is not None
    assert [error.pointer for error in answer.problem.errors] == ["#/data/changes/on"]
    assert (await fate(office, death))[0] == "waiting"


async def pointer(office: Teller, one: Report, changes: dict[str, Any], **more: Any) -> tuple[str, str]:
    """Where an amendment that makes no payload of the report is wrong, and why."""
    assert (await told(office, one)).fate == "waiting"
    answer = await told(office, amended(one, changes, **more), OFFICER)
    assert answer.problem is not None
    ((at, code),) = [(error.pointer, error.code) for error in answer.problem.errors]
    assert (await fate(office, one))[0] == "waiting"
    return at, code


async def test_who_goes_abroad_to_a_place_by_the_amendment_is_wrong_among_its_changes(office: Teller) -> None:
    """The report itself has no fault, and a pointer into it would lead nowhere in what the office sent."""
    left = report("person.left", {"on": "2025-04-10", "person": ids.lan, "place": COMMUNE})
    assert await pointer(office, left, {"destination": "abroad"}) == ("#/data/changes", "abroad-within")


async def test_a_line_of_a_sheet_that_is_put_right_is_wrong_where_the_change_stands(office: Teller) -> None:
    line = {"person": ids.lan, "relation": "spouse"}
    split = report(
        "household.split", {"on": "2025-04-10", "household": ids.home, "founded": ids.new, "members": [line]}
    )
    at = await pointer(office, split, {"relation": "cousin"}, member=ids.lan)
    assert at == ("#/data/changes/relation", "literal-error")
    assert (await told(office, decision("reports.approved", reports=[split.id]), OFFICER)).fate == "recorded"
    correction = {"fact": split.id, "member": ids.lan, "changes": {"relation": "cousin"}}
    answer = await told(office, report("fact.corrected", correction), OFFICER)
    assert answer.problem is not None
    assert [error.pointer for error in answer.problem.errors] == ["#/data/changes/relation"]
    again = await told(office, report("fact.corrected", correction), OFFICER)
    page = await list_fates(office.connections, OFFICER, "refused", "", 10)
    kept = {one["id"]: one["reasons"] for one in page}
    assert kept[again.id or ""] == [{"code": "literal-error", "pointer": "#/data/changes/relation"}]
    for problem in (answer.problem, again.problem):
        assert problem is not None
        (wrong,) = problem.errors
        assert wrong.text is not None
        assert wrong.text.vi.endswith("child, adopted_or_in_law, parent, grandchild, other, unknown.")


async def test_what_is_not_in_the_queue_is_amended_by_nobody_and_twice_is_a_duplicate(office: Teller) -> None:
    death = died()
    await told(office, death)
    right = amended(death, {"on": "2025-04-09"})
    assert (await told(office, right, ELSEWHERE)).problem is not None
    assert (await told(office, right, OFFICER)).fate == "recorded"
    again = await told(office, right, OFFICER)
    assert (again.fate, again.duplicate) == ("recorded", True)
    assert reasons(await told(office, amended(death, {"on": "2025-04-08"}), OFFICER)) == ["not-in-the-queue"]
    assert [fact.kind for _, fact in await office.facts()].count("fact.corrected") == 1


async def test_a_correction_s_id_is_one_of_its_own(office: Teller) -> None:
    death, other = died(), died(ids.an)
    await told(office, death)
    await told(office, other)
    assert reasons(await told(office, amended(death, {"on": "2025-04-09"}, correction=other.id), OFFICER)) == [
        "id-taken"
    ]
    one = amended(death, {"on": "2025-04-09"})
    own = msgspec.structs.replace(one, id=msgspec.json.decode(one.data)["correction"])
    with pytest.raises(InvalidRequest) as refused:
        await told(office, own, OFFICER)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("#/data/correction", "own-id")]


async def test_the_office_puts_right_what_it_approves_before_whatever_else_waits_for_that(office: Teller) -> None:
    """A telephone sends the report once more with the decision: what waits for it has been read by then."""
    death = died()
    await told(office, death)
    own = report("fact.corrected", {"fact": death.id, "changes": {"on": "2025-04-08"}})
    assert (await told(office, own)).fate == "waiting"
    right = amended(death, {"on": "2025-04-09"})
    again, decided = await office.intake.submit([(check(death, COLLABORATOR), ""), (check(right, OFFICER), "")])
    assert (again.fate, decided.fate) == ("waiting", "recorded")
    mended = report("fact.corrected", {}, id=msgspec.json.decode(right.data)["correction"])
    assert [(await fate(office, one))[0] for one in (death, mended, own)] == ["recorded", "recorded", "refused"]


async def test_what_was_overtaken_as_it_was_told_is_returned_and_not_amended(office: Teller) -> None:
    death = died()
    await told(office, death)
    await told(office, died(on="2025-04-09"), OFFICER)
    assert reasons(await told(office, amended(death, {"on": "2025-04-09"}), OFFICER)) == ["already-dead"]


async def test_who_may_see_nothing_sensitive_is_not_told_how_the_office_amended_it(office: Teller) -> None:
    used = report("person.contraception_started", {"on": "2025-04-10", "person": ids.lan, "method": "iud"})
    await told(office, used, COLLABORATOR)
    answer = await told(office, amended(used, {"method": "pill"}), OFFICER)
    assert answer.fate == "recorded"
    plain = frozenset(Scope) - {Scope.REGISTRY_CARE_READ}
    address = f"/events/v1/facts/{answer.position}"
    async with asking(office.database, client="officer", scopes=plain) as reader:
        assert (await reader.get(address)).status_code == 404
    async with asking(office.database, client="officer", scopes=frozenset(Scope)) as reader:
        assert (await reader.get(address)).json()["fact"]["cause"]["data"]["changes"] == {"method": "pill"}
        refused = cloud_event("report.amended", {"on": "2025-05-05", "report": used.id, "changes": {}})
        assert (await send(reader, refused)).status_code == 422
