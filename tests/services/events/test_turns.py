"""What becomes of what was decided ahead, when the group before holds, fails, or another process comes in between?"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from contracts.event import Report
from contracts.ids import uuid7
from kit.http.problems import Unavailable
from kit.process import database
from kit.process.database import Connections
from services.events.intake import intake, waiting
from services.events.intake.answer import Answer
from services.events.intake.group import Group
from services.events.intake.intake import Intake
from services.events.intake.turn import Left, Overtaken, Turn
from services.events.state.world import Unloaded, World
from services.events.store import ledger
from tests.services.events.telling import AREA, Teller, ids, report

Sent = asyncio.Task[list[Answer]]


class Ahead:
    """A family, and an intake whose next group begins while the one before is held up just before its end."""

    def __init__(self, family: Teller) -> None:
        self.family = family
        self.saving, self.go, self.followed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.overtaken = 0
        self.fails: list[Exception] = []

    async def save(self, group: Group, save: Callable[[Group], Awaitable[None]]) -> None:
        self.saving.set()
        await self.go.wait()
        if self.fails:
            raise self.fails.pop()
        await save(group)

    async def two(self, first: list[Report], second: list[Report]) -> tuple[Sent, Sent]:
        """Send two groups; the second has taken over what the first, which is not durable yet, has decided."""
        one = asyncio.create_task(self.family.submit(*first))
        await self.saving.wait()
        other = asyncio.create_task(self.family.submit(*second))
        await self.followed.wait()
        return one, other


@pytest.fixture
def ahead(family: Teller, monkeypatch: pytest.MonkeyPatch) -> Ahead:
    made = Ahead(family)
    save, follow, take = waiting.save, Turn.follow, Turn.take

    async def followed(turn: Turn, before: Turn) -> Left:
        left = await follow(turn, before)
        made.followed.set()
        return left

    async def taken(turn: Turn, connection: database.Connection) -> object:
        try:
            return await take(turn, connection)
        except Overtaken:
            made.overtaken += 1
            raise

    monkeypatch.setattr(waiting, "save", lambda group: made.save(group, save))
    monkeypatch.setattr(Turn, "follow", followed)
    monkeypatch.setattr(Turn, "take", taken)
    monkeypatch.setattr(intake, "AHEAD", 1)
    return made


def sheet(pid: str) -> Report:
    personal = {"name": "Lan", "identifiers": [{"type": "pid", "value": pid}]}
    member = {"person": uuid7(), "sex": "female", "personal": personal}
    told = {"on": "2025-01-05", "household": uuid7(), "area": AREA, "members": [member]}
    return report("household.registered", told)


def died(**told: str) -> Report:
    return report("person.died", {"on": "2025-03-01", "person": ids.lan, **told})


def born() -> Report:
    return report("person.born", {"on": "2025-03-01", "person": ids.baby, "household": ids.other, "sex": "male"})


def home() -> Report:
    return report("household.registered", {"on": "2025-01-01", "household": ids.other, "area": AREA})


def fates(answers: list[Answer]) -> list[str | None]:
    return [answer.fate for answer in answers]


async def test_one_number_of_two_people_is_noted_where_the_first_is_not_durable_yet(ahead: Ahead) -> None:
    sheets = sheet("030190000001"), sheet("030190000001")
    first, second = await ahead.two([sheets[0]], [sheets[1]])
    ahead.go.set()
    notes = [answer.notes for answers in (await first, await second) for answer in answers]
    assert ["identifier-clash" in some for some in notes] == [False, True]
    assert not ahead.overtaken


async def test_nobody_is_answered_before_what_the_answer_rests_on_is_durable(ahead: Ahead) -> None:
    first, second = await ahead.two([home()], [born()])
    await asyncio.wait({first, second}, timeout=0.2)
    assert not first.done()
    assert not second.done()
    ahead.go.set()
    assert fates(await first) + fates(await second) == ["recorded", "recorded"]
    assert (await ahead.family.state(ids.baby))["household"] == ids.other


async def test_what_another_process_writes_in_between_counts(ahead: Ahead, another: Intake) -> None:
    family = ahead.family
    first, second = await ahead.two([home()], [died()])
    theirs = asyncio.create_task(Teller(another, family.connections, family.database).submit(died()))
    await lock_is_waited_for(family.connections)
    ahead.go.set()
    assert fates(await first) + fates(await theirs) == ["recorded", "recorded"]
    (twice,) = await second
    assert (twice.fate, twice.position) == ("duplicate", (await theirs)[0].position)
    assert ahead.overtaken == 1


async def test_what_another_process_refuses_in_between_counts_though_it_has_no_entry(
    ahead: Ahead, another: Intake
) -> None:
    family = ahead.family
    wrong = report("person.died", {"on": "1980-01-01", "person": ids.lan})
    first, second = await ahead.two([home()], [wrong])
    theirs = asyncio.create_task(Teller(another, family.connections, family.database).submit(wrong))
    await lock_is_waited_for(family.connections)
    ahead.go.set()
    assert fates(await first) == ["recorded"]
    assert [(one.fate, one.duplicate) for one in (*await theirs, *await second)] == [
        ("refused", False),
        ("refused", True),
    ]
    assert ahead.overtaken == 1


@pytest.mark.parametrize("reads", ["ahead", "when needed"])
async def test_what_rests_on_a_group_that_could_not_be_written_is_decided_again(
    ahead: Ahead, reads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reads == "when needed":
        monkeypatch.setattr(intake, "prefetch", nothing)
    first, second = await ahead.two([home(), sheet("030190000001")], [born()])
    ahead.fails = [ValueError("a bug")]
    ahead.go.set()
    assert fates(await first) == ["recorded", "recorded"]
    assert fates(await second) == ["recorded"]
    assert ahead.overtaken == 1


async def test_what_rests_on_a_group_that_was_lost_with_the_database_is_decided_again(ahead: Ahead) -> None:
    first, second = await ahead.two([home()], [born()])
    ahead.fails = [database.Unavailable("gone")]
    ahead.go.set()
    with pytest.raises(Unavailable):
        await first
    (waits,) = await second
    assert (waits.fate, waits.need) == ("waiting", ids.other)
    assert await ahead.family.state(ids.other) is None
    assert fates(await ahead.family.submit(home())) == ["recorded"]
    assert (await ahead.family.state(ids.baby))["household"] == ids.other


async def test_whoever_is_not_alone_does_not_begin_ahead(ahead: Ahead, another: Intake) -> None:
    """Where several processes write in turn, what is decided ahead would be thrown away each time."""
    family = ahead.family
    ahead.go.set()
    await Teller(another, family.connections, family.database).submit(sheet("030190000001"))
    await family.submit(sheet("030190000002"))
    ahead.go.clear()
    ahead.saving.clear()
    first = asyncio.create_task(family.submit(home()))
    await ahead.saving.wait()
    second = asyncio.create_task(family.submit(born()))
    await asyncio.wait({second}, timeout=0.2)
    assert not ahead.followed.is_set()
    ahead.go.set()
    assert fates(await first) + fates(await second) == ["recorded", "recorded"]


async def test_a_connection_that_is_lost_while_a_report_is_decided_is_no_fault_of_the_report(
    family: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = ledger.load

    async def lost(connection: database.Connection, world: World, missing: Unloaded) -> None:
        connection.terminate()
        await load(connection, world, missing)

    with monkeypatch.context() as away:
        away.setattr(intake, "prefetch", nothing)
        away.setattr(ledger, "load", lost)
        with pytest.raises(Unavailable):
            await family.submit(died())
    assert fates(await family.submit(died())) == ["recorded"]


async def nothing(*_: object) -> None:
    """Read nothing ahead."""


async def lock_is_waited_for(connections: Connections) -> None:
    """Wait until another process asks for the writer lock."""
    waited_for = (
        "select exists (select from pg_locks l join pg_database d on d.oid = l.database "
        "where d.datname = current_database() and l.locktype = 'advisory' and not l.granted)"
    )
    async with connections.acquire() as connection, asyncio.timeout(10):
        while not await connection.fetchval(waited_for):  # noqa: ASYNC110 - a lock of PostgreSQL tells nobody
            await asyncio.sleep(0.01)
