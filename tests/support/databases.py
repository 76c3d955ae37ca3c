"""How does a test get a database of its own on the PostgreSQL of the run?"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from deploy.local import databases
from deploy.local.databases import Database
from tests.support.parts import PASSWORDS

Build = Callable[[Database], None]
# An advisory lock; the number is arbitrary.
COUNTING = 7_302_119


@dataclass(frozen=True)
class Postgres:
    """The server of the run. `worker` keeps the names of databases of parallel workers apart."""

    admin_dsn: str
    worker: str

    @contextmanager
    def database(self, service: str, build: Build | None = None) -> Iterator[Database]:
        """A fresh database with the three roles of `service` (such as "socai_events"), dropped afterwards.

        `build` (a named function, for example one that runs the migrations) fills a template once a run; every
        database is a copy of it, grants included. It must close its connections.
        """
        name = f"{service}_{self.worker}_{self._count()}"
        template = None if build is None else self._template(service, build)
        made = databases.create_database(self.admin_dsn, service, PASSWORDS, name=name, template=template)
        try:
            yield made
        finally:
            self._run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def _count(self) -> int:
        with psycopg.connect(self.admin_dsn, autocommit=True) as connection:
            # Two workers that both find none would both make it.
            connection.execute("select pg_advisory_lock(%s)", [COUNTING])
            connection.execute("create sequence if not exists fresh")
            row = connection.execute("select nextval('fresh')").fetchone()
            assert row is not None
            return int(row[0])

    def _template(self, service: str, build: Build) -> str:
        title = f"{service} {build.__module__}.{build.__qualname__}"
        assert "<" not in title, f"a template needs a function with a name of its own, not {title}"
        digest = hashlib.sha256(title.encode()).digest()
        name = f"template_{digest.hex()[:16]}"
        with psycopg.connect(self.admin_dsn, autocommit=True) as connection:
            connection.execute("select pg_advisory_lock(%s)", [int.from_bytes(digest[:6])])
            found = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
            if found is None:
                self._build(service, build, name)
        return name

    def _build(self, service: str, build: Build, name: str) -> None:
        unfinished = f"{name}_unfinished"
        self._run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(unfinished)))
        build(databases.create_database(self.admin_dsn, service, PASSWORDS, name=unfinished))
        rename = sql.SQL("alter database {} rename to {}")
        self._run(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.admin_dsn, autocommit=True) as connection:
            connection.execute(statement)
