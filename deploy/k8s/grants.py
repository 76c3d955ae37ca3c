"""Which role may do what in a database that the database operator made?

python -m deploy.k8s.grants socai_events     with the owner's address in SOCAI_OWNER_DSN; safe to repeat

The operator makes roles and databases; what they may do is the same as on one machine. The owner of a database
may grant all of it, so nobody needs more rights than that.
"""

import argparse

import psycopg

from deploy.local.databases import DATABASES, database_grants, schema_grants
from kit.process.settings import ProcessSettings


def grant(owner_dsn: str, service: str, database: str | None = None) -> None:
    """`service` names the roles, `database` the database (the same unless it is a copy)."""
    with psycopg.connect(owner_dsn) as connection:
        for statement in (*database_grants(database or service, service), *schema_grants(service)):
            connection.execute(statement)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.k8s.grants")
    parser.add_argument("database", choices=DATABASES)
    grant(ProcessSettings.load().owner_dsn, parser.parse_args().database)


if __name__ == "__main__":
    main()
