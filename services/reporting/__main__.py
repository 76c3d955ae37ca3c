"""What can be told to the service that counts: `python -m services.reporting COMMAND`."""

import sys

from kit import cli
from kit.projections.read_commands import commands
from services.reporting.app import create_app
from services.reporting.projections import PROJECTIONS
from services.reporting.settings import ReportingSettings

COMMANDS = commands("reporting", ReportingSettings, PROJECTIONS, create_app)

if __name__ == "__main__":
    sys.exit(cli.dispatch("services.reporting", "How many people live where, and what happened to them.", COMMANDS))
