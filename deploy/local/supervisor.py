"""What does `make run` do, from the first line to the last process that it ends?"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from deploy.local import backup, jars, sandbox
from deploy.local.crew import Crew, NotStarted, Stage, answers
from deploy.local.folder import AlreadyRunning, Folder, NewerData, check_version, held, product_version
from deploy.local.interruption import INTERRUPTED, Interruption, Stopped
from deploy.local.parts import WrongPart, start_parts
from deploy.local.ports import PortTaken, require_free
from deploy.local.processes import end_noted
from deploy.local.reaper import Reaper
from deploy.local.roster import DOOR, OURS, PROJECTOR, Roster, Wiring
from deploy.local.run_file import describe, write_run_file
from deploy.local.settings import LocalSettings
from deploy.local.topics import WrongTopic
from kit.process.progress import Say

FAILED = 1
LARGEST_LOG_BYTES = 16_000_000
# A person asks for a backup by the first file (it holds the backup's name) and finds the answer in the second.
BACKUP_REQUEST = "backup.request"
BACKUP_ANSWER = "backup.answer"
# What a person can act on; anything else is a fault of ours and keeps its traceback.
EXPECTED = (
    AlreadyRunning,
    NewerData,
    NotStarted,
    PortTaken,
    WrongPart,
    backup.NoBackup,
    jars.NotFetched,
    WrongTopic,
)


def speaker() -> Say:
    """Lines with the seconds since the start; nobody listening any more, or no room for them, is no reason to stop."""
    started = time.monotonic()

    def say(text: str) -> None:
        with suppress(OSError):
            print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    return say


@contextmanager
def crew_of(settings: LocalSettings, folder: Folder, interruption: Interruption, say: Say) -> Iterator[Crew]:
    """The data folder held, nothing of an earlier run left, ports free; at the end everything is stopped."""
    folder.create()
    with held(folder):
        backup.require_whole(folder)
        ours = product_version()
        theirs = check_version(folder, ours)
        if theirs not in {None, ours}:
            say(f"the data is of version {theirs}; it is brought to {ours}")
        for stale in (folder.run_file, folder.data / BACKUP_REQUEST):
            stale.unlink(missing_ok=True)
        left = end_noted(folder.pids)
        if left:
            say(f"ended what an earlier run had left behind: {', '.join(left)}")
        require_free(settings.ports_needed())
        for log in folder.logs.glob("*.log"):
            if log.stat().st_size > LARGEST_LOG_BYTES:
                log.replace(log.with_suffix(".log.1"))
        with Reaper(folder):
            crew = Crew(folder.pids, interruption, say)
            try:
                yield crew
            finally:
                say("stopping")
                folder.run_file.unlink(missing_ok=True)
                crew.stop()
                say("everything has stopped")


def start_ours(crew: Crew, wiring: Wiring, say: Say) -> None:
    """Start everything of ours. A projector that cannot go on keeps nobody from reporting, and nobody from reading what
    is known, nor from what mends it: `make rebuild` waits for a log that only a running system fills.
    """
    until = time.monotonic() + wiring.settings.start_seconds
    for one in wiring.running:
        crew.start(wiring.command(one), Stage.DOOR if one is DOOR else Stage.SERVICES)
    checks = {one.name: partial(answers, wiring.health(one)) for one in wiring.running}
    projectors = [one.name for one in wiring.running if one.verb == PROJECTOR]
    crew.wait({name: check for name, check in checks.items() if name not in projectors}, wiring.settings.start_seconds)
    for name in projectors:
        try:
            crew.wait({name: checks[name]}, max(0.0, until - time.monotonic()))
        except NotStarted as problem:
            say(f"{problem}\n{name} is left behind; docs/operating.md says what to do, and all else goes on")


def run(settings: LocalSettings, roster: Roster = OURS) -> int:
    """Start everything, stay until told to stop; the exit code."""
    say, interruption, folder = speaker(), Interruption(), Folder(settings.data.resolve())
    with exit_code() as result, crew_of(settings, folder, interruption, say) as crew:
        while True:
            wiring = start_parts(crew, settings, folder, say, roster)
            start_ours(crew, wiring, say)
            write_run_file(wiring, sandbox.clients(wiring))
            sandbox.fill(crew, wiring, say)
            print(describe(wiring), flush=True)
            crew.watch(until=(folder.data / BACKUP_REQUEST).exists)
            back_up(crew, settings, folder, say)
    return result.code


def back_up(crew: Crew, settings: LocalSettings, folder: Folder, say: Say) -> None:
    """Pause for a backup that somebody has asked for, and answer in the file of the request."""
    request = folder.data / BACKUP_REQUEST
    target = folder.backups / request.read_text().strip()
    say("pausing for a backup")
    folder.run_file.unlink(missing_ok=True)
    crew.stop()
    try:
        backup.take(settings, folder, target, say)
        answer = ""
    except (backup.NoBackup, OSError) as problem:
        answer = str(problem)
    say(answer or f"the backup is in {target}")
    (folder.data / BACKUP_ANSWER).write_text(answer)
    request.unlink()


def with_parts(settings: LocalSettings, work: Callable[[Wiring], int]) -> int:
    """Do work that needs the parts alone; they are started for it and stopped after it."""
    say, interruption, folder = speaker(), Interruption(), Folder(settings.data.resolve())
    with exit_code() as result, crew_of(settings, folder, interruption, say) as crew:
        # Whoever is stopped before the work is done has not done it, whatever came of the part that was.
        result.code = INTERRUPTED
        wiring = start_parts(crew, settings, folder, say)
        result.code = work(wiring)
    return result.code


@dataclass
class Result:
    code: int = 0


@contextmanager
def exit_code() -> Iterator[Result]:
    """Being stopped is no failure of ours; what a person can act on is said without a traceback."""
    result = Result()
    try:
        yield result
    except Stopped:
        return
    except EXPECTED as problem:
        print(f"\n{problem}", file=sys.stderr, flush=True)
        result.code = FAILED
