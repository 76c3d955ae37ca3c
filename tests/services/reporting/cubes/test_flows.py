"""Is every change of a cell told by flows, and is each flow what the conventions say?"""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import place_number
from contracts.person import PersonState
from services.reporting.cubes.cells import IN_TRANSIT, OUTSIDE, PLACE_UNKNOWN, Standing, cell_of
from services.reporting.cubes.flows import ALL_FLOWS, FLOWS, RECLASSIFIED, VERSION, flow_of

HERE, THERE = "11383-20250701-001", "11386-20250701-001"
KINDS = (*(flow.cause or "person.moved" for flow in FLOWS), "person.left", "household.moved", "a.kind.to.come")

# What each version counts, for ever: whoever declares a flow raises VERSION, so that the past is counted too.
COUNTED = {
    1: {
        1: "person.born",
        2: "person.died",
        3: "household.registered",
        4: None,
        5: None,
        6: "person.married",
        7: "person.divorced",
        8: None,
    },
    2: {
        1: "person.born",
        2: "person.died",
        3: "household.registered",
        4: None,
        5: None,
        6: "person.married",
        7: "person.divorced",
        8: None,
        9: "unit.reorganised",
    },
}
# Counted as before, in tables with other indexes.
COUNTED[3] = COUNTED[2]

standings = st.builds(
    Standing,
    status=st.sampled_from(["resident", "in_transit", "outside", "dead"]),
    sex=st.sampled_from(["male", "female", "unknown"]),
    birth=st.sampled_from([None, "1961", "1961-03", "1961-03-14"]),
    area=st.sampled_from([None, HERE, THERE]),
    marital=st.sampled_from(["single", "married", "divorced", "unknown"]),
)
sides = st.none() | standings


def names(kind: str, before: Standing | None, after: Standing | None) -> list[str]:
    by_code = {flow.code: flow.measures[0].name for flow in ALL_FLOWS}
    return [by_code[row[0]] for row in flow_of(kind, before, after)]


@given(kind=st.sampled_from(KINDS), before=sides, after=sides)
def test_the_change_of_every_cell_is_what_came_in_less_what_went_out(
    kind: str, before: Standing | None, after: Standing | None
) -> None:
    change: Counter[tuple[int, int, int]] = Counter()
    change[cell_of(after)] += 1
    change[cell_of(before)] -= 1
    for _, origin, destination, sex, birth in flow_of(kind, before, after):
        change[destination, sex, birth] -= 1
        change[origin, sex, birth] += 1
    assert not any(n for (place, _, _), n in change.items() if place != OUTSIDE)


@given(kind=st.sampled_from(KINDS), before=sides, after=sides)
def test_a_change_of_place_is_exactly_one_flow(kind: str, before: Standing | None, after: Standing | None) -> None:
    moving = [row for row in flow_of(kind, before, after) if row[0] != RECLASSIFIED.code and row[1] != row[2]]
    assert len(moving) == (cell_of(before)[0] != cell_of(after)[0])


def test_what_is_counted_changes_with_the_version_only() -> None:
    counted = {flow.code: flow.cause for flow in ALL_FLOWS}
    assert COUNTED.get(VERSION) == counted, "raise VERSION in services/reporting/cubes/flows.py and note it here"


RESIDENT = Standing("resident", "female", "1961-03-14", HERE)
ELSEWHERE = Standing("resident", "female", "1961-03-14", THERE)
DEAD = Standing("dead", "female", "1961-03-14")
OUT = Standing("outside", "female", "1961-03-14")
MERGED = Standing("merged", "female", "1961-03-14")
TRANSIT = Standing("in_transit", "female", "1961-03-14")
MARRIED = Standing("resident", "female", "1961-03-14", HERE, "married")
WIDOWED = Standing("resident", "female", "1961-03-14", HERE, "widowed")


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        ("person.born", None, RESIDENT, ["births"]),
        ("person.died", RESIDENT, DEAD, ["deaths"]),
        ("person.died", TRANSIT, DEAD, ["deaths"]),
        ("person.died", OUT, DEAD, []),
        ("person.died", MARRIED, WIDOWED, []),
        ("household.registered", None, RESIDENT, ["registered"]),
        ("person.arrived", None, RESIDENT, ["moves_in"]),
        ("person.arrived", OUT, RESIDENT, ["moves_in"]),
        ("person.arrived", TRANSIT, ELSEWHERE, ["moves_in"]),
        ("person.left", RESIDENT, TRANSIT, ["moves_in"]),
        ("person.left", RESIDENT, OUT, ["moves_in"]),
        ("person.moved", RESIDENT, RESIDENT, []),
        ("household.moved", RESIDENT, ELSEWHERE, ["moves_in"]),
        ("unit.reorganised", RESIDENT, ELSEWHERE, ["territory_in"]),
        ("household.dissolved", RESIDENT, None, ["struck_off"]),
        ("person.merged", RESIDENT, MERGED, ["struck_off"]),
        ("person.merged", TRANSIT, MERGED, ["struck_off"]),
        ("person.merged", OUT, MERGED, []),
        ("person.married", RESIDENT, MARRIED, ["marriages"]),
        ("person.married", MARRIED, MARRIED, []),
        ("person.divorced", MARRIED, Standing("resident", "female", "1961-03-14", HERE, "divorced"), ["divorces"]),
        ("person.changed", RESIDENT, Standing("resident", "male", "1961-03-14", HERE), ["reclassified_in"] * 2),
    ],
)
def test_each_transition_counts_as_what_it_is(
    kind: str, before: Standing | None, after: Standing | None, expected: list[str]
) -> None:
    assert names(kind, before, after) == expected


def test_a_marriage_counts_where_the_person_lives_afterwards() -> None:
    before = Standing("resident", "female", "1961-03-14", THERE)
    rows = flow_of("person.married", before, MARRIED)
    assert [row[:3] for row in rows if row[1] == row[2]] == [(6, place_number(HERE), place_number(HERE))]


def test_a_marriage_abroad_touches_no_figure() -> None:
    assert flow_of("person.married", OUT, Standing("outside", marital="married")) == []


def test_a_resident_without_a_known_place_stands_in_a_cell_of_her_own() -> None:
    assert cell_of(Standing("resident", "male")) == (PLACE_UNKNOWN, 1, 0)
    assert cell_of(Standing("in_transit", "male")) == (IN_TRANSIT, 1, 0)


def test_codes_and_names_stand_for_one_flow_each() -> None:
    codes = [flow.code for flow in ALL_FLOWS]
    measures = [measure.name for flow in ALL_FLOWS for measure in flow.measures]
    assert len(set(codes)) == len(codes)
    assert len(set(measures)) == len(measures)
    assert all(measure.en and measure.vi for flow in ALL_FLOWS for measure in flow.measures)


def test_statistics_read_only_fields_that_a_state_has() -> None:
    assert set(Standing.__struct_fields__) <= set(PersonState.__struct_fields__)
