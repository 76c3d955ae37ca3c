"""Does a process do what it is told on its command line?"""

import argparse
import asyncio
import gc
import subprocess
import sys
from collections.abc import Iterator

import asyncpg
import pytest

from kit.cli import INTERRUPTED, Command, dispatch
from kit.log.records import LogUnavailableError
from kit.process.database import Unavailable

DONE: list[str] = []


def migrate(arguments: argparse.Namespace) -> None:
    """Bring the database to this version.

    Run before the new version starts.
    """
    DONE.append(f"migrate {arguments.to}")


async def verify(_: argparse.Namespace) -> int:
    """Walk the chain of hashes."""
    await asyncio.sleep(0)
    return 3


def to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", default="head")


@pytest.fixture
def collecting() -> Iterator[None]:
    """Leave the collector of this process as it was."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def walk(_: argparse.Namespace) -> None:
    """Walk until somebody stops it."""
    raise KeyboardInterrupt


COMMANDS = [Command("migrate", migrate, to), Command("verify", verify), Command("walk", walk)]


def test_ctrl_c_ends_a_command_without_a_traceback() -> None:
    assert dispatch("services.tested", "Tested.", COMMANDS, ["walk"]) == INTERRUPTED


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (
            LogUnavailableError("it is damaged"),
            "Kafka does not answer as it must: it is damaged / Kafka không trả lời hoặc trả lời không đúng",
        ),
        (Unavailable(), "the database does not answer / cơ sở dữ liệu không trả lời"),
        (asyncpg.CannotConnectNowError(), "the database does not answer / cơ sở dữ liệu không trả lời"),
        (
            ConnectionRefusedError(111, "Connect call failed"),
            "the database does not answer / cơ sở dữ liệu không trả lời",
        ),
    ],
)
def test_what_is_away_is_told_in_a_line(problem: Exception, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def meet(_: argparse.Namespace) -> None:
        """Ask what is away."""
        raise problem

    assert dispatch("services.tested", "Tested.", [Command("meet", meet)], ["meet"]) == 1
    assert capsys.readouterr() == ("", f"{told}\n")


def test_a_command_gets_its_arguments() -> None:
    DONE.clear()
    assert dispatch("services.tested", "Tested.", COMMANDS, ["migrate", "--to", "0002"]) == 0
    assert DONE == ["migrate 0002"]


def test_an_async_command_runs_and_its_result_is_the_status() -> None:
    assert dispatch("services.tested", "Tested.", COMMANDS, ["verify"]) == 3


def test_help_lists_every_command_with_its_first_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        dispatch("services.tested", "Tested.", COMMANDS, ["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "python -m services.tested" in shown
    assert "Bring the database to this version." in shown
    assert "Walk the chain of hashes." in shown


@pytest.mark.parametrize("argv", [[], ["fly"]])
def test_an_unknown_or_missing_command_is_an_error(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        dispatch("services.tested", "Tested.", COMMANDS, argv)
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [("migrate", "fastapi"), ("import", "openpyxl"), ("import", "alembic"), ("import", "uvicorn")],
)
def test_what_a_single_command_needs_is_not_loaded_for_the_others(command: str, unneeded: str) -> None:
    loaded = (
        "import sys; from kit import cli; from services.events.__main__ import COMMANDS\n"
        f"try: cli.dispatch('events', '', COMMANDS, ['{command}', '--help'])\n"
        f"except SystemExit: print('\\n' + str('{unneeded}' in sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True, text=True).stdout
    assert shown.splitlines()[-1] == "False"


@pytest.mark.usefixtures("collecting")
def test_what_a_process_was_started_with_is_looked_through_no_more() -> None:
    before = gc.get_freeze_count()
    assert dispatch("services.tested", "Tested.", COMMANDS, ["verify"]) == 3
    assert gc.get_freeze_count() > before
