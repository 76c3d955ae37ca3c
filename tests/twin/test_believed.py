"""Does the platform know a synthetic population as it is, and with errors exactly as far as anybody could?

Everything is told to the real platform by `socai report`, read by `socai area`, and compared with the truth.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.databases import Database
from tests.support.topics import Topics
from tests.twin.platform import Compared, platform
from tests.twin.true import only, true_lines
from twin.errors import Rates, spoil
from twin.errors.truth import Truth
from twin.scoring.truths import Truths

# What must not matter: it comes late, out of order, from others, twice or under another report's id.
HARMLESS = ("late_birth", "offline", "delivered_twice", "wrong_clock", "handover", "told_again")
# What leads nobody into a contradiction, so that what is off is what was done.
SILENT = (
    "missing_death", "missing_death_old", "missing_departure", "arrival_as_another", "told_as_another", "misspelt_name",
    "wrong_birth", "first_of_january", "number_typo", "number_missing", "number_old",
)  # fmt: skip


async def told(
    rates: Rates, seed: int, fresh_database: Callable[..., Database], kafka: Topics, folder: Path
) -> tuple[Compared, list[bytes]]:
    notes: list[Truth] = []
    lines = list(spoil(true_lines(60, seed, 8), rates, seed, notes.append))
    async with platform(fresh_database, kafka, folder) as system:
        return await system.live(lines, notes), lines


async def test_a_population_told_without_errors_is_known_perfectly(
    fresh_database: Callable[..., Database], kafka: Topics, tmp_path: Path
) -> None:
    compared, _ = await told(Rates().scaled(0.0), 1, fresh_database, kafka, tmp_path)
    score = compared.score
    assert score.perfect
    assert score.people.true == score.people.believed == len(score.people.found) > 200
    assert score.moves.matched == score.moves.both_ends > 0
    assert score.moves.known == score.moves.on_the_way > 0
    assert score.figures.true == score.figures.believed
    assert score.households.true == score.households.believed == len(score.households.found) > 50


async def test_lateness_repetition_and_wrong_clocks_change_nothing(
    fresh_database: Callable[..., Database], kafka: Topics, tmp_path: Path
) -> None:
    harmless = replace(only(Rates().scaled(4.0), *HARMLESS), wrong_clock=0.8, handover=0.8)
    compared, _ = await told(harmless, 1, fresh_database, kafka, tmp_path)
    made = {slip.error for one in compared.truths.told for slip in one.slips}
    assert made >= {"late-birth", "offline", "delivered-twice", "told-again", "told-by-both", "wrong-clock"}
    assert compared.score.perfect


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_nobody_can_see_is_off_and_nothing_else(
    fresh_database: Callable[..., Database], kafka: Topics, tmp_path: Path, seed: int
) -> None:
    frequent = replace(Rates().scaled(5.0), missing_death=0.5, missing_departure=0.5, arrival_as_another=0.5)
    compared, lines = await told(only(frequent, *SILENT), seed, fresh_database, kafka, tmp_path)
    people, truths = compared.score.people, compared.truths
    believed = {record.id for record in compared.believed.persons}
    left_out = {truths.who(one) for one in concerned(lines, compared.untaken) | amended(lines)}

    def off(told_ids: Iterable[str]) -> set[str]:
        return {truths.who(one) for one in told_ids} - left_out

    gone = {str(one.slip.person) for one in truths.untold if not resident(str(one.slip.person), truths)}
    doubles = {one for one in truths.doubles if one in believed}
    ghosts = {one for one in doubles if truths.who(one) in truths.persons and not resident(one, truths)}
    assert gone
    assert off(people.lingering) == off(gone | ghosts)
    assert off(people.doubled) == off(one for one in doubles if resident(one, truths) and truths.who(one) in believed)
    assert off(people.missed) == off(people.misplaced) == set()
    left_out |= {truths.who(one) for one in people.doubled}
    for value in ("name", "birth", "number"):
        made = {one for one in slipped(f"{value}-", truths) if resident(one, truths) and one in believed}
        assert off(people.wrong[value]) == off(made) != set()
    apart = {one.event for one in truths.told for slip in one.slips if slip.error == "arrival-as-another"}
    apart |= {one.event for one in truths.untold}
    ends = [(move.departure in apart) + (move.arrival in apart) for move in truths.moves if move.arrival is not None]
    moves = compared.score.moves
    assert Counter(ends) == Counter({0: moves.matched, 1: moves.open, 2: moves.unseen})
    assert moves.lost == 0


async def test_whatever_goes_wrong_every_report_has_a_fate_and_every_difference_a_cause(
    fresh_database: Callable[..., Database], kafka: Topics, tmp_path: Path
) -> None:
    compared, lines = await told(Rates().scaled(3.0), 2, fresh_database, kafka, tmp_path)
    truths, people, moves = compared.truths, compared.score.people, compared.score.moves
    assert len(compared.answers) == len(lines)
    assert all(answer["fate"] or answer["problem"] for answer in compared.answers)
    assert all(answer["problem"]["status"] < 500 for answer in compared.answers if "problem" in answer)
    assert {one.report for one in truths.told if one.refused} <= compared.untaken
    assert people.true == len(people.found) + len(people.missed)
    records = (people.found, people.doubled, people.lingering, people.unknown)
    assert people.believed == sum(map(len, records))
    assert moves.both_ends == moves.matched + moves.open + moves.lost + moves.unseen
    off = {truths.who(one) for one in (*people.missed, *people.doubled, *people.lingering, *people.misplaced)}
    own = slipped("", truths) | {str(one.slip.person) for one in truths.untold} | truths.doubles.keys()
    assert off <= {truths.who(one) for one in own | concerned(lines, compared.untaken)}
    assert not compared.score.perfect


def resident(told_id: str, truths: Truths) -> bool:
    true = truths.persons.get(truths.who(told_id))
    return true is not None and true.status == "resident"


def slipped(prefix: str, truths: Truths) -> set[str]:
    """Who was told with an error of such a name; a name in other bytes is the same name."""
    slips = (slip for one in truths.told for slip in one.slips if slip.error != "name-decomposed")
    return {str(slip.person) for slip in slips if slip.error.startswith(prefix)}


def concerned(lines: list[bytes], reports: set[str]) -> set[str]:
    """Everybody who is named in some reports."""
    return {word for line in lines if json.loads(line)["id"] in reports for word in line.decode().split('"')}


def amended(lines: list[bytes]) -> set[str]:
    """Whose description the true reports put right: what was told wrongly of her may be put right with it."""
    told = [json.loads(line) for line in lines if b"fact.corrected" in line]
    facts = {one["data"]["fact"] for one in told if "member" not in one["data"]}
    return {str(one["data"].get("member")) for one in told} | concerned(lines, facts)
