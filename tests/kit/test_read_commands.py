"""Can a read service be told to make its tables, to renew them and to refuse what is newer than itself?"""

import asyncio
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from deploy.local.databases import Database
from kit.cli import Command, dispatch
from kit.process.migrate import migrate
from kit.projections import projecting
from kit.projections.projection import AnyProjection, Projection
from kit.projections.read_commands import commands, create_projector
from kit.projections.reading import ReadSettings
from tests.support.counting import COUNTS, PROJECTIONS, THING, decode, thing_rows
from tests.support.memory_log import MemoryLog

MIGRATIONS = Path(__file__).parents[2] / "services" / "exchange" / "migrations"


@pytest.fixture
def database(fresh_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch) -> Database:
    made = fresh_database("socai_exchange")
    monkeypatch.setenv("SOCAI_OWNER_DSN", made.owner_dsn)
    return made


def create_app(settings: ReadSettings) -> FastAPI:
    return FastAPI()


def told(projections: Sequence[AnyProjection] = PROJECTIONS, migrations: Path | None = None) -> dict[str, Command]:
    made = commands("counting", ReadSettings, projections, create_app, migrations)
    return {command.name: command for command in made}


def tables(database: Database) -> set[Any]:
    with psycopg.connect(database.owner_dsn) as connection:
        rows = connection.execute("select table_name from information_schema.tables where table_schema = 'public'")
        return {row[0] for row in rows}


def test_every_read_service_knows_the_same_commands() -> None:
    assert list(told()) == ["api", "projector", "migrate", "rebuild"]
    assert all(command.help for command in told().values())


def test_tables_are_made_once_and_what_is_of_another_version_is_named(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert dispatch("services.counting", "Counts.", list(told(migrations=MIGRATIONS).values()), ["migrate"]) == 0
    assert {"thing", "cell", "checkpoint", "disclosure"} <= tables(database)
    assert capsys.readouterr().out == ""
    newer = Projection("things", 2, (THING,), decode, thing_rows)
    told((newer, COUNTS))["migrate"].run(Namespace())
    assert capsys.readouterr().out == "things: of another version, the projector builds it anew\n"


def test_data_of_a_newer_version_is_refused_in_a_word(database: Database) -> None:
    migrate(MIGRATIONS, database.owner_dsn)
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute("update migration set version_num = '9999'")
    with pytest.raises(SystemExit, match="9999"):
        told(migrations=MIGRATIONS)["migrate"].run(Namespace())


def test_a_projection_that_there_is_not_is_not_built_anew(database: Database) -> None:
    with pytest.raises(SystemExit):
        dispatch("services.counting", "Counts.", list(told().values()), ["rebuild", "nothing-of-the-kind"])


def test_a_projector_answers_for_its_health_only() -> None:
    app, _ = create_projector("counting", ReadSettings(writer_dsn="postgresql://nowhere"), PROJECTIONS)
    assert {getattr(route, "path", "") for route in app.routes} == {"/livez", "/readyz", "/metrics"}


def test_a_rebuild_says_what_came_of_it(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told()["migrate"].run(Namespace())
    log = MemoryLog()
    monkeypatch.setattr(projecting, "log_reader", lambda _: log.reader())
    assert asyncio.run(told()["rebuild"].run(Namespace(projections=["things"]))) == 0
    assert capsys.readouterr().out.splitlines() == [
        "things: read; now its sums, keys and indexes",
        "things: compared with what serves",
        "things: 0 facts up to position 0, the same as what served",
    ]


def test_a_rebuild_without_a_log_says_so(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told()["migrate"].run(Namespace())
    monkeypatch.setenv("SOCAI_KAFKA", "127.0.0.1:1")
    assert asyncio.run(told()["rebuild"].run(Namespace(projections=[]))) == 1
    assert "not rebuilt: Kafka cannot be reached" in capsys.readouterr().out
