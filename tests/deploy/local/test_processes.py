"""Is a started process ended with everything that it has started, and is nobody else's ever touched?"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy.local.processes import Child, Command, end_noted, has_ended, last_lines, noted, wait_until

SLEEPS = "import time; print('up', flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPS
STARTS_ANOTHER = f"subprocess.Popen([sys.executable, '-c', {SLEEPS!r}])"
PARENT = f"import subprocess, sys; print({STARTS_ANOTHER}.pid, flush=True); {SLEEPS}"


def command(folder: Path, program: str, grace: float = 5.0) -> Command:
    return Command("sleeper", (sys.executable, "-c", program), folder / "sleeper.log", grace=grace)


def is_up(child: Child) -> bool:
    return "up" in child.command.log.read_text()


@pytest.fixture
def pids(tmp_path: Path) -> Path:
    return tmp_path / "pids"


def test_a_complaint_quotes_what_went_wrong_and_not_who_asked_for_it(tmp_path: Path) -> None:
    log, asked = tmp_path / "projector.log", '{"level":"INFO","logger":"access","route":"/readyz","status":503}'
    log.write_text("\n".join([asked, '{"level":"ERROR","exception":"AnotherLogError"}', *[asked] * 20]))
    assert last_lines(log) == '{"level":"ERROR","exception":"AnotherLogError"}'
    log.write_text("\n".join([asked] * 20))
    assert last_lines(log, 2) == f"{asked}\n{asked}"


def test_a_complaint_says_what_was_thrown_and_not_where(tmp_path: Path) -> None:
    log, full = tmp_path / "kafka.log", "java.io.UncheckedIOException: java.io.IOException: No space left on device"
    log.write_text(
        "\n".join([full, *["\tat kafka.Kafka$.main(Kafka.scala:97)"] * 30, "Caused by: disk", "\t... 9 more"])
    )
    assert last_lines(log, 3) == f"{full}\nCaused by: disk\n\t... 9 more"


def test_who_listens_to_its_signal_ends_by_it(tmp_path: Path, pids: Path) -> None:
    child = Child(command(tmp_path, SLEEPS), pids)
    assert wait_until(lambda: is_up(child), 10)
    child.stop()
    assert child.exit_code() == -signal.SIGTERM
    assert noted(pids) == []


def test_who_does_not_listen_is_killed_after_its_grace(tmp_path: Path, pids: Path) -> None:
    child = Child(command(tmp_path, DEAF, grace=0.2), pids)
    assert wait_until(lambda: is_up(child), 10)
    child.stop()
    assert child.exit_code() == -signal.SIGKILL


def test_what_a_process_has_started_ends_with_it(tmp_path: Path, pids: Path) -> None:
    child = Child(command(tmp_path, PARENT), pids)
    assert wait_until(lambda: child.command.log.read_text().count("up") == 2, 10)
    grandchild = psutil.Process(int(child.command.log.read_text().split()[0]))
    child.stop()
    assert wait_until(lambda: has_ended(grandchild), 5)


def test_a_pid_that_belongs_to_somebody_else_by_now_is_left_alone(tmp_path: Path, pids: Path) -> None:
    child = Child(command(tmp_path, SLEEPS), pids)
    note = pids / "sleeper.json"
    fields = json.loads(note.read_text())
    note.write_text(json.dumps(fields | {"started": fields["started"] - 100}))
    assert end_noted(pids) == []
    assert child.running()
    child.stop()


def test_only_processes_of_that_owner_are_ended(tmp_path: Path, pids: Path) -> None:
    child = Child(command(tmp_path, SLEEPS), pids)
    assert end_noted(pids, owner=os.getpid() + 1) == []
    assert child.running()
    assert end_noted(pids, owner=os.getpid()) == ["sleeper"]
    child.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_a_child_ends_with_a_parent_that_was_killed(tmp_path: Path, pids: Path) -> None:
    starts = (
        "import sys, time; from pathlib import Path; from deploy.local.processes import Child, Command;"
        f"Child(Command('sleeper', (sys.executable, '-c', {SLEEPS!r}), Path({str(tmp_path / 'sleeper.log')!r})),"
        f" Path({str(pids)!r})); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", starts], cwd=Path(__file__).parents[3]) as parent:
        log = tmp_path / "sleeper.log"
        assert wait_until(lambda: log.exists() and "up" in log.read_text(), 20)
        [child] = noted(pids)
        parent.kill()
    assert wait_until(lambda: has_ended(child.process), 10)
