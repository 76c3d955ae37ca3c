"""What can be told to the service that counts: `python -m services.reporting COMMAND`."""

import argparse
import asyncio
import sys

from kit import cli
from kit.builds import ensure
from kit.http import create, run
from kit.projecting import Projecting, renew
from services.reporting.app import create_app
from services.reporting.projections import PROJECTIONS
from services.reporting.settings import ReportingSettings


def api(_: argparse.Namespace) -> None:
    """Answer questions about figures."""
    settings = ReportingSettings.load()
    run(create_app(settings), settings)


def projector(_: argparse.Namespace) -> None:
    """Follow the log and keep the figures; what is of an older version is built anew beside it."""
    settings = ReportingSettings.load()
    work = Projecting(
        "reporting", PROJECTIONS, settings, group=settings.projector_group, batch_records=settings.batch_records
    )
    app = create("reporting", "Socai reporting projector", settings, checks=work.checks, documented=False)
    run(app, settings, work.run)


def migrate(_: argparse.Namespace) -> None:
    """Make the tables that do not exist yet."""
    settings = ReportingSettings.load()
    outdated = asyncio.run(ensure(PROJECTIONS, settings.owner_dsn, topic_prefix=settings.topic_prefix))
    for name in outdated:
        sys.stdout.write(f"{name}: of another version, the projector builds it anew\n")


def rebuild(arguments: argparse.Namespace) -> None:
    """Build projections anew from the log beside those that serve, compare, and switch."""
    settings = ReportingSettings.load()
    names = [projection.name for projection in PROJECTIONS]
    asyncio.run(renew(PROJECTIONS, settings, arguments.projections or names))


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
    sys.exit(cli.dispatch("services.reporting", "How many people live where, and what happened to them.", COMMANDS))
