"""Are processes kept together whatever happens around them?"""

import errno
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from deploy.local import processes
from deploy.local.crew import Crew, Stage
from deploy.local.processes import Command, has_ended
from deploy.local.supervisor import speaker


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the next notes of processes find no room."""

    def fill(times: int) -> None:
        write, left = processes.write_note, [times]

        def note(path: Path, pid: int, command: Command) -> None:
            left[0] -= 1
            if left[0] >= 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            write(path, pid, command)

        monkeypatch.setattr(processes, "write_note", note)

    return fill


def test_a_full_disk_stops_nobody_and_who_has_ended_starts_again_once_there_is_room(
    tmp_path: Path, full_disk: Callable[[int], None]
) -> None:
    said: list[str] = []
    interruption: Any = SimpleNamespace(held=nullcontext, impatient=False)
    crew = Crew(tmp_path / "pids", interruption, said.append)
    sleep = (sys.executable, "-c", "import time; time.sleep(60)")
    try:
        for name in ("kafka", "door"):
            crew.start(Command(name, sleep, tmp_path / f"{name}.log"), Stage.SERVICES)
        first = {one.note.stem: one.process for one in processes.noted(tmp_path / "pids")}
        full_disk(1)
        first["kafka"].kill()

        def back() -> bool:
            return {"kafka", "door"} == {one.note.stem for one in processes.noted(tmp_path / "pids")}

        crew.watch(until=lambda: has_ended(first["kafka"]))
        crew.watch(until=back)
        assert not has_ended(first["door"])
        assert f"kafka cannot be started: {os.strerror(errno.ENOSPC)}" in said
    finally:
        crew.stop()


def test_what_cannot_be_noted_does_not_run_on(tmp_path: Path, full_disk: Callable[[int], None]) -> None:
    full_disk(1)
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        processes.Child(Command("kafka", (sys.executable, "-c", "input()"), tmp_path / "log"), tmp_path / "pids")
    assert all(has_ended(one) for one in set(psutil.Process().children(recursive=True)) - before)


def test_what_is_said_into_a_full_disk_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        speaker()("kafka is ready")
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())
