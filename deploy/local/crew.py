"""How are the started processes kept together: awaited, restarted when they crash, ended in order?"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import httpx

from deploy.local.interruption import Interruption
from deploy.local.processes import POLL_SECONDS, Child, Command, kill_group, last_lines
from kit.process.progress import Say

Check = Callable[[], bool]

WATCH_SECONDS = 0.2
FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0
# Who has run that long starts again at once when it crashes.
STEADY_SECONDS = 60.0


class Stage(IntEnum):
    """Stages stop in reverse: callers before what they call."""

    PARTS = 0
    SERVICES = 1
    DOOR = 2


class NotStarted(RuntimeError):
    """A process ended or did not become ready; the text holds its last lines."""


@dataclass
class Member:
    child: Child
    stage: Stage
    failures: int = 0
    again_at: float | None = None


class Crew:
    """All processes of one supervisor. Use from its main thread only: they end with the thread that started them."""

    def __init__(self, pids: Path, interruption: Interruption, say: Say) -> None:
        self._pids = pids
        self._interruption = interruption
        self._say = say
        self._members: dict[str, Member] = {}

    def start(self, command: Command, stage: Stage) -> None:
        with self._interruption.held():
            self._members[command.name] = Member(Child(command, self._pids), stage)

    def wait(self, checks: Mapping[str, Check], seconds: float, once: Sequence[Command] = ()) -> None:
        """Until every named process passes its check, and each of `once`, started here, has ended well."""
        ends = {command.name: self._ended_well(command.name) for command in once}
        try:
            for command in once:
                self.start(command, Stage.SERVICES)
            self._wait(dict(checks) | ends, ends.keys(), seconds)
        finally:
            for name in ends.keys() & self._members.keys():
                self._members.pop(name).child.stop()

    def _wait(self, waiting: dict[str, Check], ends: Collection[str], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while waiting:
            for name, check in list(waiting.items()):
                child = self._members[name].child
                if check():
                    del waiting[name]
                    took = time.monotonic() - child.started_at
                    self._say(f"{name} is {'done' if name in ends else 'ready'} ({took:.1f} s)")
                elif not child.running():
                    raise NotStarted(complaint(child.command, f"ended with code {child.exit_code()}"))
            if waiting and time.monotonic() > deadline:
                child = self._members[min(waiting)].child
                raise NotStarted(complaint(child.command, f"was not ready within {seconds:.0f} s"))
            time.sleep(POLL_SECONDS)

    def _ended_well(self, name: str) -> Check:
        return lambda: self._members[name].child.exit_code() == 0

    def watch(self, until: Check) -> None:
        """Restart what crashes, later each time, until told otherwise."""
        while not until():
            for member in self._members.values():
                self._attend(member)
            time.sleep(WATCH_SECONDS)

    def _attend(self, member: Member) -> None:
        child = member.child
        if child.running():
            return
        now = time.monotonic()
        if member.again_at is None:
            self._say(complaint(child.command, f"ended with code {child.exit_code()}"))
            self._put_off(member, 0 if now - child.started_at > STEADY_SECONDS else member.failures + 1)
        elif now >= member.again_at:
            with self._interruption.held():
                kill_group(child.pid)
                try:
                    member.child = Child(child.command, self._pids)
                    member.again_at = None
                except OSError as error:
                    # A full disk: all others go on, and so does this one once there is room.
                    self._say(f"{child.command.name} cannot be started: {error.strerror}")
                    self._put_off(member, member.failures + 1)

    def _put_off(self, member: Member, failures: int) -> None:
        wait = backoff(failures)
        member.failures, member.again_at = failures, time.monotonic() + wait
        self._say(f"{member.child.command.name} starts again in {wait:.1f} s")

    def stop(self) -> None:
        """The door first, the parts last; each stage at once, each process within its grace."""
        for stage in sorted(Stage, reverse=True):
            members = [member for member in self._members.values() if member.stage == stage]
            for member in members:
                member.child.ask_to_stop()
            deadline = time.monotonic() + max((member.child.command.grace for member in members), default=0)
            while any(member.child.running() for member in members):
                if self._interruption.impatient or time.monotonic() > deadline:
                    break
                time.sleep(POLL_SECONDS)
            for member in members:
                member.child.kill()
        self._members.clear()


def backoff(failures: int) -> float:
    return min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** max(0, failures - 1)) if failures else 0.0


def complaint(command: Command, what: str) -> str:
    lines = last_lines(command.log)
    return f"{command.name} {what}; its log is {command.log}" + (f", and ends:\n{indent(lines)}" if lines else "")


def indent(lines: str) -> str:
    return "\n".join(f"    {line}" for line in lines.splitlines())


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False
