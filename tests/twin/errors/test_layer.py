"""Is the layer of errors deterministic, honest about every line, and as frequent as its settings say?"""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from statistics import median
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.event import CATALOGUE, TYPE_PREFIX, decode_report
from contracts.ids import uuid7
from tests.twin.true import only, true_lines
from twin.errors import Rates, spoil
from twin.errors.delays import SHORTEST_OFFLINE, SIX_WEEKS
from twin.errors.scene import DAY
from twin.errors.telling import read
from twin.errors.truth import Double, Person, Told, Truth, Untold

ALL = {
    "after-future-date", "after-impossible-date", "arrival-as-another", "birth-day-month-swapped",
    "birth-first-of-january", "birth-year-mistyped", "delivered-twice", "future-date", "impossible-date",
    "known-otherwise", "late-birth", "late-report", "missing-arrival", "missing-death", "missing-departure",
    "name-decomposed", "name-other-tone-place", "name-telex", "name-with-eth", "name-without-diacritics",
    "name-without-middle", "number-mistyped", "number-missing", "number-old-card", "offline", "sex-wrong",
    "told-again", "told-as-another", "told-by-both", "told-by-successor", "told-otherwise", "twins-unnamed",
    "wrong-clock", "amends-retold",
}  # fmt: skip


@cache
def sandbox(seed: int) -> tuple[bytes, ...]:
    return tuple(true_lines(100, seed))


def spoilt(lines: list[bytes], rates: Rates, seed: int = 1) -> tuple[list[bytes], list[Truth]]:
    notes: list[Truth] = []
    return list(spoil(lines, rates, seed, notes.append)), notes


def slips(notes: list[Truth]) -> Counter[str]:
    told = [slip.error for note in notes if isinstance(note, Told) for slip in note.slips]
    return Counter(told + [note.slip.error for note in notes if isinstance(note, Untold)])


def test_without_errors_every_line_arrives_as_it_was_told() -> None:
    lines = list(sandbox(1))
    arrived, notes = spoilt(lines, Rates().scaled(0.0))
    assert arrived == lines
    assert slips(notes) == {}


def test_the_same_arguments_give_the_same_bytes_and_another_seed_other_errors() -> None:
    lines = list(sandbox(1))
    assert spoilt(lines, Rates(), 1) == spoilt(lines, Rates(), 1)
    assert spoilt(lines, Rates(), 1)[0] != spoilt(lines, Rates(), 2)[0]


def test_every_kind_of_error_is_made_where_errors_are_frequent() -> None:
    often = replace(Rates().scaled(6.0), wrong_clock=0.8, handover=0.8)
    made = slips(spoilt(list(sandbox(1)), often)[1])
    made += slips(spoilt(list(sandbox(1)), only(Rates().scaled(200.0), "impossible_date"))[1])
    made += slips(spoilt(list(sandbox(1)), only(Rates().scaled(20.0), "twins", "twins_unnamed"))[1])
    made += slips(spoilt(list(sandbox(1)), only(Rates().scaled(12.0), "missing_arrival", "missing_departure"))[1])
    made += slips(spoilt(list(sandbox(1)), only(Rates().scaled(12.0), "arrival_as_another"))[1])
    stock = true_lines(400, months=0)
    made += slips(spoilt(stock, only(Rates().scaled(30.0), "misspelt_name", "wrong_birth"))[1])
    assert ALL - made.keys() == set()


def test_an_error_strikes_the_same_reports_whatever_else_is_struck() -> None:
    lines = list(sandbox(1))
    alone = spoilt(lines, only(Rates().scaled(4.0), "late_birth"))[1]
    among = spoilt(lines, only(Rates().scaled(4.0), "late_birth", "misspelt_name", "missing_death"))[1]
    late = [{n.event for n in some if isinstance(n, Told) and "late-birth" in _errors(n)} for some in (alone, among)]
    assert late[0] == late[1] != set()


def _errors(note: Told) -> set[str]:
    return {slip.error for slip in note.slips}


def test_what_arrives_is_well_formed_but_for_impossible_dates() -> None:
    arrived, notes = spoilt(list(sandbox(1)), Rates().scaled(6.0))
    impossible = {note.report for note in notes if isinstance(note, Told) and "impossible-date" in _errors(note)}
    malformed = set()
    for line in arrived:
        report = decode_report(line)
        try:
            CATALOGUE[report.type].parse(report.data)
        except ValidationError:
            malformed.add(report.id)
    assert malformed == impossible != set()


def test_only_dates_that_cannot_be_are_declared_as_refused() -> None:
    _, notes = spoilt(list(sandbox(1)), Rates().scaled(6.0))
    refused = [note for note in notes if isinstance(note, Told) and note.refused]
    assert refused
    assert all(_errors(note) & {"impossible-date", "future-date"} for note in refused)


def test_every_true_event_is_told_or_kept_as_untold() -> None:
    lines = list(sandbox(1))
    arrived, notes = spoilt(lines, Rates().scaled(3.0))
    events = {note.report: note.event for note in notes if isinstance(note, Told) and not note.refused}
    refused = {note.report for note in notes if isinstance(note, Told) and note.refused}
    reports = {json.loads(line)["id"] for line in arrived} - refused
    told = {events.get(report, report) for report in reports}
    untold = {note.event for note in notes if isinstance(note, Untold)}
    true = {json.loads(line)["id"] for line in lines}
    assert told | untold >= true
    assert told & untold == set()


def test_a_line_that_arrives_twice_is_the_same_byte_by_byte() -> None:
    arrived, _ = spoilt(list(sandbox(1)), Rates().scaled(6.0))
    by_id: dict[str, set[bytes]] = {}
    for line in arrived:
        by_id.setdefault(json.loads(line)["id"], set()).add(line)
    assert len(arrived) > len(by_id)
    assert all(len(lines) == 1 for lines in by_id.values())


def test_what_a_telephone_kept_arrives_in_its_order() -> None:
    arrived, notes = spoilt(list(sandbox(1)), only(Rates().scaled(6.0), "offline"))
    order = [read(line) for line in arrived]
    for source in {telling.source for telling in order}:
        times = [telling.due for telling in order if telling.source == source]
        assert times == sorted(times)
    assert slips(notes)["offline"] > 0


@pytest.mark.parametrize("seed", range(5))
def test_what_is_told_once_there_is_a_network_again_was_not_kept(seed: int) -> None:
    """A telephone is without one for two to six weeks, from the beginning of a span of six."""
    began = datetime(2025, 3, 13, tzinfo=UTC)
    days = [str(began + timedelta(days=day)).encode() for day in range(SIX_WEEKS)]
    lines = [line.replace(b"2025-03-04T19:00:00+07:00", day) for line, day in zip(births(SIX_WEEKS), days, strict=True)]
    assert read(lines[0]).due % (SIX_WEEKS * DAY) == 0
    _, notes = spoilt(lines, replace(only(Rates()), offline=1.0), seed)
    kept = [note.report for note in notes if isinstance(note, Told)]
    assert kept[:SHORTEST_OFFLINE] == [read(line).report for line in lines[:SHORTEST_OFFLINE]]
    assert kept == [read(line).report for line in lines[: len(kept)]]
    assert len(kept) < SIX_WEEKS


def test_an_office_decides_of_somebody_after_the_last_that_arrives_of_her() -> None:
    members = [{"person": _id(1), "sex": "male", "birth": "1980-02-01"}]
    home = {"on": "2025-01-01", "household": uuid7(1), "area": "a", "members": members}
    sheet = _line("household.registered", home, 0)
    left = _line("person.left", {"on": "2025-03-01", "person": _id(1), "destination": "inside_country"}, 1)
    closed = _line("move.closed", {"on": "2025-03-20", "person": _id(1)}, 2)
    arrived, notes = spoilt([sheet, left, closed], replace(only(Rates()), late_report=1.0, late_report_days=90))
    order = [read(line).kind for line in arrived]
    assert order.index("person.left") < order.index("move.closed")
    assert slips(notes) == {"late-report": 2, "decided-later": 1}
    arrived, notes = spoilt([sheet, left, closed], replace(only(Rates()), missing_departure=1.0))
    assert (arrived, slips(notes)) == ([sheet], {"missing-departure": 1, "rests-on-untold": 1})


def test_who_left_untold_and_leaves_again_told_has_that_move_closed() -> None:
    members = [{"person": _id(1), "sex": "male", "birth": "1980-02-01"}]
    home = {"on": "2025-01-01", "household": uuid7(1), "area": "a", "members": members}
    leaving = {"person": _id(1), "destination": "inside_country"}
    lines = [
        _line("household.registered", home, 0),
        _line("person.left", leaving | {"on": "2025-03-01"}, 1),
        _line("person.left", leaving | {"on": "2025-06-01"}, 2),
        _line("move.closed", {"on": "2025-07-20", "person": _id(1)}, 3),
    ]
    told = [spoilt(lines, replace(only(Rates()), missing_departure=0.5), seed)[0] for seed in range(20)]
    again = [arrived for arrived in told if lines[1] not in arrived and lines[2] in arrived]
    assert again
    assert all(lines[3] in arrived for arrived in again)


def test_what_is_taken_back_is_taken_back_behind_whoever_tells_it_once_more() -> None:
    arrived = {"on": "2025-01-04", "person": _id(1), "household": uuid7(1), "sex": "female"}
    mistaken = _line("person.arrived", arrived, 1)
    void = _line("fact.voided", {"fact": read(mistaken).report, "reason": "Nhầm người"}, 2)
    order, notes = spoilt([mistaken, void], replace(only(Rates()), told_again=1.0))
    assert [read(line).kind for line in order] == ["person.arrived", "person.arrived", "fact.voided"]
    assert slips(notes) == {"told-again": 1, "taken-back-later": 1}


def births(n: int) -> list[bytes]:
    born = {"on": "2025-03-01", "household": uuid7(1), "sex": "female"}
    return [_line("person.born", born | {"person": _id(place)}, place) for place in range(n)]


def _id(place: int) -> str:
    return uuid7(place, Random(place).randbytes(10))


def _line(kind: str, data: dict[str, Any], place: int) -> bytes:
    about = {"id": _id(1_000_000 + place), "source": "/collaborators/a", "type": f"{TYPE_PREFIX}{kind}.v1"}
    return json.dumps(about | {"time": "2025-03-04T19:00:00+07:00", "data": data}).encode() + b"\n"


def test_a_quarter_of_births_come_late_in_the_middle_by_two_months() -> None:
    arrived, _ = spoilt(births(2000), only(Rates(), "late_birth"))
    told = datetime.fromisoformat(json.loads(births(1)[0])["time"])
    days = [(datetime.fromisoformat(json.loads(one)["time"]) - told).days for one in arrived]
    late = [one for one in days if one > 0]
    assert 0.22 < len(late) / 2000 < 0.28
    assert 55 < median(late) < 67
    assert [*days] == sorted(days), "they arrive in order of telling"


def test_deaths_of_the_old_are_missing_more_often_than_others() -> None:
    sheet = {"on": "2025-01-01", "household": uuid7(1), "area": "a"}
    members = [{"person": _id(n), "sex": "male", "birth": "1940-02-01" if n % 2 else "1980-02-01"} for n in range(2000)]
    deaths = [{"on": "2025-03-01", "person": _id(n)} for n in range(2000)]
    sheets = [sheet | {"members": members[place : place + 10]} for place in range(0, 2000, 10)]
    told = [_line("household.registered", one, 9_000 + place) for place, one in enumerate(sheets)]
    told += [_line("person.died", death, place) for place, death in enumerate(deaths)]
    _, notes = spoilt(told, only(Rates(), "missing_death_old", "missing_death"))
    missing = {note.slip.person for note in notes if isinstance(note, Untold)}
    old = sum(_id(n) in missing for n in range(1, 2000, 2)) / 1000
    assert 0.05 < old < 0.15
    assert 0.01 < (len(missing) / 1000 - old) < 0.035


def test_a_double_is_an_id_of_its_own_of_somebody_true() -> None:
    arrived, notes = spoilt(list(sandbox(1)), Rates().scaled(6.0))
    persons = {note.person for note in notes if isinstance(note, Person)}
    doubles = [note for note in notes if isinstance(note, Double)]
    told = b"".join(arrived)
    assert doubles
    assert not persons & {double.person for double in doubles}
    assert all(double.person.encode() in told for double in doubles)


def test_a_child_is_told_once_more_by_who_visits_the_same_family_or_in_a_large_household_elsewhere() -> None:
    sheet = {"on": "2025-01-01", "area": "b"}
    large, small = (
        sheet
        | {
            "household": _id(9_000 + n),
            "members": [{"person": _id(9_100 + 10 * n + m), "sex": "male"} for m in range(n)],
        }
        for n in (4, 3)
    )
    sheets = [_line("household.registered", one, 9_000 + place) for place, one in enumerate((large, small))]
    true = births(100)
    arrived, notes = spoilt([*sheets, *true], replace(only(Rates()), told_as_another=1.0))
    own = {read(line).report for line in true}
    again = [one for one in map(read, arrived) if one.kind == "person.born" and one.report not in own]
    assert len(again) == 100
    homes = Counter(one.data["household"] for one in again)
    assert homes.keys() == {read(true[0]).data["household"], large["household"]}
    assert min(homes.values()) > 30
    assert all((one.data["household"] == large["household"]) == ("relation" in one.data) for one in again)
    assert {one.source for one in again} == {"/collaborators/a/2", "/collaborators/b"}
    doubles = {note.person: note.of for note in notes if isinstance(note, Double)}
    assert {doubles[str(one.person)] for one in again} == {read(line).person for line in true}


def test_shares_are_scaled_up_to_certainty_and_times_stay() -> None:
    rates = Rates().scaled(100.0)
    assert rates.late_birth == 1.0
    assert rates.late_birth_days == Rates().late_birth_days


@pytest.mark.parametrize("seed", [1, 2])
def test_twins_are_true_children_of_one_mother_and_day(seed: int) -> None:
    lines = list(sandbox(seed))
    arrived, notes = spoilt(lines, only(Rates().scaled(40.0), "twins"), seed)
    new = {json.loads(line)["id"] for line in arrived} - {json.loads(line)["id"] for line in lines}
    born = [json.loads(line)["data"] for line in arrived if b"person.born" in line]
    pairs = Counter((child["mother"], child["on"]) for child in born)
    assert len(new) == sum(n == 2 for n in pairs.values()) > 0
    assert {child["person"] for child in born} <= {note.person for note in notes if isinstance(note, Person)}
    orders = Counter((child["mother"], child["birth_order"]) for child in born)
    assert max(orders.values()) == 1
