"""What can be told to the service that partners ask: `python -m services.exchange COMMAND`."""

import sys
from pathlib import Path

from kit import cli
from kit.projections.read_commands import commands
from services.exchange.app import create_app
from services.exchange.projections import PROJECTIONS
from services.exchange.settings import ExchangeSettings

MIGRATIONS = Path(__file__).parent / "migrations"

COMMANDS = commands("exchange", ExchangeSettings, PROJECTIONS, create_app, MIGRATIONS)

if __name__ == "__main__":
    sys.exit(cli.dispatch("services.exchange", "What partner agencies may see of persons.", COMMANDS))
