"""Is a person told what can be asked of the system on one machine?"""

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from deploy.local import operations, supervisor
from deploy.local.__main__ import parser
from deploy.local.interruption import INTERRUPTED, Stopped
from deploy.local.processes import wait_until
from deploy.local.settings import ROOT, LocalSettings
from services.events.__main__ import NO_FURTHER


def test_a_service_that_has_nothing_to_rebuild_is_named_with_those_that_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operations.rebuild(LocalSettings(data=tmp_path), ["events"]) == 1
    assert "events; there are: registry, reporting, exchange" in capsys.readouterr().err


def test_the_help_names_every_setting() -> None:
    text = parser().format_help()
    assert all(f"SOCAI_LOCAL_{name.upper()} " in text for name in LocalSettings.model_fields)


@pytest.mark.parametrize(("kafka", "code"), [("", 1), ("kafka.example:9092", 0)])
def test_a_part_that_has_ended_is_listed_and_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kafka: str, code: int
) -> None:
    settings = LocalSettings(data=tmp_path, kafka=kafka)
    (tmp_path / "settings.json").write_text(settings.model_dump_json())
    (tmp_path / "run.json").write_text('{"gateway": "http://127.0.0.1:8080", "health": {}}')
    monkeypatch.setattr(operations, "supervisor", lambda _: os.getpid())
    postgres = SimpleNamespace(note=Path("postgres.json"), process=psutil.Process())
    monkeypatch.setattr(operations, "noted", lambda _: [postgres])
    assert operations.status(LocalSettings(data=tmp_path)) == code
    assert ("kafka" in capsys.readouterr().out) == (code == 1)


STOPPED = "import os, signal, sys, time; time.sleep(0.2); os.kill(os.getppid(), signal.SIGINT); time.sleep(0.4)"


class Told:
    """Stands for the wiring: every command is a program that somebody stops by Ctrl-C, and that ends in good order."""

    def __init__(self, code: int) -> None:
        self.last, self.asked = f"sys.exit({code})", list[str]()

    def command(self, part: Any, *_: str) -> SimpleNamespace:
        self.asked.append(part.name)
        return SimpleNamespace(argv=(sys.executable, "-c", f"{STOPPED}; {self.last}"), env=os.environ)


def test_what_is_stopped_by_ctrl_c_is_waited_for_and_says_how_it_ended() -> None:
    assert operations.do(Told(7), "services.events", "import") == 7  # type: ignore[arg-type]


def test_who_is_ended_by_ctrl_c_itself_counts_as_stopped() -> None:
    ended = Told(0)
    ended.last = "signal.signal(signal.SIGINT, signal.SIG_DFL); os.kill(os.getpid(), signal.SIGINT)"
    assert operations.do(ended, "services.events", "verify") == INTERRUPTED  # type: ignore[arg-type]


def test_what_was_begun_ends_with_the_command_that_began_it_also_where_that_is_killed(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    inner = f"import os, pathlib, time; pathlib.Path({str(noted)!r}).write_text(str(os.getpid())); time.sleep(60)"
    outer = f"""
import os, sys
from types import SimpleNamespace
from deploy.local import operations
argv = (sys.executable, "-c", {inner!r})
wiring = SimpleNamespace(command=lambda *_: SimpleNamespace(argv=argv, env=os.environ))
operations.do(wiring, "services.events", "import")
"""
    command = subprocess.Popen([sys.executable, "-c", outer], cwd=ROOT)
    assert wait_until(lambda: noted.exists() and noted.read_text() != "", 20)
    begun = psutil.Process(int(noted.read_text()))
    command.kill()
    command.wait()
    gone, _ = psutil.wait_procs([begun], 5)
    for process in {begun} - set(gone):
        process.kill()
    assert gone


STOPPED_FROM_OUTSIDE = """
import os, sys
from types import SimpleNamespace
from deploy.local import operations
from deploy.local.interruption import Interruption, Stopped
Interruption()
wiring = SimpleNamespace(command=lambda *_: SimpleNamespace(argv=(sys.executable, "-c", {inner!r}), env=os.environ))
try:
    operations.do(wiring, "services.events", "import")
except Stopped:
    print("stopped")
"""


def test_what_was_begun_is_told_to_stop_where_its_command_is_and_says_how_far_it_came(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    inner = f"""
import os, pathlib, signal, sys, time
def end(*_):
    time.sleep(0.2)
    sys.exit(print("so far", flush=True))
signal.signal(signal.SIGTERM, end)
pathlib.Path({str(noted)!r}).write_text(str(os.getpid()))
time.sleep(20)
print("all of it", flush=True)
"""
    outer = [sys.executable, "-c", STOPPED_FROM_OUTSIDE.format(inner=inner)]
    command = subprocess.Popen(outer, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert wait_until(lambda: noted.exists() and noted.read_text() != "", 20)
    command.terminate()
    said, _ = command.communicate(timeout=40)
    assert said.splitlines() == ["so far", "stopped"]


def test_what_was_stopped_before_its_end_has_not_ended_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "Interruption", lambda: None)
    monkeypatch.setattr(supervisor, "crew_of", lambda *_: nullcontext())
    monkeypatch.setattr(supervisor, "start_parts", lambda *_: None)

    def stopped(_: object) -> int:
        raise Stopped

    assert supervisor.with_parts(LocalSettings(data=tmp_path), stopped) == INTERRUPTED
    assert supervisor.with_parts(LocalSettings(data=tmp_path), lambda _: 0) == 0


def test_nothing_more_is_rebuilt_after_ctrl_c() -> None:
    stopped, failed = Told(INTERRUPTED), Told(1)
    assert operations.rebuild_each(stopped, ["registry", "reporting"]) == INTERRUPTED  # type: ignore[arg-type]
    assert len(stopped.asked) == 1
    assert operations.rebuild_each(failed, ["registry", "reporting"]) == 1  # type: ignore[arg-type]
    assert len(failed.asked) == 2


@pytest.mark.parametrize(
    ("code", "ends", "replaced"),
    [
        (0, (9, 4), True),
        (NO_FURTHER, (9, 4), True),
        (NO_FURTHER, (4, 9), False),
        (NO_FURTHER, (0, 0), False),
        (1, (9, 4), False),
    ],
)
def test_a_restored_ledger_takes_the_place_of_the_former_one_only_where_it_holds_more(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: int,
    ends: tuple[int, int],
    *,
    replaced: bool,
) -> None:
    done: list[tuple[str, ...]] = []
    names = iter(ends)
    monkeypatch.setattr(operations, "admin_dsn", lambda *_: "")
    monkeypatch.setattr(operations, "kept_secrets", lambda _: {})
    monkeypatch.setattr(operations, "create_database", lambda *_: None)
    monkeypatch.setattr(operations, "ledger_end", lambda *_: next(names))
    monkeypatch.setattr(operations, "rename_database", lambda _, old, new: done.append(("rename", old, new)))
    monkeypatch.setattr(operations, "drop_database", lambda _, name: done.append(("drop", name)))
    monkeypatch.setattr(operations, "do", lambda _, __, verb: code if verb == "restore" else 0)
    used: Any = SimpleNamespace(folder=tmp_path)
    assert operations.rebuild_ledger(LocalSettings(data=tmp_path), used) == code
    (_, name, former), *back = done
    assert back == ([] if replaced else [("drop", name), ("rename", former, name)])
    assert ("kept as database" in capsys.readouterr().out) is replaced
