"""Which smallest histories did random ones come down to that broke a law of the write side?"""

from typing import Any

import pytest

from contracts.ids import uuid7
from tests.services.events.telling import AREA, COMMUNE, FAR, OTHER, PROVINCE, Teller, ids, refused_for, report

DISTRICT, SUCCESSOR = "300-20190101", "10600-20250501"
BARE = "10528-20190101"


async def sheet(teller: Teller, household: str, *members: dict[str, Any], on: str = "2025-01-01", **told: Any) -> str:
    """A sheet of the members described; gives the report's id."""
    one = uuid7()
    answer = await teller.tell(
        "household.registered", id=one, on=on, household=household, members=list(members), **{"area": AREA, **told}
    )
    assert answer.fate == "recorded", answer
    return one


async def without_areas(teller: Teller) -> None:
    """A commune of the province in which there are no areas, which lie below communes alone."""
    unit = {"level": "commune", "names": {"vi": "Xã"}, "unit": BARE, "code": "10528", "parent": PROVINCE}
    await teller.tell("unit.established", on="2019-01-01", unit=unit)


async def district(teller: Teller) -> None:
    """A district of the province."""
    unit = {
        "level": "district",
        "names": {"vi": "Huyện"},
        "unit": DISTRICT,
        "code": "300",
        "parent": PROVINCE,
    }
    await teller.tell("unit.established", on="2019-01-01", unit=unit)


async def merged(teller: Teller, *units: str) -> None:
    new = {
        "unit": SUCCESSOR,
        "code": "10600",
        "level": "commune",
        "names": {"vi": "Mới"},
        "parent": PROVINCE,
    }
    answer = await teller.tell("unit.reorganised", on="2025-05-01", change="merge", units=list(units), new=new)
    assert answer.fate == "recorded"


@pytest.mark.parametrize("kind", ["person.died", "person.divorced"])
async def test_nobody_is_her_own_spouse_on_a_sheet(teller: Teller, kind: str) -> None:
    """Taken as it is, the next fact would state her twice under one version."""
    await teller.places()
    line: dict[str, Any] = {"person": ids.lan, "sex": "female", "marital": "married", "spouse": ids.lan}
    answer = await teller.tell("household.registered", household=ids.home, area=AREA, members=[line])
    assert answer.fate != "recorded"
    await teller.tell(kind, person=ids.lan)
    for _, fact in await teller.facts():
        people = [step.entity for step in fact.asserts.persons]
        assert len(set(people)) == len(people)


async def test_nobody_who_arrives_is_her_own_mother(teller: Teller) -> None:
    await teller.places()
    await sheet(teller, ids.home)
    told: dict[str, Any] = {"person": ids.lan, "household": ids.home, "sex": "female", "mother": ids.lan}
    assert (await teller.tell("person.arrived", **told)).fate != "recorded"


async def test_a_correction_may_name_what_its_rule_does_not_look_at(teller: Teller) -> None:
    """Its row must be loaded all the same: or the whole group is lost, whenever it is sent."""
    await teller.places()
    await without_areas(teller)
    moved = uuid7()
    told: dict[str, Any] = {"change": "level", "units": [BARE], "parent": PROVINCE}
    await teller.tell("unit.reorganised", id=moved, **told)
    answer = await teller.tell("fact.corrected", on=None, fact=moved, changes={"change": "abolish"})
    assert answer.fate == "recorded"


@pytest.mark.parametrize("late", ["area.established", "area.reassigned"])
async def test_an_area_told_late_goes_along_when_its_commune_merges(teller: Teller, late: str) -> None:
    await teller.places()
    await merged(teller, COMMUNE)
    area = f"{COMMUNE}-009" if late == "area.established" else FAR
    names: dict[str, Any] = {"names": {"vi": "Thôn"}} if late == "area.established" else {}
    answer = await teller.tell(late, on="2025-03-01", area=area, commune=COMMUNE, **names)
    assert answer.fate == "recorded"
    assert (await teller.state(area))["parent"] == SUCCESSOR


async def test_a_unit_told_late_goes_up_when_its_district_was_abolished(teller: Teller) -> None:
    await teller.places()
    await district(teller)
    await teller.tell("unit.reorganised", on="2025-05-01", change="abolish", units=[DISTRICT])
    unit = {
        "unit": "10601-20250301",
        "code": "10601",
        "level": "commune",
        "names": {"vi": "Xã"},
        "parent": DISTRICT,
    }
    assert (await teller.tell("unit.established", on="2025-03-01", unit=unit)).fate == "recorded"
    assert (await teller.state("10601-20250301"))["parent"] == PROVINCE


async def test_a_merger_told_late_hands_over_what_its_successor_later_leaves_behind(teller: Teller) -> None:
    await teller.places()
    await merged(teller, COMMUNE)
    told: dict[str, Any] = {"change": "merge", "units": [OTHER], "into": COMMUNE}
    assert (await teller.tell("unit.reorganised", on="2025-03-01", **told)).fate == "recorded"
    assert (await teller.state(FAR))["parent"] == SUCCESSOR


async def test_who_arrived_late_keeps_the_household_move_when_her_past_changes_again(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, an="male")
    await teller.tell("household.moved", on="2025-05-01", household=ids.home, area=FAR)
    await teller.tell("person.arrived", on="2025-02-01", person=ids.lan, household=ids.home, sex="female")
    await teller.tell("person.married", on="2025-03-01", person=ids.lan)
    assert (await teller.state(ids.lan))["area"] == FAR


async def test_who_was_never_the_head_keeps_her_relation_when_the_sheet_is_put_right(teller: Teller) -> None:
    await teller.places()
    lines = [{"person": one, "sex": "female", "relation": "other"} for one in (ids.lan, ids.mai)]
    told = await sheet(teller, ids.home, *lines, head=ids.lan)
    await teller.tell("household.head_changed", household=ids.home, head=ids.mai, former_relation="child")
    await teller.tell("fact.corrected", on=None, fact=told, changes={"head": None})
    assert (await teller.state(ids.lan))["relation"] == "other"


async def test_a_head_named_by_a_correction_is_none_any_more_when_she_had_left(teller: Teller) -> None:
    await teller.places()
    lines = [{"person": one, "sex": "female"} for one in (ids.lan, ids.mai)]
    told = await sheet(teller, ids.home, *lines, head=ids.lan)
    await teller.tell("person.left", person=ids.mai, destination="abroad")
    await teller.tell("fact.corrected", on=None, fact=told, changes={"head": ids.mai})
    assert "head" not in await teller.state(ids.home)


async def test_voiding_a_correction_revives_a_unit_that_only_the_correction_ended(teller: Teller) -> None:
    await teller.places()
    await without_areas(teller)
    change, correction = uuid7(), uuid7()
    told: dict[str, Any] = {"change": "rename", "units": [OTHER], "names": {"vi": "Xã"}}
    await teller.tell("unit.reorganised", id=change, **told)
    changes: dict[str, Any] = {"change": "abolish", "units": [BARE]}
    await teller.tell("fact.corrected", id=correction, on=None, fact=change, changes=changes)
    assert "valid_to" in await teller.state(BARE)
    await teller.tell("fact.voided", on=None, fact=correction)
    assert "valid_to" not in await teller.state(BARE)
    assert (await teller.state(BARE))["parent"] == PROVINCE


@pytest.mark.parametrize("registered", ["2025-01-01", "2025-04-01"])
async def test_a_mother_whom_a_birth_names_is_not_taken_off_the_books(teller: Teller, registered: str) -> None:
    """Told now, that birth would wait for her: so the void leaves a fact that no longer fits (convention 12)."""
    await teller.places()
    mother = await sheet(teller, ids.home, {"person": ids.lan, "sex": "female"}, on=registered)
    await sheet(teller, ids.other)
    born = await teller.tell("person.born", person=ids.baby, household=ids.other, sex="male", mother=ids.lan)
    assert born.fate == "recorded"
    assert (await teller.tell("fact.voided", on=None, fact=mother)).fate == "refused"


async def test_an_arrival_is_decided_again_when_a_void_leaves_its_person_in_transit(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    await sheet(teller, ids.other)
    await sheet(teller, ids.third)
    first = uuid7()
    await teller.tell("person.left", on="2025-02-01", person=ids.lan)
    await teller.tell("person.arrived", id=first, on="2025-02-10", person=ids.lan, household=ids.other, sex="female")
    waits = await teller.tell("person.arrived", on="2025-03-01", person=ids.lan, household=ids.third, sex="female")
    assert waits.fate == "waiting"
    assert (await teller.tell("fact.voided", on=None, fact=first)).fate == "recorded"
    assert (await teller.state(ids.lan)).get("household") == ids.third


async def test_no_correction_brings_a_report_into_the_future(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    died = uuid7()
    await teller.tell("person.died", id=died, person=ids.lan)
    assert refused_for(await teller.tell("fact.corrected", on=None, fact=died, changes={"on": "2199-01-01"})) == [
        "in-the-future"
    ]


async def test_no_unit_comes_to_lie_below_itself(teller: Teller) -> None:
    await teller.places()
    told: dict[str, Any] = {"change": "level", "units": [PROVINCE], "level": "commune", "parent": PROVINCE}
    assert (await teller.tell("unit.reorganised", **told)).fate == "refused"


async def test_what_lies_below_two_units_abolished_together_goes_to_one_that_stays(teller: Teller) -> None:
    await teller.places()
    await district(teller)
    await teller.tell("unit.reorganised", change="level", units=[COMMUNE], parent=DISTRICT)
    told: dict[str, Any] = {"change": "abolish", "units": [DISTRICT, COMMUNE]}
    answer = await teller.tell("unit.reorganised", on="2025-04-01", **told)
    _, fact = (await teller.facts())[-1]
    units = [step.entity for step in fact.asserts.units]
    assert len(set(units)) == len(units)
    assert answer.fate == "refused" or (await teller.state(AREA))["parent"] == PROVINCE


@pytest.mark.parametrize("corrected", [False, True])
async def test_a_widow_who_becomes_known_after_the_death_is_widowed(teller: Teller, corrected: bool) -> None:  # noqa: FBT001 - parametrized
    await teller.places()
    await sheet(teller, ids.home, {"person": ids.an, "sex": "male", "marital": "married", "spouse": ids.lan})
    line: dict[str, Any] = {"person": ids.lan, "sex": "female"}
    married: dict[str, Any] = {"marital": "married", "spouse": ids.an}
    if corrected:
        told = await sheet(teller, ids.other, line)
    await teller.tell("person.died", on="2025-03-01", person=ids.an)
    if corrected:
        await teller.tell("fact.corrected", on=None, fact=told, member=ids.lan, changes=married)
    else:
        await sheet(teller, ids.other, line | married)
    assert (await teller.state(ids.lan))["marital"] == "widowed"


async def test_the_same_event_is_found_behind_another_one_of_its_day(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    await sheet(teller, ids.other)
    await teller.tell("person.moved", person=ids.lan, household=ids.other)
    back = await teller.tell("person.moved", person=ids.lan, household=ids.home)
    again = await teller.tell("person.moved", person=ids.lan, household=ids.home)
    assert (again.fate, again.position) == ("duplicate", back.position)


async def test_a_void_that_leaves_a_later_correction_without_sense_is_refused(teller: Teller) -> None:
    await teller.places()
    change, first = uuid7(), uuid7()
    told: dict[str, Any] = {"change": "rename", "units": [COMMUNE], "names": {"vi": "Xã"}}
    await teller.tell("unit.reorganised", id=change, **told)
    await teller.tell(
        "fact.corrected", id=first, on=None, fact=change, changes={"change": "merge", "into": OTHER, "units": [COMMUNE]}
    )
    second = await teller.tell("fact.corrected", on=None, fact=change, previous=first, changes={"into": COMMUNE})
    assert second.fate == "recorded"
    assert (await teller.tell("fact.voided", on=None, fact=first)).fate == "refused"


async def test_a_report_sent_again_behind_its_void_in_one_batch_is_voided(teller: Teller) -> None:
    await teller.places()
    await teller.family(ids.home, lan="female")
    died = report("person.died", {"on": "2025-03-01", "person": ids.lan})
    await teller.submit(died)
    _, again = await teller.submit(report("fact.voided", {"fact": died.id}), died)
    assert (again.fate, again.duplicate) == ("voided", True)


async def test_whoever_went_along_with_her_household_can_be_taken_off_the_books_again(teller: Teller) -> None:
    """The move told late speaks of the household; that she went along takes nothing of it away."""
    await teller.places()
    await sheet(teller, ids.home)
    arrived = uuid7()
    told = {"person": ids.lan, "household": ids.home, "sex": "female"}
    await teller.tell("person.arrived", id=arrived, on="2025-05-01", **told)
    await teller.tell("household.moved", on="2025-03-01", household=ids.home, area=FAR)
    assert (await teller.tell("fact.voided", on=None, fact=arrived)).fate == "recorded"
    assert await teller.state(ids.lan) is None


async def test_an_arrival_is_decided_again_when_its_person_was_never_elsewhere(teller: Teller) -> None:
    """It waited for her departure; once her registration is voided it tells of somebody new."""
    await teller.places()
    home = await sheet(teller, ids.home, {"person": ids.lan, "sex": "female"})
    await sheet(teller, ids.other)
    told = {"person": ids.lan, "household": ids.other, "sex": "female"}
    assert (await teller.tell("person.arrived", **told)).fate == "waiting"
    await teller.tell("fact.voided", on=None, fact=home)
    assert (await teller.state(ids.lan) or {}).get("household") == ids.other


async def test_a_former_head_whose_sheet_is_put_right_still_gets_her_new_relation(teller: Teller) -> None:
    """The change of head told nothing new of her at first, so her own past does not lead to it."""
    await teller.places()
    lines = [{"person": one, "sex": "female", "relation": "spouse"} for one in (ids.lan, ids.mai)]
    told = await sheet(teller, ids.home, *lines, head=ids.lan)
    await teller.tell("household.head_changed", household=ids.home, head=ids.mai, former_relation="spouse")
    await teller.tell("fact.corrected", on=None, fact=told, member=ids.lan, changes={"relation": "child"})
    assert (await teller.state(ids.lan))["relation"] == "spouse"


async def merged_below_a_district(teller: Teller) -> str:
    """A commune comes below a district and merges into another; give the report of the merger."""
    await teller.places()
    await district(teller)
    await teller.tell("unit.reorganised", on="2025-02-01", change="level", units=[COMMUNE], parent=DISTRICT)
    merger = uuid7()
    told: dict[str, Any] = {"change": "merge", "units": [COMMUNE], "into": OTHER}
    await teller.tell("unit.reorganised", id=merger, on="2025-03-01", **told)
    return merger


async def test_a_commune_that_comes_back_goes_up_when_its_district_was_abolished_meanwhile(teller: Teller) -> None:
    """It stands below the district again by the void, although it was told of no other parent."""
    merger = await merged_below_a_district(teller)
    await teller.tell("unit.reorganised", on="2025-05-01", change="abolish", units=[DISTRICT])
    assert (await teller.tell("fact.voided", on=None, fact=merger)).fate == "recorded"
    state = await teller.state(COMMUNE)
    assert (state["parent"], state.get("valid_to")) == (PROVINCE, None)


async def test_no_commune_comes_back_below_what_became_a_commune_itself(teller: Teller) -> None:
    merger = await merged_below_a_district(teller)
    lowered = await teller.tell("unit.reorganised", on="2025-05-01", change="level", units=[DISTRICT], level="commune")
    assert lowered.fate == "recorded"
    assert (await teller.tell("fact.voided", on=None, fact=merger)).fate == "refused"


@pytest.mark.parametrize("change", [{"change": "abolish"}, {"change": "level", "level": "district"}])
async def test_no_area_comes_to_lie_below_anything_but_a_commune(teller: Teller, change: dict[str, Any]) -> None:
    await teller.places()
    answer = await teller.tell("unit.reorganised", units=[COMMUNE], **change)
    assert refused_for(answer) == ["below-of-wrong-level"]
    assert (await teller.state(AREA))["parent"] == COMMUNE
