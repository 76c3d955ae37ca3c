"""How much processor time did each process, and each of its PostgreSQL backends, take meanwhile?"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from tests.benchmarks.stage import Stage

MICRO = 1_000_000
LEAST_SHOWN = 0.05


class Meter:
    """Reads the clocks of a stage's processes and of this one, here called `ours`."""

    def __init__(self, stage: Stage, ours: str = "client") -> None:
        self._admin_dsn = stage.ground.admin_dsn
        self._processes = {name: stage.process(name) for name in stage.children}
        self._processes |= {"kafka": stage.ground.process("kafka"), ours: psutil.Process(os.getpid())}
        self._postgres = stage.ground.process("postgres")

    def read(self) -> dict[str, float]:
        """Seconds of processor time so far, by name; `pg:` before PostgreSQL's clients and its own processes."""
        found = {name: _own(process) for name, process in self._processes.items()}
        found["PostgreSQL"] = _with_children(self._postgres)
        # Of commands that were started for the occasion: a process that has ended is in its parent's account.
        ended = psutil.Process(os.getpid()).cpu_times()
        found["commands"] = float(ended.children_user + ended.children_system)
        for name, pids in _backends(self._admin_dsn).items():
            for pid in pids:
                with suppress(psutil.NoSuchProcess):
                    found[f"pg:{name}"] = found.get(f"pg:{name}", 0.0) + _own(psutil.Process(pid))
        return found


def resident(stage: Stage) -> dict[str, int]:
    """Megabytes that each process ever held at once; of PostgreSQL, without what all share, the largest backend now."""
    processes = {name: stage.process(name) for name in stage.children} | {"kafka": stage.ground.process("kafka")}
    peaks = {name: _most(process) for name, process in processes.items()}
    return peaks | {"PostgreSQL": largest_child(stage.ground.process("postgres").children()) // MICRO}


def largest_child(children: Iterable[psutil.Process]) -> int:
    """Bytes that the largest of some processes holds by itself; one may end meanwhile, as those that vacuum do."""
    own = [0]
    for child in children:
        with suppress(psutil.NoSuchProcess):
            memory = child.memory_info()
            own.append(memory.rss - memory.shared)
    return max(own)


def _most(process: psutil.Process) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text().split()
    return int(status[status.index("VmHWM:") + 1]) // 1_000


def _own(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _with_children(process: psutil.Process) -> float:
    """Of a process and all that it started; those which have ended stand in its own account."""
    times = process.cpu_times()
    total = float(times.user + times.system + times.children_user + times.children_system)
    for child in process.children():
        with suppress(psutil.NoSuchProcess):
            total += _own(child)
    return total


# PostgreSQL's own processes have no client that could name them: writers of the WAL and of pages, input and output.
_WORKING = "select coalesce(nullif(application_name, ''), backend_type), pid from pg_stat_activity"


def _backends(admin_dsn: str) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    with psycopg.connect(admin_dsn, application_name="bench-meter") as connection:
        for name, pid in connection.execute(_WORKING).fetchall():
            if name and name != "bench-meter":
                found[name].append(pid)
    return found


def used(before: Mapping[str, float], after: Mapping[str, float], items: float) -> dict[str, float]:
    """Microseconds an item, by name; a backend that came meanwhile began with nothing."""
    return {name: (seconds - before.get(name, 0.0)) * MICRO / items for name, seconds in after.items()}


def middle(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Give the middle of several rounds, part by part."""
    names = {name for one in rounds for name in one}
    return {name: sorted(one.get(name, 0.0) for one in rounds)[len(rounds) // 2] for name in names}


def note(what: str, rounds: list[dict[str, float]]) -> str:
    """Write the middle of several rounds: the largest first, backends in the words of their clients."""
    found = middle(rounds).items()
    shown = sorted(((value, name) for name, value in found if value >= LEAST_SHOWN), reverse=True)
    return f"CPU us a {what}: " + ", ".join(f"{name} {value:.1f}" for value, name in shown)
