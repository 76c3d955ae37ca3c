"""Is an error counted as often as it was made, with what became of whom it is about?"""

from dataclasses import replace

import pytest

from tests.twin.true import only, true_lines
from twin.errors import Rates, spoil
from twin.errors.truth import Double, Person, Slip, Told, Truth
from twin.scoring import errors
from twin.scoring.people import People
from twin.scoring.truths import Truths, collect

LAN = Person("lan", "resident", "female", area="here")
TELEX, OFFLINE, AGAIN, TWICE = (
    Slip(error, "lan") for error in ("name-telex", "offline", "told-again", "delivered-twice")
)


def told(report: str, *slips: Slip) -> Told:
    return Told(report, report, slips)


def made(truths: Truths) -> dict[str, int]:
    return {error: counts["made"] for error, counts in errors.effects(truths, People()).items()}


def test_what_is_wrong_in_a_report_that_arrives_twice_was_done_once() -> None:
    truths = collect([LAN, told("r", TELEX, OFFLINE), told("r", TELEX, OFFLINE, TWICE)])
    assert made(truths) == {"name-telex": 1, "offline": 1, "delivered-twice": 1}


def test_what_is_told_once_more_under_another_id_is_wrong_once_more() -> None:
    assert made(collect([LAN, told("r", TELEX), told("s", TELEX, AGAIN)])) == {"name-telex": 2, "told-again": 1}
    assert made(collect([LAN, told("r", TELEX, Slip("name-telex", "mai"))])) == {"name-telex": 2}


def test_a_second_record_of_somebody_whose_report_was_voided_is_put_down_to_its_error() -> None:
    another = Slip("told-as-another", "mai")
    truths = collect([LAN, Double("mai-again", "mai"), told("r", another)])
    effects = errors.effects(truths, People(unknown=["mai-again", "stranger"]))
    assert effects == {"told-as-another": {"made": 1, "unknown": 1}, errors.NO_ERROR: {"unknown": 1}}


def test_an_answer_is_put_down_to_the_errors_of_its_report_with_its_reasons_and_notes() -> None:
    answers = (
        b'{"id":"r","fate":"recorded","notes":["identifier-clash"]}',
        b'{"id":"r","fate":"recorded","duplicate":true}',
        b'{"id":"s","problem":{"reasons":[{"code":"already-dead"},{"code":"told-differently"}]}}',
        b'{"problem":{"title":"Not a report"}}',
        b"{}",
    )
    assert errors.fates(collect([LAN, told("r", TELEX)]), answers) == {
        "(none)": {"refused:already-dead,told-differently": 1, "refused": 1, "unknown": 1},
        "name-telex": {"recorded": 1, "note:identifier-clash": 1, "repeated": 1},
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_telephones_that_deliver_twice_make_no_more_of_any_other_error(seed: int) -> None:
    often = only(Rates().scaled(8.0), "misspelt_name", "late_report", "offline", "told_again", "impossible_date")
    counts = []
    for twice in (0.0, 1.0):
        notes: list[Truth] = []
        list(spoil(true_lines(60, seed, 8), replace(often, delivered_twice=twice), seed, notes.append))
        counts.append(made(collect(notes)))
    assert counts[1].pop("delivered-twice") == counts[0]["offline"] > 0
    assert counts[0] == counts[1]
