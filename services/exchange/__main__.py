"""What can be told to the service that partners ask: `python -m services.exchange COMMAND`."""

import argparse
import asyncio
import sys
from pathlib import Path

from kit import cli
from kit.builds import ensure
from kit.http import run
from kit.migrate import NewerDataError
from kit.migrate import migrate as migrate_tables
from services.exchange.app import create_app
from services.exchange.projecting import create_projector, renew
from services.exchange.projections import PROJECTIONS
from services.exchange.settings import ExchangeSettings

MIGRATIONS = Path(__file__).parent / "migrations"


def api(_: argparse.Namespace) -> None:
    """Answer partner agencies."""
    settings = ExchangeSettings.load()
    run(create_app(settings), settings)


def projector(_: argparse.Namespace) -> None:
    """Follow the log and keep feed and persons; what is of an older version is built anew beside it."""
    settings = ExchangeSettings.load()
    app, work = create_projector(settings)
    run(app, settings, work)


def migrate(_: argparse.Namespace) -> None:
    """Bring the table of disclosures up to date, and make the tables that do not exist yet."""
    settings = ExchangeSettings.load()
    try:
        migrate_tables(MIGRATIONS, settings.owner_dsn)
    except NewerDataError as error:
        raise SystemExit(str(error)) from None
    for name in asyncio.run(ensure(PROJECTIONS, settings.owner_dsn, topic_prefix=settings.topic_prefix)):
        sys.stdout.write(f"{name}: of another version, the projector builds it anew\n")


def rebuild(arguments: argparse.Namespace) -> None:
    """Build projections anew from the log beside those that serve, compare, and switch."""
    settings = ExchangeSettings.load()
    asyncio.run(renew(settings, arguments.projections or [projection.name for projection in PROJECTIONS]))


def _projections(parser: argparse.ArgumentParser) -> None:
    names = [projection.name for projection in PROJECTIONS]
    parser.add_argument("projections", nargs="*", metavar="PROJECTION", help=f"by default all: {', '.join(names)}")


COMMANDS = [
    cli.Command("api", api),
    cli.Command("projector", projector),
    cli.Command("migrate", migrate),
    cli.Command("rebuild", rebuild, _projections),
]

if __name__ == "__main__":
    sys.exit(cli.dispatch("services.exchange", "What partner agencies may see of persons.", COMMANDS))
