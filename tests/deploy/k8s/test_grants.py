"""May each role do what it may on one machine, when the database operator made the database?"""

from collections.abc import Callable

import psycopg
import pytest

from deploy.k8s.grants import grant
from deploy.local.databases import Database


def as_the_operator_makes_it(database: Database, service: str) -> None:
    """Roles and database are there, and nothing is granted."""
    with psycopg.connect(database.owner_dsn) as connection:
        for role in ("writer", "reader"):
            connection.execute(f"revoke all on schema public from {service}_{role}")
            connection.execute(f"alter default privileges revoke all on tables from {service}_{role}")


@pytest.mark.parametrize("service", ["socai_events", "socai_registry"])
def test_the_owner_grants_all_of_it_by_itself(fresh_database: Callable[[str], Database], service: str) -> None:
    database = fresh_database(service)
    as_the_operator_makes_it(database, service)
    for _ in range(2):
        grant(database.owner_dsn, service, database.name)
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute("create table kept (number int)")
        connection.execute("insert into kept values (1)")
    with psycopg.connect(database.reader_dsn) as connection:
        assert connection.execute("select number from kept").fetchall() == [(1,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from kept")
    with psycopg.connect(database.writer_dsn) as connection:
        if service == "socai_events":
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("delete from kept")
        else:
            assert connection.execute("delete from kept").rowcount == 1
