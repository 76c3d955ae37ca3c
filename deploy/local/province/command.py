"""What does `make province` do: invent a place, see that the system runs, tell everything, and compare all totals?"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from contracts.calendar import today
from deploy.local.folder import Folder, supervisor
from deploy.local.interruption import INTERRUPTED, Interruption, Stopped
from deploy.local.parts import wiring
from deploy.local.processes import tie, wait_until
from deploy.local.province.comparing import render
from deploy.local.province.counting import NoFigure
from deploy.local.province.loading import Load, Refused
from deploy.local.province.progress import PROGRESS, OtherLoad
from deploy.local.province.sending import NotTaken
from deploy.local.province.watching import TooFarBehind
from deploy.local.run_file import settings_of_run
from deploy.local.settings import PREFIX, ROOT, LocalSettings
from socai.client import read_run
from twin.population import START

FAILED = 1
START_SECONDS: Final = 300.0
STOP_SECONDS: Final = 60.0
# What a person can act on.
EXPECTED: Final = (NotTaken, NoFigure, OtherLoad, TooFarBehind)
# The sandbox's people come of seed 1: other ids are needed beside them.
SEED: Final = 2
UNEQUAL: Final = "NOT all control totals are equal; what others have told since this load began is counted as well"


def months_so_far(now: float) -> int:
    """How many months have ended since the first day of the twin, which can be told."""
    year, month, _ = map(int, today(now).split("-"))
    return max(0, (year - START.year) * 12 + month - START.month)


class NotInvented(RuntimeError):
    """The twin did not end well, or the system did not come up."""


class SamePeople(RuntimeError):
    """The same people were told already, with another number of months."""


def province(settings: LocalSettings, place: str, months: int, seed: int) -> int:
    """0 when all control totals are equal."""
    Interruption()
    folder = Folder(settings.data.resolve())
    folder.create()
    places = folder.data / "province"
    try:
        with one_at_a_time(places):
            load_folder = places / f"{place}-{seed}-{months}"
            require_others(load_folder, places.glob(f"{place}-{seed}-*"))
            reports, totals = invented(load_folder, place, months, seed)
            with system(settings, folder):
                load = Load(read_run(folder.run_file), registry_of(settings, folder), reports, totals, say)
                with closing(load):
                    equal = load.live()
    except (*EXPECTED, NotInvented) as problem:
        sys.stderr.write(f"{problem}\nnothing is lost: the same command goes on where this one stopped\n")
        return FAILED
    except Refused as problem:
        sys.stderr.write(f"{problem}\nthe same command asks again, and goes on once that no longer contradicts\n")
        return FAILED
    except SamePeople as problem:
        sys.stderr.write(f"{problem}\n")
        return FAILED
    except Stopped:
        sys.stderr.write("stopped; the same command goes on\n")
        return INTERRUPTED
    print(render(load.lines))
    print("all control totals are equal" if equal else UNEQUAL)
    return 0 if equal else FAILED


def registry_of(settings: LocalSettings, folder: Folder) -> str:
    """Where the registry's tables of the running system can be read."""
    return wiring(settings_of_run(folder, settings), folder).databases["socai_registry"].reader_dsn


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


@contextmanager
def one_at_a_time(places: Path) -> Iterator[None]:
    """One load after the other, since each counts who was there before. The lock ends with its process."""
    places.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (places / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another load is under way; this one waits until it has ended")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def require_others(mine: Path, same: Iterable[Path]) -> None:
    """Refuse people who have begun to live here for longer or shorter: their months are others, and contradict these.

    `same` are the folders of all loads of the place and seed.
    """
    for load in same:
        if load != mine and (load / PROGRESS).exists():
            months = load.name.rpartition("-")[2]
            raise SamePeople(
                f"these people live here already, with --months {months}: go on with that, or choose another --seed"
                f" (where no system holds them any more, remove {load})"
            )


def invented(folder: Path, place: str, months: int, seed: int) -> tuple[Path, Path]:
    """Have the twin write the reports and what they add up to, unless both are there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    reports, totals = folder / "reports.ndjson", folder / "totals.json"
    if not (reports.exists() and totals.exists()):
        say(f"{place}: its people are invented, and {months} months of their lives")
        written = {path: path.with_suffix(".unfinished") for path in (reports, totals)}
        where = ("--households", place) if place.isdecimal() else ("--place", place)
        chosen = (*where, "--seed", str(seed), "--months", str(months), "--scale", "1")
        files = ("--out", str(written[reports]), "--totals", str(written[totals]))
        # Tied: the twin of a command that was killed would write into the files of the next one.
        twin = [*tie(signal.SIGTERM), sys.executable, "-m", "twin", *chosen, *files]
        if subprocess.run(twin, cwd=ROOT, check=False).returncode:
            raise NotInvented("the twin did not end well")
        for path, unfinished in written.items():
            unfinished.replace(path)
    return reports, totals


def is_up(folder: Folder) -> bool:
    """Whether a system runs; one that is starting or stopping is awaited."""
    wait_until(lambda: supervisor(folder) is None or folder.run_file.exists(), START_SECONDS)
    return supervisor(folder) is not None and folder.run_file.exists()


@contextmanager
def system(settings: LocalSettings, folder: Folder) -> Iterator[None]:
    """The system that runs, else one that is started for this and stopped behind it; its data stays."""
    if is_up(folder):
        yield
        return
    chosen = settings.model_dump() | {"people": False}
    environment = dict(os.environ) | {f"{PREFIX}{name.upper()}": str(value) for name, value in chosen.items()}
    log = folder.log("province")
    say(f"the system starts; what it says is in {log}")
    with log.open("ab") as told:
        child = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "run", "--tied"],
            cwd=ROOT,
            env=environment,
            stdout=told,
            stderr=told,
            # Ctrl-C reaches us alone; it ends behind us, in order.
            start_new_session=True,
        )
        try:
            up = wait_until(lambda: child.poll() is not None or folder.run_file.exists(), START_SECONDS)
            if not up or child.poll() is not None:
                raise NotInvented(f"the system did not start; see {log}")
            yield
        finally:
            child.terminate()
            child.wait(STOP_SECONDS)
