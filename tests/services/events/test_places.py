"""Who may report what: for which places is a sender's word taken?"""

from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from services.events.intake.answer import Answer
from services.events.places import in_sight
from tests.services.events.telling import ANYBODY, AREA, COMMUNE, FAR, OTHER, PROVINCE, Teller, ids, report


async def told(teller: Teller, one: Report, *areas: str, client: str = ANYBODY.client_id) -> Answer:
    (answer,) = await teller.submit(one, access=msgspec.structs.replace(ANYBODY, client_id=client, areas=areas))
    return answer


def refused(answer: Answer) -> bool:
    return answer.problem is not None and answer.problem.code == "purpose-not-permitted"


async def test_one_end_of_a_move_is_enough(family: Teller) -> None:
    await family.family(ids.far, area=FAR, mai="female")
    move = report("person.moved", {"on": "2025-03-01", "person": ids.mai, "household": ids.home})
    assert (await told(family, move, AREA)).fate == "recorded"


async def test_nobody_draws_what_stands_elsewhere_to_herself_by_a_correction(teller: Teller) -> None:
    await teller.places()
    one = uuid7()
    sheet = {"on": "2025-01-01", "household": ids.home, "area": AREA, "members": [{"person": ids.lan, "sex": "female"}]}
    await teller.submit(report("household.registered", sheet, id=one))
    correction = report("fact.corrected", {"fact": one, "changes": {"area": FAR}})
    assert refused(await told(teller, correction, FAR, client="another"))
    own = report("fact.corrected", {"fact": one, "changes": {"area": FAR}})
    assert (await told(teller, own, FAR)).fate == "handed_over"
    approval = report("reports.approved", {"on": "2025-05-05", "reports": [own.id]})
    assert refused(await told(teller, approval, OTHER)), "it is for the office that has the household"
    assert (await told(teller, correction, AREA)).fate == "recorded"


async def test_what_changed_nobody_is_taken_back_by_whoever_told_it(family: Teller) -> None:
    known = {"on": "2025-03-01", "person": ids.lan, "old": {}, "new": {"sex": "female"}}
    one = report("person.changed", known)
    assert (await told(family, one, AREA)).fate == "recorded"
    void = report("fact.voided", {"fact": one.id})
    assert refused(await told(family, void, FAR, client="another"))
    assert (await told(family, void, AREA)).fate == "recorded"


UNITS: dict[str, tuple[str, dict[str, Any]]] = {
    "a merger into one's own": ("unit.reorganised", {"change": "merge", "units": [OTHER], "into": COMMUNE}),
    "another's area": ("area.reassigned", {"area": FAR, "commune": COMMUNE}),
    "one's own area given away": ("area.reassigned", {"area": AREA, "commune": OTHER}),
    "another's name": ("unit.reorganised", {"change": "rename", "units": [OTHER], "names": {"vi": "X"}}),
    "what is above": ("unit.reorganised", {"change": "rename", "units": [PROVINCE], "names": {"vi": "X"}}),
}


@pytest.mark.parametrize("what", UNITS)
async def test_units_are_changed_by_whoever_has_all_of_them(family: Teller, what: str) -> None:
    kind, changes = UNITS[what]
    one = report(kind, changes | {"on": "2025-03-01"})
    assert refused(await told(family, one, COMMUNE))
    assert (await told(family, one, PROVINCE)).fate == "recorded"


async def test_a_commune_orders_its_own_areas(family: Teller) -> None:
    names = {"names": {"vi": "Thôn"}}
    one = report("area.established", {"on": "2025-03-01", "area": f"{COMMUNE}-009", "commune": COMMUNE} | names)
    assert (await told(family, one, COMMUNE)).fate == "recorded"
    rename = report("unit.reorganised", {"on": "2025-03-01", "change": "rename", "units": [COMMUNE]} | names)
    assert (await told(family, rename, COMMUNE)).fate == "recorded"


async def test_who_speaks_of_nobody_here_does_not_learn_what_is_recorded_elsewhere(family: Teller) -> None:
    await family.family(ids.far, area=FAR, mai="female")
    first = {"on": "2025-03-01", "person": ids.mai}
    assert (await family.tell("person.died", **first)).fate == "recorded"
    for again in (first, first | {"on": "2025-03-02"}):
        died = report("person.died", again)
        assert refused(await told(family, died, AREA))
        here = await told(family, died, FAR)
        assert here.fate in {"duplicate", "refused"}
        assert not refused(here)


async def test_a_day_to_come_is_refused_as_such_whoever_is_spoken_of(family: Teller) -> None:
    await family.family(ids.far, area=FAR, mai="female")
    for person in (ids.lan, ids.mai, ids.nobody):
        answer = await told(family, report("person.died", {"on": "2199-03-01", "person": person}), AREA)
        assert answer.problem is not None
        assert [one.code for one in answer.problem.reasons] == ["in-the-future"], person
    closed = report("month.closed", {"on": "2199-03-01", "commune": OTHER, "month": "2025-03"})
    assert not refused(await told(family, closed, COMMUNE))


async def test_whoever_puts_another_s_report_into_the_future_learns_nothing_of_it(family: Teller) -> None:
    await family.family(ids.far, area=FAR, mai="female")
    died = report("person.died", {"on": "2025-03-01", "person": ids.mai})
    assert (await told(family, died, FAR)).fate == "recorded"
    correction = report("fact.corrected", {"fact": died.id, "changes": {"on": "2199-03-01"}})
    assert refused(await told(family, correction, AREA))


def district(code: str) -> dict[str, Any]:
    unit = f"{code}-20190101"
    return {"unit": unit, "code": code, "level": "district", "names": {"vi": code}, "parent": PROVINCE}


async def test_a_correction_that_turns_two_units_over_is_judged_by_how_they_lie_with_it(teller: Teller) -> None:
    await teller.places()
    one, other = district("701"), district("702")
    for unit in (one, other):
        await teller.tell("unit.established", on="2019-01-01", unit=unit)
    lowered = {"change": "level", "units": [other["unit"]], "level": "commune", "parent": one["unit"]}
    first = await teller.tell("unit.reorganised", on="2024-01-01", **lowered)
    assert first.fate == "recorded"
    turned = {"units": [one["unit"]], "parent": other["unit"]}
    correction = report("fact.corrected", {"fact": first.id, "changes": turned})
    assert (await told(teller, correction, PROVINCE)).fate == "recorded"


async def test_a_fact_of_a_unit_is_seen_by_those_below_whom_it_lies_today(teller: Teller) -> None:
    await teller.places()
    reassigned = await teller.tell("area.reassigned", on="2024-01-01", area=AREA, commune=OTHER)
    assert reassigned.fate == "recorded"
    (founding,) = [
        fact
        for _, fact in await teller.facts()
        if fact.kind == "area.established" and fact.asserts.units[0].entity == AREA
    ]
    async with teller.connections.acquire() as connection:
        assert await in_sight(connection, founding, (OTHER,), "2024-06-01")
        assert not await in_sight(connection, founding, (COMMUNE,), "2024-06-01")


async def test_what_an_office_told_of_identities_is_taken_back_where_it_has_business_alone(family: Teller) -> None:
    """A collaborator's word of a former area goes to the office there; an office's own decision goes nowhere else."""
    await family.family(ids.other, hoa="female")
    merger = report("person.merged", {"on": "2025-03-01", "person": ids.hoa, "into": ids.lan})
    assert (await told(family, merger, COMMUNE)).fate == "recorded"
    void = report("fact.voided", {"fact": merger.id})
    assert refused(await told(family, void, OTHER))
    assert (await told(family, void, COMMUNE)).fate == "recorded"
