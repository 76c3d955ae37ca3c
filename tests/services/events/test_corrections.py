"""Does a correction follow the one that it names, in whatever order the two arrive?"""

import importlib
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from kit.http.problems import InvalidRequest
from services.events.intake.answer import Answer
from services.events.intake.waiters import Waiters
from services.events.store.restore import _due
from tests.services.events.telling import AREA, Teller, ids, refused_for, report


@pytest.fixture
def born() -> Report:
    told = {"on": "2025-03-01", "person": ids.baby, "household": ids.home, "sex": "male"}
    return report("person.born", told)


def corrected(one: Report, changes: dict[str, Any], previous: Report | None = None) -> Report:
    told = {"fact": one.id, "previous": None if previous is None else previous.id, "changes": changes}
    return report("fact.corrected", told)


def why(answer: Answer) -> list[tuple[str, tuple[int, ...]]]:
    """What a refusal names: each reason with the positions of the facts that stand against the report."""
    assert answer.problem is not None
    return [(one.code, tuple(one.facts)) for one in answer.problem.reasons]


@pytest.mark.parametrize("together", [True, False])
async def test_a_correction_told_before_the_one_that_it_follows_waits_for_that(
    family: Teller,
    born: Report,
    together: bool,  # noqa: FBT001 - parametrized
) -> None:
    """Two officers correct one birth, and the second one's report is here first."""
    first = corrected(born, {"on": "2025-02-20", "sex": "female"})
    second = corrected(born, {"sex": "unknown"}, first)
    third = report("fact.voided", {"fact": born.id, "previous": second.id})
    await family.submit(born)
    if together:
        answers = await family.submit(third, second, first)
        assert [answer.fate for answer in answers] == ["recorded"] * 3
    else:
        assert [(await family.submit(one))[0].need for one in (third, second)] == [
            f"report:{second.id}",
            f"report:{first.id}",
        ]
        assert (await family.submit(first))[0].fate == "recorded"
    kinds = [fact.cause.report for _, fact in await family.facts()]
    assert kinds[-3:] == [first.id, second.id, third.id]
    assert await family.state(ids.baby) is None


async def test_a_correction_that_follows_one_which_is_refused_is_refused_with_it(family: Teller, born: Report) -> None:
    (recorded,) = await family.submit(born)
    first = corrected(born, {"sex": "male"})
    second = corrected(born, {"sex": "unknown"}, first)
    assert (await family.submit(second))[0].fate == "waiting"
    assert (await family.submit(first))[0].fate == "refused"
    (again,) = await family.submit(second)
    assert why(again) == [("not-the-latest", (recorded.position,))]


async def test_a_correction_that_follows_one_which_was_voided_names_the_void(family: Teller, born: Report) -> None:
    first = corrected(born, {"sex": "female"})
    void = report("fact.voided", {"fact": first.id})
    *_, voided = await family.submit(born, first, void)
    (answer,) = await family.submit(corrected(born, {"sex": "unknown"}, first))
    assert why(answer) == [("not-the-latest", (voided.position,))]


async def test_no_line_of_a_sheet_is_put_right_to_be_another_person_s(family: Teller) -> None:
    line = {"person": ids.baby, "sex": "male"}
    sheet = report("household.registered", {"on": "2025-03-01", "household": ids.new, "area": AREA, "members": [line]})
    recorded, answer = await family.submit(
        sheet, report("fact.corrected", {"fact": sheet.id, "member": ids.baby, "changes": {"person": ids.nobody}})
    )
    assert why(answer) == [("no-such-member", (recorded.position,))]


def voided(one: Report, previous: Report | None = None) -> Report:
    return report("fact.voided", {"fact": one.id} if previous is None else {"fact": one.id, "previous": previous.id})


async def test_a_correction_is_taken_back_once_and_not_behind_its_report(family: Teller, born: Report) -> None:
    first, second = corrected(born, {"sex": "female"}), corrected(born, {"birth_order": 2})
    *_, taken_back, again = await family.submit(born, first, voided(first), voided(first))
    assert why(again) == [("already-voided", (taken_back.position,))]
    *_, gone, behind = await family.submit(second, voided(born), voided(second))
    assert why(behind) == [("already-voided", (gone.position,))]


async def test_what_amends_is_neither_put_right_nor_taken_back_twice_over(family: Teller, born: Report) -> None:
    first, void = corrected(born, {"sex": "female"}), report("fact.voided", {"fact": born.id})
    _, correction = await family.submit(born, first)
    (answer,) = await family.submit(corrected(first, {"changes": {"sex": "male"}}))
    assert why(answer) == [("not-an-original", (correction.position,))]
    gone, *answers = await family.submit(void, voided(void), corrected(void, {"fact": first.id}))
    assert [why(one) for one in answers] == [
        [("void-of-a-void", (gone.position,))],
        [("not-an-original", (gone.position,))],
    ]


async def test_whoever_takes_back_and_says_what_stands_has_seen_the_latest(family: Teller, born: Report) -> None:
    first = corrected(born, {"sex": "female"})
    second = corrected(born, {"birth_order": 2}, first)
    *_, latest = await family.submit(born, first, second)
    for one in (born, first):
        (answer,) = await family.submit(voided(one, previous=first))
        assert why(answer) == [("not-the-latest", (latest.position,))]
    (answer,) = await family.submit(voided(first, previous=second))
    assert answer.fate == "recorded"
    state = await family.state(ids.baby)
    assert (state["sex"], state["birth_order"]) == ("male", 2)


async def test_no_correction_follows_itself(family: Teller, born: Report) -> None:
    await family.submit(born)
    one = corrected(born, {"sex": "unknown"})
    own = msgspec.structs.replace(one, data=corrected(born, {"sex": "unknown"}, one).data)
    with pytest.raises(InvalidRequest) as refused:
        await family.submit(own)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("#/data/previous", "own-id")]


def circle(one: Report, *kinds: str) -> list[Report]:
    """Reports of which each rests on the next one, and the last on the first."""
    own = [uuid7() for _ in kinds]
    made = []
    for number, kind in enumerate(kinds):
        rests_on = own[(number + 1) % len(own)]
        about = {"fact": one.id, "previous": rests_on, "changes": {"sex": "unknown"}}
        told = about if kind == "fact.corrected" else {"fact": rests_on}
        made.append(report(kind, told, id=own[number]))
    return made


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    "kinds",
    [
        ("fact.corrected", "fact.corrected"),
        ("fact.voided", "fact.voided"),
        ("fact.corrected", "fact.voided", "fact.corrected"),
    ],
)
async def test_what_closes_a_circle_of_reports_that_wait_for_each_other_is_refused(
    family: Teller,
    born: Report,
    kinds: tuple[str, ...],
    together: bool,  # noqa: FBT001 - parametrized
) -> None:
    """None of them can be recorded first: with the one that closes the circle the others have ended as well."""
    await family.submit(born)
    told = circle(born, *kinds)
    if together:
        answers = await family.submit(*told)
    else:
        answers = [(await family.submit(one))[0] for one in told]
        assert [answer.fate for answer in answers[:-1]] == ["waiting"] * (len(told) - 1)
    assert refused_for(answers[-1]) == ["waits-for-itself"]
    again = await family.submit(*told)
    assert {answer.fate for answer in again} == {"refused"}
    async with family.connections.acquire() as connection:
        assert await connection.fetchval("select count(*) from waiting") == 0
    assert (await family.state(ids.baby))["sex"] == "male"


async def test_what_waits_for_a_circle_of_others_goes_on_waiting_until_that_is_closed(
    family: Teller, born: Report
) -> None:
    await family.submit(born)
    first, second = circle(born, "fact.corrected", "fact.corrected")
    follows = corrected(born, {"sex": "female"}, first)
    assert [(await family.submit(one))[0].fate for one in (follows, first)] == ["waiting"] * 2
    assert (await family.submit(second))[0].fate == "refused"
    assert {answer.fate for answer in await family.submit(first, follows)} == {"refused"}


def schooling(on: str, education: str) -> Report:
    return report("person.changed", {"on": on, "person": ids.lan, "new": {"education": education}})


async def test_what_a_correction_brings_to_a_day_on_which_it_changes_nothing_is_applied_again(family: Teller) -> None:
    """She went to primary school on 1 March, and by the correction on 1 April still; what is told late lies between."""
    first = schooling("2025-02-01", "primary")
    moved = corrected(first, {"on": "2025-04-01"})
    late = schooling("2025-03-15", "university")
    answers = await family.submit(first, schooling("2025-03-01", "primary"), moved, late)
    assert [answer.fate for answer in answers] == ["recorded"] * 4
    assert (await family.state(ids.lan))["education"] == "primary"


async def released_by_migration(family: Teller) -> None:
    """Bring a ledger up to date in which circles were closed before that was refused."""
    step = importlib.import_module("services.events.migrations.versions.0014_circles")
    owner = await asyncpg.connect(family.database.owner_dsn)
    await owner.execute(step.CIRCLES)
    await owner.close()


async def released_behind_a_restore(family: Teller) -> None:
    async with family.connections.acquire() as connection:
        await _due(connection)


@pytest.mark.parametrize("released", [released_by_migration, released_behind_a_restore])
async def test_who_waited_in_a_circle_before_that_was_refused_has_ended_with_the_next_report(
    family: Teller, born: Report, monkeypatch: pytest.MonkeyPatch, released: Callable[[Teller], Awaitable[None]]
) -> None:
    await family.submit(born)
    told = [*circle(born, "fact.corrected", "fact.voided", "fact.corrected"), *circle(born, *["fact.corrected"] * 2)]
    behind = corrected(born, {"sex": "female"}, told[0])
    alone = report("fact.voided", {"fact": uuid7()})
    with monkeypatch.context() as before:
        before.setattr(Waiters, "wait_for", lambda *_: False)
        answers = [(await family.submit(one))[0].fate for one in (*told, behind, alone)]
    assert answers == ["waiting"] * 7
    await released(family)
    assert (await family.submit(schooling("2025-02-01", "primary")))[0].fate == "recorded"
    assert {answer.fate for answer in await family.submit(*told, behind)} == {"refused"}
    assert [answer.fate for answer in await family.submit(alone)] == ["waiting"]
    assert (await family.state(ids.baby))["sex"] == "male"
