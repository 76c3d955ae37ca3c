"""A ledger of its own for each test, and a family to put into it."""

from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

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


def note_asked(monkeypatch: pytest.MonkeyPatch, load: str, note: Callable[[list[Any]], None]) -> None:
    """Have noted what one of the ledger's loads is asked for."""
    loading = getattr(ledger, load)

    async def noted(connection: Connection, world: World, asked: Iterable[Any]) -> None:
        wanted = list(asked)
        note(wanted)
        await loading(connection, world, wanted)

    monkeypatch.setattr(ledger, load, noted)


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], set[str]]:
    """Give a function that begins to note which rows are asked for, from wherever it is called."""

    def begin() -> set[str]:
        read: set[str] = set()
        note_asked(monkeypatch, "load_rows", read.update)
        return read

    return begin


@pytest.fixture
def facts_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give the positions of the facts that are asked for."""
    read: list[int] = []
    note_asked(monkeypatch, "load_facts", read.extend)
    return read
