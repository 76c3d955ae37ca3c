"""Which databases and roles does each service own, and what may each role do?

Three roles a database: `_owner` makes and migrates the tables, `_writer` is what a running process writes with,
`_reader` only selects. Nothing here is ever granted on the ledger: the migrations of the events database grant
each table by name, so that no role that runs can update or delete a fact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

EVENTS = "socai_events"
DATABASES = (EVENTS, "socai_registry", "socai_reporting", "socai_exchange", "socai_gateway")
ROLES = ("owner", "writer", "reader")
# One at a time over all processes that prepare the same server (an advisory lock; the number is arbitrary).
PREPARING = 7_302_117


@dataclass(frozen=True)
class Database:
    """One database and how each of its three roles reaches it."""

    name: str
    owner_dsn: str
    writer_dsn: str
    reader_dsn: str


def role_names() -> tuple[str, ...]:
    return tuple(f"{service}_{role}" for service in DATABASES for role in ROLES)


def with_login(admin_dsn: str, user: str, password: str, database: str) -> str:
    """The same server, another user and database."""
    parts = urlsplit(admin_dsn)
    address = parts.netloc.rpartition("@")[2]
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return urlunsplit((parts.scheme, f"{login}@{address}", f"/{database}", parts.query, ""))


def with_database(admin_dsn: str, database: str) -> str:
    parts = urlsplit(admin_dsn)
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))


def describe(admin_dsn: str, service: str, passwords: Mapping[str, str], name: str | None = None) -> Database:
    """`service` names the roles, `name` the database (the same unless it is a copy for a test)."""
    database = name or service
    owner, writer, reader = (
        with_login(admin_dsn, f"{service}_{role}", passwords[f"{service}_{role}"], database) for role in ROLES
    )
    return Database(database, owner, writer, reader)


def create_roles(admin_dsn: str, passwords: Mapping[str, str]) -> None:
    """Make the roles that are missing and set every password; nothing else about them is changed."""
    with psycopg.connect(admin_dsn) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [PREPARING])
        there = {name for (name,) in connection.execute("select rolname from pg_roles").fetchall()}
        for role in role_names():
            verb = sql.SQL("alter" if role in there else "create")
            statement = sql.SQL("{} role {} login password {}")
            connection.execute(statement.format(verb, sql.Identifier(role), sql.Literal(passwords[role])))


def create_database(
    admin_dsn: str,
    service: str,
    passwords: Mapping[str, str],
    *,
    name: str | None = None,
    template: str | None = None,
) -> Database:
    """Make the database unless it is there, and grant. With a template its tables, rows and grants are copied."""
    made = describe(admin_dsn, service, passwords, name)
    owner = sql.Identifier(f"{service}_owner")
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [PREPARING])
        found = connection.execute("select 1 from pg_database where datname = %s", [made.name]).fetchone()
        if found is None:
            # A member of the role may give it a database, also where the administrator is no superuser.
            connection.execute(sql.SQL("grant {} to current_user").format(owner))
            create = sql.SQL("create database {} owner {} template {}")
            source = sql.Identifier(template or "template0")
            connection.execute(create.format(sql.Identifier(made.name), owner, source))
        for statement in database_grants(made.name, service):
            connection.execute(statement)
    with psycopg.connect(with_database(admin_dsn, made.name), autocommit=True) as connection:
        for statement in schema_grants(service):
            connection.execute(statement)
    return made


def database_grants(name: str, service: str) -> list[sql.Composed]:
    database = sql.Identifier(name)
    writer, reader = sql.Identifier(f"{service}_writer"), sql.Identifier(f"{service}_reader")
    return [
        sql.SQL("revoke all on database {} from public").format(database),
        sql.SQL("grant connect on database {} to {}, {}").format(database, writer, reader),
        # Writers fill temporary tables by COPY before they merge.
        sql.SQL("grant temporary on database {} to {}").format(database, writer),
    ]


def schema_grants(service: str) -> list[sql.Composed]:
    owner, writer, reader = (sql.Identifier(f"{service}_{role}") for role in ROLES)
    defaults = sql.SQL("alter default privileges for role {} ").format(owner)
    grants = [
        sql.SQL("revoke all on schema public from public").format(),
        sql.SQL("grant usage, create on schema public to {}").format(owner),
        sql.SQL("grant usage on schema public to {}, {}").format(writer, reader),
        defaults + sql.SQL("grant select on tables to {}, {}").format(writer, reader),
    ]
    if service != EVENTS:
        grants.append(defaults + sql.SQL("grant insert, update, delete on tables to {}").format(writer))
        grants.append(defaults + sql.SQL("grant usage, select on sequences to {}").format(writer))
    return grants


def create_all(admin_dsn: str, passwords: Mapping[str, str]) -> dict[str, Database]:
    """Roles and databases of every service, by the name of the database; safe to repeat."""
    create_roles(admin_dsn, passwords)
    return {service: create_database(admin_dsn, service, passwords) for service in DATABASES}


def rename_database(admin_dsn: str, old: str, new: str) -> None:
    """Nobody may be connected to it."""
    statement = sql.SQL("alter database {} rename to {}").format(sql.Identifier(old), sql.Identifier(new))
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(statement)


def ledger_end(admin_dsn: str, name: str) -> int:
    """The last position of the ledger in a database; 0 where none is recorded, or nothing is made yet."""
    with psycopg.connect(with_database(admin_dsn, name), autocommit=True) as connection:
        if connection.execute("select to_regclass('ledger')").fetchone() == (None,):
            return 0
        found = connection.execute("select coalesce(max(position), 0) from ledger").fetchone()
    return 0 if found is None else int(found[0])


def drop_database(admin_dsn: str, name: str) -> None:
    statement = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(statement)
