"""How much does one report cost that touches very much at once?"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from contracts.event import Report
from contracts.ids import uuid7
from kit.http.problems import ContradictsRecord
from kit.process.database import Connection
from services.events.deciding import decide
from services.events.intake import group, intake
from services.events.state import refold
from services.events.state.refold import MOST_CONTRADICTIONS
from tests.services.events.telling import AREA, COMMUNE, OTHER, PROVINCE, SECOND, Teller, ids, report

MOVES = 60


async def merge(teller: Teller) -> None:
    """Afterwards every report about the time before is one about the past."""
    new = {"unit": "10600-20250701", "code": "10600", "level": "commune", "names": {"vi": "Mới"}, "parent": PROVINCE}
    told: dict[str, Any] = {"change": "merge", "units": [COMMUNE, OTHER], "new": new}
    assert (await teller.tell("unit.reorganised", on="2025-07-01", **told)).fate == "recorded"


async def sheet(teller: Teller, members: int) -> str:
    one = uuid7()
    lines = [{"person": uuid7(), "sex": "male", "birth": "1980-01-01"} for _ in range(members)]
    told: dict[str, Any] = {"household": ids.home, "area": AREA, "members": lines}
    assert (await teller.tell("household.registered", id=one, on="2023-01-01", **told)).fate == "recorded"
    return one


async def move(teller: Teller, first: date) -> float:
    """The household moves to and fro; gives the seconds that it took."""
    moves = [
        report(
            "household.moved",
            {
                "on": (first + timedelta(days=n)).isoformat(),
                "household": ids.home,
                "area": AREA if n % 2 else SECOND,
            },
        )
        for n in range(MOVES)
    ]
    began = time.perf_counter()
    answers = await teller.submit(*moves)
    assert {answer.fate for answer in answers} == {"recorded"}
    return time.perf_counter() - began


async def test_moves_of_a_large_household_cost_the_same_before_and_after_its_commune_merged(teller: Teller) -> None:
    await teller.places()
    await merge(teller)
    await sheet(teller, 100)
    past = await move(teller, date(2024, 1, 1))
    present = await move(teller, date(2025, 8, 1))
    assert past < 4 * present + 1


async def test_what_stands_against_a_report_is_listed_up_to_a_bound(teller: Teller) -> None:
    await teller.places()
    one = await sheet(teller, 2)
    await move(teller, date(2024, 1, 1))
    answer = await teller.tell("fact.voided", on=None, fact=one)
    assert isinstance(answer.problem, ContradictsRecord)
    assert 0 < len(answer.problem.reasons) <= MOST_CONTRADICTIONS
    assert len(msgspec.json.encode(answer.problem.document())) < 10_000


async def test_a_sheet_with_a_hundred_later_facts_is_put_right(teller: Teller) -> None:
    await teller.places()
    one = await sheet(teller, 20)
    births = [
        report("person.born", {"on": "2024-01-01", "person": uuid7(), "household": ids.home, "sex": "female"})
        for _ in range(100)
    ]
    assert {answer.fate for answer in await teller.submit(*births)} == {"recorded"}
    began = time.perf_counter()
    answer = await teller.tell("fact.corrected", on=None, fact=one, changes={"on": "2022-01-01"})
    assert answer.fate == "recorded"
    assert time.perf_counter() - began < 5


async def test_a_large_household_moves_late(teller: Teller) -> None:
    await teller.places()
    one = await sheet(teller, 100)
    births = [
        report("person.born", {"on": "2024-01-01", "person": uuid7(), "household": ids.home, "sex": "female"})
        for _ in range(100)
    ]
    await teller.submit(*births)
    answer = await teller.tell("household.moved", on="2023-02-01", household=ids.home, area=SECOND)
    assert answer.fate == "recorded"
    answer = await teller.tell("fact.voided", on=None, fact=one)
    assert isinstance(answer.problem, ContradictsRecord)
    assert [reason.code for reason in answer.problem.reasons][:1] == ["unknown-then"]


async def test_what_would_keep_everybody_waiting_is_refused(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refold, "MOST_LOOKED_AT", 5_000)
    await teller.places()
    one = await sheet(teller, 100)
    await move(teller, date(2024, 1, 1))
    answer = await teller.tell("fact.corrected", on=None, fact=one, changes={"on": "2022-01-01"})
    assert isinstance(answer.problem, ContradictsRecord)
    assert [reason.code for reason in answer.problem.reasons] == ["too-much-at-once"]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every decision takes a hundredth of a second."""
    decides = decide.decide

    def slowly(*given: Any) -> Any:
        until = time.perf_counter() + 0.01
        while time.perf_counter() < until:
            pass
        return decides(*given)

    monkeypatch.setattr(group, "decide", slowly)


def homes(count: int) -> list[Report]:
    told = {"area": AREA, "on": "2025-01-01"}
    return [report("household.registered", told | {"household": uuid7()}) for _ in range(count)]


@pytest.mark.usefixtures("slow")
async def test_a_group_that_takes_long_lets_others_be_answered(teller: Teller) -> None:
    gaps = [0.0]

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0)
            gaps.append(time.perf_counter() - began)

    await teller.places()
    watching = asyncio.create_task(watch())
    await teller.submit(*homes(100))
    watching.cancel()
    assert max(gaps) < 0.6


@pytest.mark.usefixtures("slow")
async def test_who_brings_little_does_not_wait_for_all_of_who_brings_much(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LONGEST_GROUP", 0.2)
    await teller.places()
    much = asyncio.create_task(teller.submit(*homes(200)))
    await asyncio.sleep(0.1)
    little = await teller.submit(*homes(1))
    assert not much.done()
    answers = [*await much, *little]
    assert {answer.fate for answer in answers} == {"recorded"}
    positions = [answer.position or 0 for answer in answers]
    assert len(set(positions)) == 201
    assert positions[:200] == sorted(positions[:200])


async def statements(teller: Teller, monkeypatch: pytest.MonkeyPatch, reports: list[Report]) -> int:
    """How many statements a group of reports takes that are all recorded."""
    counted, acquire = 0, teller.connections.acquire

    def count(_: Any) -> None:
        nonlocal counted
        counted += 1

    @asynccontextmanager
    async def counting() -> AsyncIterator[Connection]:
        async with acquire() as connection:
            connection.add_query_logger(count)
            yield connection
            connection.remove_query_logger(count)

    with monkeypatch.context() as patch:
        patch.setattr(teller.connections, "acquire", counting)
        assert {answer.fate for answer in await teller.submit(*reports)} == {"recorded"}
    return counted


@pytest.mark.parametrize("kind", ["person.born", "person.changed", "person.moved", "person.left", "person.died"])
async def test_while_something_waits_no_report_costs_a_query_of_its_own(
    teller: Teller, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    more: dict[str, dict[str, Any]] = {
        "person.born": {"household": ids.other, "sex": "male"},
        "person.changed": {"new": {"education": "primary"}},
        "person.moved": {"household": ids.other},
    }
    await teller.places()
    await teller.family(ids.other)
    assert (await teller.tell("person.died", person=ids.nobody)).fate == "waiting"
    taken = []
    for size in (4, 20):
        homes = [uuid7() for _ in range(size)]
        people = [uuid7() for _ in homes]
        for home, person in zip(homes, people, strict=True):
            lines = [{"person": person, "sex": "female", "birth": "1990"}]
            await teller.tell("household.registered", on="2025-01-01", household=home, area=AREA, members=lines)
        about = [uuid7() for _ in people] if kind == "person.born" else people
        reports = [report(kind, {"on": "2025-03-01", "person": one} | more.get(kind, {})) for one in about]
        taken.append(await statements(teller, monkeypatch, reports))
    assert taken[0] == taken[1]
