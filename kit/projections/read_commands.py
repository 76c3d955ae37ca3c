"""What can a read service be told to do?

    COMMANDS = commands("registry", RegistrySettings, PROJECTIONS, create_app)

What answers, what fills the tables, and how those come into being and are made anew, is the same in all of them.
"""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from fastapi import FastAPI

from kit.cli import Command, migrate_or_exit
from kit.http.application import create, run
from kit.log.records import LogUnavailableError
from kit.process.progress import say
from kit.projections.builds import NotBuiltError, ensure
from kit.projections.projecting import Projecting, renew
from kit.projections.projection import AnyProjection
from kit.projections.reading import ReadSettings
from kit.projections.rebuild import BusyError, DigestDiffersError

Chosen = TypeVar("Chosen", bound=ReadSettings)


@dataclass(frozen=True)
class _ReadService(Generic[Chosen]):
    name: str
    settings: type[Chosen]
    projections: Sequence[AnyProjection]
    create_app: Callable[[Chosen], FastAPI]
    migrations: Path | None

    @property
    def names(self) -> list[str]:
        return [projection.name for projection in self.projections]

    def api(self, _: argparse.Namespace) -> None:
        """Answer questions."""
        settings = self.settings.load()
        run(self.create_app(settings), settings)

    def projector(self, _: argparse.Namespace) -> None:
        """Follow the log and keep the tables; what is of an older version is built anew beside it."""
        settings = self.settings.load()
        app, work = create_projector(self.name, settings, self.projections)
        run(app, settings, work.run)

    def migrate(self, _: argparse.Namespace) -> None:
        """Make the tables that do not exist yet, and bring up to date what cannot be rebuilt."""
        settings = self.settings.load()
        if self.migrations is not None:
            migrate_or_exit(self.migrations, settings.owner_dsn)
        for outdated in asyncio.run(ensure(self.projections, settings.owner_dsn, topic_prefix=settings.topic_prefix)):
            say(f"{outdated}: of another version, the projector builds it anew")

    async def rebuild(self, arguments: argparse.Namespace) -> int:
        """Build projections anew from the log beside those that serve, compare, and switch."""
        try:
            built = await renew(self.projections, self.settings.load(), arguments.projections or self.names, say=say)
        except (BusyError, DigestDiffersError, LogUnavailableError, NotBuiltError) as problem:
            say(f"not rebuilt: {problem}")
            return 1
        for one in built:
            found = "the same as what served" if one.compared else "in place of what came of another version or log"
            say(f"{one.projection}: {one.facts} facts up to position {one.position}, {found}")
        return 0

    def choose(self, parser: argparse.ArgumentParser) -> None:
        about = f"by default all: {', '.join(self.names)}"
        parser.add_argument("projections", nargs="*", type=self._known, metavar="PROJECTION", help=about)

    def _known(self, given: str) -> str:
        if given not in self.names:
            raise argparse.ArgumentTypeError(f"there is no projection of this name; there are {', '.join(self.names)}")
        return given


def commands(
    name: str,
    settings: type[Chosen],
    projections: Sequence[AnyProjection],
    create_app: Callable[[Chosen], FastAPI],
    migrations: Path | None = None,
) -> list[Command]:
    """What `python -m services.<name>` can be told; `migrations` where something cannot be rebuilt."""
    service = _ReadService(name, settings, projections, create_app, migrations)
    return [
        Command("api", service.api),
        Command("projector", service.projector),
        Command("migrate", service.migrate),
        Command("rebuild", service.rebuild, service.choose),
    ]


def create_projector(
    name: str, settings: ReadSettings, projections: Sequence[AnyProjection]
) -> tuple[FastAPI, Projecting]:
    """Make the application that answers for a projector's health, and the work beside it."""
    work = Projecting(name, projections, settings, group=settings.projector_group, batch_records=settings.batch_records)
    return create(name, f"Socai {name} projector", settings, checks=work.checks, documented=False), work
