"""How does a database get the tables that cannot be rebuilt, and what if its data is newer than the code?

Alembic, without its env.py: a service's folder `migrations/versions` holds revisions only (`0001_ledger.py`, ...),
each with `upgrade()`; the way down is a backup.
"""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

VERSION_TABLE = "migration"


class NewerDataError(Exception):
    """The database was migrated by newer code than this; nothing was touched."""


def migrate(migrations: Path, owner_dsn: str, *, lock_timeout: str = "30s") -> str | None:
    """Bring a database up to the newest revision in the folder, and return it; waits for another who migrates."""
    script = _script(migrations)
    engine = create_engine(make_url(owner_dsn).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(hashtext('migrate'))"))
            connection.execute(text(f"set local lock_timeout = '{lock_timeout}'"))
            _refuse_newer(connection, script)
            _upgrade(connection, script)
    finally:
        engine.dispose()
    return script.get_current_head()


def _script(migrations: Path) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("version_locations", str(migrations / "versions"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _refuse_newer(connection: Connection, script: ScriptDirectory) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    unknown = sorted(set(context.get_current_heads()) - known)
    if unknown:
        raise NewerDataError(
            f"the data stands at revision {', '.join(unknown)}, which this version does not know:"
            " run the newer version again, or start from an empty database or a backup of this version"
        )


def _upgrade(connection: Connection, script: ScriptDirectory) -> None:
    def steps(revision: object, _: MigrationContext) -> object:
        return script._upgrade_revs("heads", revision)  # type: ignore[arg-type] # noqa: SLF001 - as alembic.command does

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE)
        environment.run_migrations()
