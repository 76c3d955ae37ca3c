"""Where do the benches' own PostgreSQL and Kafka run, and how does a bench get a copy of a kept database?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from deploy.local import databases, parts
from deploy.local.databases import Database
from deploy.local.folder import Folder, kept_secrets
from deploy.local.interruption import Interruption
from deploy.local.ports import free_ports
from deploy.local.processes import noted
from deploy.local.roster import Wiring
from deploy.local.settings import PORTS, ROOT, LocalSettings
from deploy.local.supervisor import crew_of
from kit.process.progress import Say

DATA = ROOT / ".socai" / "bench"
START_SECONDS = 120.0


@dataclass(frozen=True)
class Ground:
    """Both parts, running with the settings of `make run`; they end with the block that opened them."""

    wiring: Wiring
    bare_port: int
    admin_dsn: str
    say: Say

    @property
    def folder(self) -> Folder:
        return self.wiring.folder

    @property
    def bootstrap(self) -> str:
        return self.wiring.bootstrap

    def process(self, part: str) -> psutil.Process:
        """The process of one of the parts."""
        found = next(one for one in noted(self.folder.pids) if one.note.stem == part)
        return found.process

    def create(self, service: str, name: str, template: str | None = None) -> Database:
        """Make a database with the roles of a service anew, empty or as a copy of another one."""
        databases.drop_database(self.admin_dsn, name)
        if template is not None:
            self._copy(service, name, template)
        return databases.create_database(self.admin_dsn, service, kept_secrets(self.folder), name=name)

    def _copy(self, service: str, name: str, template: str) -> None:
        statement = sql.SQL("create database {} owner {} template {} strategy file_copy")
        owner = sql.Identifier(f"{service}_owner")
        with psycopg.connect(self.admin_dsn, autocommit=True) as connection:
            # The kernel copies where the server was built for that.
            with suppress(psycopg.Error):
                connection.execute("set file_copy_method = clone")
            connection.execute(statement.format(sql.Identifier(name), owner, sql.Identifier(template)))

    def exists(self, name: str) -> bool:
        with psycopg.connect(self.admin_dsn) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        return found is not None

    def drop(self, names: Sequence[str]) -> None:
        for name in names:
            databases.drop_database(self.admin_dsn, name)

    def rename(self, old: str, new: str) -> None:
        self.drop([new])
        databases.rename_database(self.admin_dsn, old, new)


def local_settings() -> tuple[LocalSettings, int]:
    """Settings with ports that are free now, and one more port."""
    names = [*PORTS, "postgres_port", "kafka_port", "kafka_controller_port"]
    *ports, extra = free_ports(len(names) + 1)
    chosen = dict(zip(names, ports, strict=True))
    return LocalSettings.load(data=DATA, sandbox=False, postgres="", kafka="", door="", **chosen), extra


class OwnFolder(Folder):
    """What was downloaded for `make run` serves the benches too."""

    @property
    def parts(self) -> Path:
        return DATA.parent / "parts"


@contextmanager
def opened(say: Say) -> Iterator[Ground]:
    """Both parts up on the benches' data folder, roles there; everything of an earlier run that was cut short gone."""
    settings, bare_port = local_settings()
    folder = OwnFolder(DATA)
    with crew_of(settings, folder, Interruption(), say) as crew:
        checks = parts.start_postgres(crew, settings, folder, say) | parts.start_kafka(crew, settings, folder, say)
        crew.wait(checks, START_SECONDS)
        admin_dsn = parts.admin_dsn(settings, folder)
        wiring = parts.wiring(settings, folder)
        databases.create_roles(admin_dsn, kept_secrets(folder))
        yield Ground(wiring, bare_port, admin_dsn, say)
        _checkpoint(admin_dsn)


def _checkpoint(admin_dsn: str) -> None:
    """Leave a server that starts at once next time."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute("checkpoint")
