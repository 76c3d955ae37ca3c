"""What can be told to the service that knows who lives where: `python -m services.registry COMMAND`."""

import sys

from kit import cli
from kit.projections.read_commands import commands
from services.registry.app import create_app
from services.registry.projections import PROJECTIONS
from services.registry.settings import RegistrySettings

COMMANDS = commands("registry", RegistrySettings, PROJECTIONS, create_app)

if __name__ == "__main__":
    sys.exit(cli.dispatch("services.registry", "Who lives where, and how that came about.", COMMANDS))
