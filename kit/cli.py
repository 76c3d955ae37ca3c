"""What can `python -m services.NAME` be told to do?

    sys.exit(cli.dispatch("services.events", "The write side.", [Command("api", serve), ...]))

A command is a function of the parsed arguments, plain or async; its docstring's first line is its help text.
"""

import argparse
import asyncio
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from kit.log.records import LogUnavailableError
from kit.process import collector
from kit.process.database import Unavailable

INTERRUPTED = 130
_AWAY = (
    Unavailable,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    ConnectionRefusedError,
    ConnectionResetError,
    TimeoutError,
)
DATABASE_AWAY = "the database does not answer / cơ sở dữ liệu không trả lời"
Configure = Callable[[argparse.ArgumentParser], None]


@dataclass(frozen=True)
class Command:
    """A name to type, the function that runs, and what adds arguments of its own."""

    name: str
    run: Callable[[argparse.Namespace], Any]
    configure: Configure | None = None

    @property
    def help(self) -> str:
        return (inspect.getdoc(self.run) or "").partition("\n")[0]


def dispatch(program: str, about: str, commands: Sequence[Command], argv: Sequence[str] | None = None) -> int:
    """Run the command named by the arguments; its result is the exit status: 0 for None, 130 after Ctrl-C, 1 where what
    it works with is away, which is told in a line.
    """
    told = sys.argv[1:] if argv is None else argv
    # What the others would load to name their arguments is spared.
    named = [command for command in commands if told and told[0] == command.name]
    arguments = parser(program, about, named or commands).parse_args(told)
    command: Command = arguments.command
    try:
        outcome = command.run(arguments)
        if inspect.iscoroutine(outcome):
            collector.look_rarely()
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                outcome = runner.run(outcome)
    except KeyboardInterrupt:
        return INTERRUPTED
    except LogUnavailableError as error:
        sys.stderr.write(f"Kafka does not answer as it must: {error} / Kafka không trả lời hoặc trả lời không đúng\n")
        return 1
    except _AWAY:
        sys.stderr.write(f"{DATABASE_AWAY}\n")
        return 1
    return outcome or 0


def parser(program: str, about: str, commands: Sequence[Command]) -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog=f"python -m {program}", description=about)
    subparsers = whole.add_subparsers(metavar="COMMAND", required=True)
    for command in commands:
        one = subparsers.add_parser(command.name, help=command.help, description=inspect.getdoc(command.run))
        one.set_defaults(command=command)
        if command.configure is not None:
            command.configure(one)
    return whole


def migrate_or_exit(migrations: Path, owner_dsn: str) -> None:
    """Migrate as a command does: newer data end the process with one line."""
    # Alembic is a quarter of what a process would load before it begins, for the one command that needs it.
    from kit.process.migrate import NewerDataError, migrate  # noqa: PLC0415

    try:
        migrate(migrations, owner_dsn)
    except NewerDataError as error:
        raise SystemExit(str(error)) from None
