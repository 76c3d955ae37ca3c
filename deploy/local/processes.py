"""How is one process started, watched and ended, so that nothing is ever left behind?"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil

from deploy.local.accounts import Account

TIED = Path(__file__).with_name("tied.py")
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Command:
    """A process to start. `stop_signal` asks it to end in good order, `grace` is how many seconds it may take."""

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = Path("/")
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition came true within that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def last_lines(log: Path, count: int = 12) -> str:
    """Give the end of a log, without what a service says of its ordinary work where it has said anything else, and
    without the places in Java at which something was thrown: what it was stands above a screen of them.
    """
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    telling = [line for line in lines if '"level":"INFO"' not in line and not line.startswith("\tat ")]
    return "\n".join((telling or lines)[-count:])


def tie(signal_number: int, uid: str = "-", gid: str = "-") -> list[str]:
    """What stands before a command that shall end with the thread which starts it."""
    return [sys.executable, "-I", "-S", str(TIED), str(int(signal_number)), str(os.getpid()), uid, gid]


class Child:
    """One started process, tied to the thread that started it: start it from one that lives as long as it shall."""

    def __init__(self, command: Command, pids: Path) -> None:
        self.command = command
        self.started_at = time.monotonic()
        command.log.parent.mkdir(parents=True, exist_ok=True)
        self._note = pids / f"{command.name}.json"
        self._process = self._spawn()
        try:
            write_note(self._note, self._process.pid, command)
        except OSError:
            # Nobody would find it who cleans up behind a supervisor that was killed.
            self.kill()
            raise

    def _spawn(self) -> subprocess.Popen[bytes]:
        account = self.command.account
        uid, gid = (str(account.uid), str(account.gid)) if account else ("-", "-")
        descriptor = os.open(self.command.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            return subprocess.Popen(
                [*tie(self.command.stop_signal, uid, gid), *self.command.argv],
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                cwd=self.command.cwd,
                env=dict(self.command.env),
                # Ctrl-C in the terminal reaches the supervisor alone, which then ends its children in order.
                start_new_session=True,
            )
        finally:
            os.close(descriptor)

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        return self._process.poll()

    def running(self) -> bool:
        return self._process.poll() is None

    def ask_to_stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(self.command.stop_signal)

    def stop(self) -> None:
        """Ask, wait as long as its grace, then SIGKILL the whole group."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self.command.grace)
        self.kill()

    def kill(self) -> None:
        """SIGKILL for whatever is left of the group."""
        kill_group(self._process.pid)
        self._process.wait()
        self._note.unlink(missing_ok=True)


def kill_group(pid: int) -> None:
    """Ours lead a group of their own, so whatever a child has started goes with it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def write_note(note: Path, pid: int, command: Command) -> None:
    """A pid alone may belong to somebody else tomorrow; with its start time it is one process for ever."""
    note.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(psutil.NoSuchProcess):
        fields = {
            "pid": pid,
            "started": psutil.Process(pid).create_time(),
            "owner": os.getpid(),
            "signal": int(command.stop_signal),
            "grace": command.grace,
        }
        note.write_text(json.dumps(fields))


@dataclass(frozen=True)
class Noted:
    """What a pid file says about a process that somebody (perhaps long gone) has started."""

    note: Path
    process: psutil.Process
    owner: int
    signal: int
    grace: float


def has_ended(process: psutil.Process) -> bool:
    """A zombie has ended, even where nobody collects it (a container whose first process does not)."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def noted(pids: Path) -> list[Noted]:
    """Processes of pid files that are still alive, the youngest first; stale files are removed."""
    found = []
    for note in pids.glob("*.json"):
        try:
            fields = json.loads(note.read_text())
            process = psutil.Process(fields["pid"])
            alive = abs(process.create_time() - fields["started"]) < 1 and not has_ended(process)
        except (OSError, ValueError, KeyError, psutil.NoSuchProcess):
            alive = False
        if alive:
            found.append(Noted(note, process, fields["owner"], fields["signal"], fields["grace"]))
        else:
            note.unlink(missing_ok=True)
    return sorted(found, key=lambda one: one.process.create_time(), reverse=True)


def end_noted(pids: Path, owner: int | None = None) -> list[str]:
    """End what pid files name (of one owner, or of all), in reverse order of start; the names of those ended."""
    ended = []
    for one in noted(pids):
        if owner is not None and one.owner != owner:
            continue
        with contextlib.suppress(psutil.Error):
            one.process.send_signal(one.signal)
            wait_until(partial(has_ended, one.process), one.grace)
        kill_group(one.process.pid)
        one.note.unlink(missing_ok=True)
        ended.append(one.note.stem)
    return ended
