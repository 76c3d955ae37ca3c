"""Does a database come up to the newest revision, and is newer data left alone?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from deploy.local.databases import Database
from kit.process.migrate import NewerDataError, migrate

REVISION = """
from alembic import op

revision = {revision!r}
down_revision = {down!r}

def upgrade() -> None:
    op.execute({statement!r})
"""


def revisions(folder: Path, *statements: str) -> Path:
    (folder / "versions").mkdir(parents=True)
    down = None
    for number, statement in enumerate(statements, 1):
        revision = f"{number:04}"
        text = REVISION.format(revision=revision, down=down, statement=statement)
        (folder / "versions" / f"{revision}_step.py").write_text(text)
        down = revision
    return folder


@pytest.fixture
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_events")


def tables(database: Database) -> set[str]:
    with psycopg.connect(database.owner_dsn) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    return {name for (name,) in rows}


def test_revisions_run_in_order_and_once(database: Database, tmp_path: Path) -> None:
    first = revisions(tmp_path / "a", "create table one (id int)")
    assert migrate(first, database.owner_dsn) == "0001"
    assert migrate(first, database.owner_dsn) == "0001"
    both = revisions(tmp_path / "b", "create table one (id int)", "alter table one rename to two")
    assert migrate(both, database.owner_dsn) == "0002"
    assert tables(database) == {"two", "migration"}


def test_data_of_a_newer_version_is_refused_and_left_alone(database: Database, tmp_path: Path) -> None:
    newer = revisions(tmp_path / "new", "create table one (id int)", "create table two (id int)")
    migrate(newer, database.owner_dsn)
    older = revisions(tmp_path / "old", "create table one (id int)")
    with pytest.raises(NewerDataError, match="0002, which this version does not know"):
        migrate(older, database.owner_dsn)
    assert tables(database) == {"one", "two", "migration"}


def test_a_revision_that_fails_leaves_everything_as_it_was(database: Database, tmp_path: Path) -> None:
    broken = revisions(tmp_path / "a", "create table one (id int)", "create table one (id int)")
    with pytest.raises(Exception, match="already exists"):
        migrate(broken, database.owner_dsn)
    assert tables(database) == set()


def test_whoever_comes_second_waits(database: Database, tmp_path: Path) -> None:
    folder = revisions(tmp_path / "a", "create table one (id int)")
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database.owner_dsn) as first:
        first.execute("select pg_advisory_xact_lock(hashtext('migrate'))")
        second = pool.submit(migrate, folder, database.owner_dsn)
        with pytest.raises(TimeoutError):
            second.result(0.3)
        assert tables(database) == set()
        first.commit()
        assert second.result(30) == "0001"
    assert tables(database) == {"one", "migration"}
