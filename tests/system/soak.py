"""Does a province live through its busiest day at ten times the pace, while something is killed every minute?

    python -m tests.system.soak --minutes 60

Nothing may be lost or doubled, nobody may fall behind for long, and no process may grow.
"""

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import msgspec
import psutil

from deploy.local import operations
from deploy.local.folder import Folder
from deploy.local.interruption import Interruption, Stopped
from deploy.local.ports import free_ports
from deploy.local.processes import kill_group, noted
from deploy.local.province.command import EXPECTED, NotInvented, invented, registry_of, say, system
from deploy.local.province.comparing import render
from deploy.local.province.loading import Load
from deploy.local.province.totals import read_totals
from deploy.local.province.watching import Watch
from deploy.local.settings import PORTS, ROOT, LocalSettings
from socai.batches import many
from socai.client import read_run

PARTS: Final = ROOT / ".socai" / "parts"
TIMES: Final = 10
# Collaborators report in the evening.
DAY_SECONDS: Final = 4 * 3600
SEED: Final = 3
LONGEST_LAG: Final = 60.0
MOST_MEGABYTES: Final = 1_000
# A process may take more than in the first half of the soak by this.
GROWTH, ALLOWANCE = 1.25, 50
FEWEST_SAMPLES: Final = 10


class SoakFailed(RuntimeError):
    """What did not hold."""


class _Moment(msgspec.Struct):
    time: str


def busiest(reports: Path, stock: int) -> int:
    """How many reports are told on the busiest day behind the stock."""
    decode = msgspec.json.Decoder(_Moment).decode
    with reports.open("rb") as file:
        days = Counter(decode(line).time[:10] for line in islice(file, stock, None))
    return max(days.values(), default=1)


@dataclass
class Pace:
    """Lets reports through at a rate until the time is up, and then as fast as they go."""

    rate: float
    seconds: float
    failed: list[str] = field(default_factory=list)
    began: float = 0.0
    told: int = 0

    def most_lines(self) -> int:
        return many() if self.over else max(1, round(self.rate))

    @property
    def over(self) -> bool:
        return bool(self.began) and time.monotonic() - self.began > self.seconds

    def __call__(self, lines: int) -> None:
        self.began = self.began or time.monotonic()
        if self.failed:
            raise SoakFailed(self.failed[0])
        self.told += lines
        if not self.over:
            time.sleep(max(0.0, self.began + self.told / self.rate - time.monotonic()))


@dataclass
class Striker:
    """Kills one process after another, and looks after each whether the others are well."""

    folder: Folder
    load: Load
    pace: Pace
    every: float
    chance: random.Random
    stopping: Event = field(default_factory=Event)
    megabytes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    struck: list[str] = field(default_factory=list)

    def run(self) -> None:
        watch = Watch(read_run(self.folder.run_file))
        try:
            while not self.stopping.wait(self.every) and not self.pace.over:
                if self.pace.began:
                    self._strike(watch)
        except Exception as failure:  # noqa: BLE001 - whoever strikes no more would let anything pass
            self.pace.failed.append(f"{type(failure).__name__}: {failure}")
        finally:
            watch.close()

    def _strike(self, watch: Watch) -> None:
        position = self.load.position
        running = noted(self.folder.pids)
        if not running:
            raise SoakFailed("nothing runs any more")
        victim = self.chance.choice(running)
        self._weigh()
        self.struck.append(victim.note.stem)
        kill_group(victim.process.pid)
        until = time.monotonic() + LONGEST_LAG
        while min(watch.positions().values()) < position:
            if time.monotonic() > until:
                behind = watch.behind(position)
                raise SoakFailed(f"{LONGEST_LAG:.0f} s after {victim.note.stem} was killed, behind: {behind}")
            if self.stopping.wait(0.5):
                return
        largest = max(self.megabytes, key=lambda name: self.megabytes[name][-1])
        minute = timedelta(seconds=int(time.monotonic() - self.pace.began))
        say(
            f"{minute}: {self.pace.told:,} told, killed {victim.note.stem},"
            f" behind: {watch.behind(self.load.position)}; largest: {largest} {self.megabytes[largest][-1]} MB"
        )

    def _weigh(self) -> None:
        for one in noted(self.folder.pids):
            try:
                self.megabytes[one.note.stem].append(resident(one.process))
            except psutil.NoSuchProcess:
                continue

    def spared(self, seconds: float) -> list[str]:
        """Say that too little was killed for a verdict, as where there were too few reports; what follows a kill takes
        its time, which is why a third of them is enough.
        """
        wanted = max(1, int(seconds / self.every / 3))
        return [] if len(self.struck) >= wanted else [f"{len(self.struck)} processes were killed, {wanted} had to be"]

    def grown(self) -> list[str]:
        """Say of each process that took too much, or ever more."""
        found = []
        for name, seen in self.megabytes.items():
            half = len(seen) // 2
            if max(seen) > MOST_MEGABYTES:
                found.append(f"{name} took {max(seen)} MB, allowed are {MOST_MEGABYTES}")
            elif len(seen) >= FEWEST_SAMPLES and max(seen[half:]) > GROWTH * max(seen[:half]) + ALLOWANCE:
                found.append(f"{name} grows: {max(seen[:half])} MB in the first half, then {max(seen[half:])}")
        return found


def resident(process: psutil.Process) -> int:
    """Megabytes of a process, of PostgreSQL those of the largest backend without what all share."""
    memories = [one.memory_info() for one in process.children()] or [process.memory_info()]
    return int(max(one.rss - one.shared for one in memories) // 1_000_000)


def soak(settings: LocalSettings, place: str, minutes: float, every: float, scale: float) -> None:
    """Raises `SoakFailed` with what did not hold."""
    folder = Folder(settings.data.resolve())
    operations.reset(settings, sure=True)
    folder.create()
    if not folder.parts.exists():
        # What `make run` has downloaded serves here too.
        PARTS.mkdir(parents=True, exist_ok=True)
        folder.parts.symlink_to(PARTS)
    reports, totals = invented(folder.data / "province" / f"{place}-{SEED}-1", place, 1, SEED)
    day = busiest(reports, read_totals(totals).phases()[0].last)
    pace = Pace(max(1.0, TIMES * scale * day / DAY_SECONDS), minutes * 60)
    say(f"{day:,} reports on the busiest day; {pace.rate:.1f} a second for {minutes:.0f} minutes")
    with system(settings, folder):
        load = Load(read_run(folder.run_file), registry_of(settings, folder), reports, totals, say, pace)
        striker = Striker(folder, load, pace, every, random.Random(SEED))
        thread = Thread(target=striker.run, name="striker")
        thread.start()
        try:
            equal = load.live()
        finally:
            striker.stopping.set()
            thread.join()
            load.close()
    say(render(load.lines))
    say(f"killed: {', '.join(f'{name} {n}' for name, n in Counter(striker.struck).most_common())}")
    wrong = [*pace.failed, *striker.grown(), *([] if equal else ["not all control totals are equal"])]
    wrong += striker.spared(pace.seconds)
    if wrong:
        raise SoakFailed("; ".join(wrong))


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.system.soak", description=__doc__)
    parser.add_argument("--place", default="hai-duong", help="or so many households")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=60.0, help="seconds between two kills")
    parser.add_argument("--scale", type=float, default=1.0, help="of the pace: 1 is ten times that of reality")
    parser.add_argument(
        "--data", type=Path, default=ROOT / ".socai" / "soak", help="folder of its data, begun anew each time"
    )
    return parser.parse_args(given)


def main(given: Sequence[str]) -> int:
    chosen = arguments(given)
    Interruption()
    names = [*PORTS, "postgres_port", "kafka_port", "kafka_controller_port"]
    ports: dict[str, Any] = dict(zip(names, free_ports(len(names)), strict=True))
    settings = LocalSettings.load(data=chosen.data, postgres="", kafka="", door="", **ports)
    try:
        soak(settings, chosen.place, chosen.minutes, chosen.every, chosen.scale)
    except Stopped:
        return 130
    except (SoakFailed, NotInvented, *EXPECTED) as failure:
        sys.stderr.write(f"the soak failed: {failure}\n")
        return 1
    say("nothing was lost or doubled, nobody fell behind, nothing grew")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
