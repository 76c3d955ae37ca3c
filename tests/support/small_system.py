"""The real supervisor with real parts and one small service: what its tests run and kill.

    python -m tests.support.small_system

takes the settings SOCAI_LOCAL_*, as `python -m deploy.local run` does.
"""

import sys

from deploy.local.roster import Ours, Roster
from deploy.local.settings import LocalSettings
from deploy.local.supervisor import run

PACKAGE = "tests.support.small_service"


def small(name: str, verb: str, port: str | None, roles: tuple[str, ...]) -> Ours:
    return Ours(name, PACKAGE, verb, port, roles, kept_in="socai_registry")


SMALL = Roster(
    migrations=(small("small-migrate", "migrate", None, ("owner",)),),
    running=(small("small-api", "api", "registry_api_port", ("writer",)),),
)

if __name__ == "__main__":
    sys.exit(run(LocalSettings.load(), SMALL))
