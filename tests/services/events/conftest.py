"""A ledger of its own for each test, and a family to put into it."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path

import pytest

from deploy.local.databases import Database
from kit.process.database import Connection, Connections
from kit.process.migrate import migrate
from services.events.intake.intake import Intake
from services.events.state.world import World
from services.events.store import ledger
from tests.services.events.telling import Teller, ids
from tests.support.devices import enrolment
from tests.support.intakes import intake_of

MIGRATIONS = Path(__file__).parents[3] / "services" / "events" / "migrations"


def build(database: Database) -> None:
    migrate(MIGRATIONS, database.owner_dsn)


@pytest.fixture
def events_database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_events", build)


@pytest.fixture
async def teller(events_database: Database) -> AsyncIterator[Teller]:
    connections = Connections(events_database.writer_dsn)
    intake = Intake(connections)
    await intake.start()
    yield Teller(intake, connections, events_database)
    await intake.stop()
    await connections.close()


@pytest.fixture
async def family(teller: Teller) -> Teller:
    await teller.places()
    await teller.family(ids.home, lan="female", an="male")
    return teller


@pytest.fixture
async def another(family: Teller) -> AsyncIterator[Intake]:
    """Another process's intake on the same ledger."""
    async with intake_of(family.database) as intake:
        yield intake


@pytest.fixture
async def enrolled(family: Teller) -> Teller:
    assert (await family.tell("device.enrolled", **enrolment())).fate == "recorded"
    return family


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], set[str]]:
    """Give a function that begins to note which rows are asked for, from wherever it is called."""

    def begin() -> set[str]:
        read: set[str] = set()
        load = ledger.load_rows

        async def noted(connection: Connection, world: World, entities: Iterable[str]) -> None:
            wanted = list(entities)
            read.update(wanted)
            await load(connection, world, wanted)

        monkeypatch.setattr(ledger, "load_rows", noted)
        return read

    return begin


@pytest.fixture
def facts_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give the positions of the facts that are asked for."""
    read: list[int] = []
    load = ledger.load_facts

    async def noted(connection: Connection, world: World, positions: Sequence[int]) -> None:
        read.extend(positions)
        await load(connection, world, positions)

    monkeypatch.setattr(ledger, "load_facts", noted)
    return read
