"""What can be done with a system that runs, or does not, besides running it?"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from deploy.local import backup
from deploy.local.crew import answers
from deploy.local.databases import EVENTS, create_database, drop_database, ledger_end, rename_database
from deploy.local.folder import AlreadyRunning, Folder, held, kept_secrets, supervisor
from deploy.local.interruption import INTERRUPTED, Stopped
from deploy.local.parts import admin_dsn, postgres_settings, wiring
from deploy.local.processes import end_noted, noted, tie, wait_until
from deploy.local.roster import READ_SERVICES, Wiring, once
from deploy.local.run_file import settings_of_run
from deploy.local.settings import ROOT, LocalSettings
from deploy.local.supervisor import BACKUP_ANSWER, BACKUP_REQUEST, exit_code, with_parts
from kit.process.progress import SAID_EVERY, say
from services.events.__main__ import NO_FURTHER

NOT_RUNNING = 3
STOP_SECONDS = 90.0


def folder_of(settings: LocalSettings) -> Folder:
    return Folder(settings.data.resolve())


def status(settings: LocalSettings) -> int:
    """One line a process; 0 when all are ready, 1 when some are not, 3 when nothing runs."""
    folder = folder_of(settings)
    found = supervisor(folder)
    if found is None:
        print("not running; `make run` starts it")
        return NOT_RUNNING
    up = folder.run_file.exists()
    facts: dict[str, Any] = json.loads(folder.run_file.read_text()) if up else {}
    health: dict[str, str] = facts.get("health", {})
    processes = {one.note.stem: one.process for one in noted(folder.pids)}
    print(f"running as process {found}; {facts.get('gateway', 'not up yet, or at other work in this folder')}")
    needed = {*health, *settings_of_run(folder, settings).own_parts()} if up else set[str]()
    all_ready = up and needed <= set(processes)
    for name, process in sorted(processes.items()):
        ready = answers(health[name]) if name in health else True
        all_ready = all_ready and ready
        print(f"  {name:<20} {'ready' if ready else 'NOT ready':<10} {figures(process)}  {health.get(name, '')}")
    for name in sorted(needed - set(processes)):
        print(f"  {name:<20} not running; `make logs N={name}` says why")
    return 0 if all_ready else 1


def figures(process: psutil.Process) -> str:
    try:
        up = time.time() - process.create_time()
        return f"process {process.pid:<8} {process.memory_info().rss // 1_000_000:>5} MB  up {up:>7.0f} s"
    except psutil.Error:
        return "ended"


def logs(settings: LocalSettings, names: Sequence[str], lines: int, *, follow: bool) -> int:
    """The last lines of the logs (all, or those named), and then what is added."""
    folder = folder_of(settings)
    wanted = [folder.log(name) for name in names] if names else sorted(folder.logs.glob("*.log"))
    missing = [path.stem for path in wanted if not path.exists()]
    if missing or not wanted:
        known = ", ".join(path.stem for path in sorted(folder.logs.glob("*.log"))) or "none yet"
        print(f"no log named {', '.join(missing) or 'anything'}; there are: {known}", file=sys.stderr)
        return 1
    tail = ["tail", "-n", str(lines), *(["-F"] if follow else []), *map(str, wanted)]
    try:
        return subprocess.run(tail, check=False).returncode
    except KeyboardInterrupt:
        return 0


def stop(settings: LocalSettings) -> int:
    """Ask the supervisor to end; then end whatever of ours is left."""
    folder = folder_of(settings)
    found = supervisor(folder)
    if found is None:
        left = end_noted(folder.pids)
        print(f"ended what was left: {', '.join(left)}" if left else "not running")
        return 0
    os.kill(found, signal.SIGTERM)
    if not wait_until(lambda: supervisor(folder) is None, STOP_SECONDS):
        os.kill(found, signal.SIGKILL)
        wait_until(lambda: supervisor(folder) is None, STOP_SECONDS)
    end_noted(folder.pids)
    print("stopped")
    return 0


def agreed(question: str) -> bool:
    """Ask whoever sits at a terminal; a script is not asked."""
    return not sys.stdin.isatty() or input(f"{question} [y/N] ").lower() == "y"


def reset(settings: LocalSettings, *, sure: bool) -> int:
    """Stop, and delete everything but downloads and backups."""
    folder = folder_of(settings)
    if not folder.data.exists():
        print("there is nothing to delete")
        return 0
    if not (sure or agreed(f"Delete all data in {folder.data}?")):
        print("nothing was deleted")
        return 1
    stop(settings)
    with held(folder):
        home = postgres_settings(settings, folder).home
        shutil.rmtree(home)
        if home.parent != folder.data:
            home.parent.rmdir()
        for path in folder.data.iterdir():
            if path in {folder.parts, folder.backups} or path.name in {"lock", "test"}:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    print(f"deleted; downloads and backups in {folder.data} were kept")
    return 0


def take_backup(settings: LocalSettings) -> int:
    """Into `backups/` of the data folder. A system that runs pauses for it."""
    folder = folder_of(settings)
    name = backup.new_name()
    with exit_code() as result:
        if supervisor(folder) is None:
            folder.create()
            with nothing_left(folder):
                backup.take(settings, folder, folder.backups / name, say)
        else:
            ask_for_backup(folder, name)
        print(f"the backup is in {folder.backups / name}")
    return result.code


@contextmanager
def nothing_left(folder: Folder) -> Iterator[None]:
    """Hold the data folder, and nothing works in it: servers outlive a supervisor that was killed by a while."""
    with held(folder):
        end_noted(folder.pids)
        yield


def ask_for_backup(folder: Folder, name: str) -> None:
    if not folder.run_file.exists():
        raise backup.NoBackup("the system is not up, or something else works in its folder; try again when it is up")
    answer = folder.data / BACKUP_ANSWER
    answer.unlink(missing_ok=True)
    (folder.data / BACKUP_REQUEST).write_text(name)
    print("the system pauses for the backup and goes on by itself")
    while not wait_until(lambda: answer.exists() or supervisor(folder) is None, SAID_EVERY):
        say(f"{backup.written(folder.backups / name) / backup.GB:,.1f} GB are written")
    problem = answer.read_text() if answer.exists() else "the system stopped before the backup was taken"
    if problem:
        raise backup.NoBackup(problem)


def put_back(settings: LocalSettings, source: Path, *, sure: bool) -> int:
    """Replace all data by a backup."""
    folder = folder_of(settings)
    question = f"Replace all data in {folder.data}, and what was recorded since the backup with it?"
    if folder.kafka.exists() and not (sure or agreed(question)):
        print("nothing was replaced")
        return 1
    with exit_code() as result:
        folder.create()
        with nothing_left(folder):
            taken_at = backup.put_back(settings, folder, source, say)
        print(f"restored from {source}, as everything stood at {taken_at}; `make run` starts it")
        print("what was recorded later is gone until whoever told it tells it anew")
    return result.code


def verify(settings: LocalSettings, *, deep: bool) -> int:
    """Walk the ledger in PostgreSQL and in Kafka, compare them, and check every signature; `deep`: and the tables."""
    return in_place(settings, lambda used: do(used, "services.events", "verify", *(["--deep"] if deep else [])))


def salvage(settings: LocalSettings, file: Path, sender: str | None) -> int:
    """Write what stands behind a hole of the log to a file."""
    own = [] if sender is None else ["--sender", sender]
    return in_place(settings, lambda used: do(used, "services.events", "salvage", str(file.absolute()), *own))


def import_file(settings: LocalSettings, file: Path, arguments: Sequence[str]) -> int:
    """Bring an A0 book or P0 lists into the ledger."""
    return in_place(settings, lambda used: do(used, "services.events", "import", str(file.absolute()), *arguments))


def import_units(settings: LocalSettings, arguments: Sequence[str]) -> int:
    """Put the official units on the books."""
    return in_place(settings, lambda used: do(used, "services.events", "import-units", *arguments))


def rebuild(settings: LocalSettings, services: Sequence[str]) -> int:
    """Build the tables of read services anew from the log, beside those that serve; the same must come out."""
    unknown = sorted(set(services) - set(READ_SERVICES))
    if unknown:
        print(f"no read service named {', '.join(unknown)}; there are: {', '.join(READ_SERVICES)}", file=sys.stderr)
        return 1
    wanted = services or READ_SERVICES
    return in_place(settings, lambda used: rebuild_each(used, wanted))


def rebuild_each(used: Wiring, services: Sequence[str]) -> int:
    """One after another, also where one fails; none after Ctrl-C."""
    worst = 0
    for service in services:
        worst = max(worst, do(used, f"services.{service}", "rebuild"))
        if worst == INTERRUPTED:
            break
    return worst


def in_place(settings: LocalSettings, work: Callable[[Wiring], int]) -> int:
    """Do work beside a system that runs, else with the parts alone."""
    folder = folder_of(settings)
    if supervisor(folder) is not None:
        return work(wiring(settings_of_run(folder, settings), folder))
    return with_parts(settings, work)


def restore_ledger(settings: LocalSettings) -> int:
    """Rebuild the ledger and its states from Kafka alone; nothing else may write meanwhile."""
    with exit_code() as result:
        found = supervisor(folder_of(settings))
        if found is not None:
            raise AlreadyRunning(f"running as process {found}: `make stop` first, nothing may write meanwhile")
        return with_parts(settings, partial(rebuild_ledger, settings))
    return result.code


def rebuild_ledger(settings: LocalSettings, used: Wiring) -> int:
    """Into a database of its own; the former one is kept, and comes back when the log is not whole, unless even so
    more of it came back than that holds.
    """
    admin = admin_dsn(settings, used.folder)
    former = f"{EVENTS}_before_{backup.new_name().lower()}"
    rename_database(admin, EVENTS, former)
    replaced = False
    try:
        create_database(admin, EVENTS, kept_secrets(used.folder))
        code = do(used, "services.events", "migrate") or do(used, "services.events", "restore")
        replaced = not code or (code == NO_FURTHER and ledger_end(admin, EVENTS) > ledger_end(admin, former))
    finally:
        if not replaced:
            drop_database(admin, EVENTS)
            rename_database(admin, former, EVENTS)
    print(f"the former ledger is {'kept as database ' + former if replaced else 'there again'}")
    return code


def do(used: Wiring, package: str, verb: str, *arguments: str) -> int:
    """Run a command of a service, its words shown, and give its exit status."""
    command = used.command(once(package, verb), *arguments)
    # Tied: what it does would else go on unseen, and beside whoever starts it again.
    with subprocess.Popen([*tie(signal.SIGTERM), *command.argv], env=dict(command.env), cwd=ROOT) as process:
        try:
            while True:
                # Ctrl-C reaches that process as well, which says how far it came before it ends.
                with suppress(KeyboardInterrupt):
                    code = process.wait()
                    # Ended by a signal, as a shell says it.
                    return code if code >= 0 else 128 - code
        except Stopped:
            # A signal to this process alone has not reached it; it would go on to its end, and be waited for.
            process.terminate()
            raise
