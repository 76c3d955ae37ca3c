"""What may each of the three roles of a database do?"""

from collections.abc import Callable

import psycopg
import pytest

from deploy.local.databases import DATABASES, EVENTS, Database, create_database
from tests.support.databases import Postgres
from tests.support.parts import PASSWORDS

Fresh = Callable[..., Database]
CHANGES = ["insert into counter values (2)", "update counter set n = 2", "delete from counter"]
READ_SERVICES = [name for name in DATABASES if name != EVENTS]


def run(dsn: str, *statements: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def make_counter(database: Database) -> None:
    run(database.owner_dsn, "create table counter (n int)", "insert into counter values (1)")


@pytest.mark.parametrize("service", READ_SERVICES)
def test_a_writer_changes_rows_of_tables_that_the_owner_made(fresh_database: Fresh, service: str) -> None:
    database = fresh_database(service, build=make_counter)
    run(database.writer_dsn, "insert into counter values (2)", "update counter set n = n + 1", "delete from counter")
    assert run(database.reader_dsn, "select count(*) from counter") == [(0,)]


@pytest.mark.parametrize(
    "statement", ["insert into counter values (2)", "update counter set n = 2", "delete from counter"]
)
def test_a_writer_of_the_ledger_gets_nothing_beyond_reading_by_default(fresh_database: Fresh, statement: str) -> None:
    database = fresh_database(EVENTS, build=make_counter)
    assert run(database.writer_dsn, "select n from counter") == [(1,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(database.writer_dsn, statement)


@pytest.mark.parametrize("service", DATABASES)
def test_a_reader_changes_nothing(fresh_database: Fresh, service: str) -> None:
    database = fresh_database(service, build=make_counter)
    for statement in ("insert into counter values (2)", "create table mine (n int)", "create temp table mine (n int)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(database.reader_dsn, statement)


@pytest.mark.parametrize("service", DATABASES)
def test_a_writer_fills_temporary_tables_but_makes_no_others(fresh_database: Fresh, service: str) -> None:
    database = fresh_database(service)
    assert run(database.writer_dsn, "create temp table batch (n int)", "select count(*) from batch") == [(0,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(database.writer_dsn, "create table mine (n int)")


def test_a_service_cannot_enter_the_database_of_another(fresh_database: Fresh) -> None:
    registry, reporting = fresh_database("socai_registry"), fresh_database("socai_reporting")
    intruder = registry.owner_dsn.replace(registry.name, reporting.name)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        run(intruder, "select 1")


def test_an_owner_may_bring_the_extensions_that_searching_needs(fresh_database: Fresh) -> None:
    database = fresh_database("socai_registry")
    extensions = ("pg_trgm", "unaccent", "btree_gist")
    run(database.owner_dsn, *(f"create extension {name}" for name in extensions))
    found = run(database.owner_dsn, "select unaccent('Nguyễn Thị Đào'), lower('ĐÀO ƠI')")
    assert found == [("Nguyen Thi Dao", "đào ơi")]


def test_preparing_twice_keeps_what_is_there(postgres: Postgres) -> None:
    with postgres.database("socai_registry", build=make_counter) as database:
        again = create_database(postgres.admin_dsn, "socai_registry", PASSWORDS, name=database.name)
        assert again == database
        assert run(again.reader_dsn, "select n from counter") == [(1,)]


def test_copies_of_one_template_are_apart(fresh_database: Fresh) -> None:
    one, other = (
        fresh_database("socai_registry", build=make_counter),
        fresh_database("socai_registry", build=make_counter),
    )
    run(one.writer_dsn, "insert into counter values (2)")
    assert run(other.reader_dsn, "select n from counter") == [(1,)]
