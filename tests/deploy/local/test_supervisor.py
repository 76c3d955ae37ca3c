"""Does the supervisor start, keep, restart and end everything, however it is ended itself?"""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.ports import free_ports
from deploy.local.processes import has_ended, wait_until
from deploy.local.settings import PORTS as OURS
from tests.support.parts import DATA, ROOT

PORTS = ("POSTGRES", "KAFKA", "KAFKA_CONTROLLER", *(field.removesuffix("_port").upper() for field in OURS))
pytestmark = pytest.mark.system


@dataclass
class System:
    """One data folder and whoever runs it at the moment."""

    data: Path
    settings: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, **settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.small_system"],
            cwd=ROOT,
            env=os.environ | self.settings | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def start_and_wait(self) -> subprocess.Popen[str]:
        process = self.start()
        assert wait_until(lambda: self.run_file.exists() or process.poll() is not None, 90)
        assert self.run_file.exists(), process.communicate()[0]
        return process

    def does(self, *verb: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deploy.local", *verb]
        return subprocess.run(
            command, cwd=ROOT, env=os.environ | self.settings, capture_output=True, text=True, check=False
        )

    @property
    def run_file(self) -> Path:
        return self.data / "run.json"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.settings['SOCAI_LOCAL_REGISTRY_API_PORT']}"

    def starts_counted(self) -> int:
        return int(httpx.get(f"{self.address}/", trust_env=False).text)

    def processes(self) -> dict[str, psutil.Process]:
        notes = {note.stem: json.loads(note.read_text())["pid"] for note in (self.data / "pids").glob("*.json")}
        return {name: psutil.Process(pid) for name, pid in notes.items()}

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.terminate()
            with suppress(ValueError):
                process.communicate(timeout=60)


@pytest.fixture
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    data = tmp_path_factory.mktemp("system") / ".socai"
    data.mkdir()
    # What has been downloaded once is enough for all.
    (DATA / "parts").mkdir(parents=True, exist_ok=True)
    (data / "parts").symlink_to(DATA / "parts")
    ports = zip(PORTS, free_ports(len(PORTS)), strict=True)
    settings = {f"SOCAI_LOCAL_{name}_PORT": str(port) for name, port in ports}
    made = System(data, settings | {"SOCAI_LOCAL_DATA": str(data), "SOCAI_LOCAL_SANDBOX": "false"})
    yield made
    made.end()
    made.does("reset", "--yes")


def all_ended(processes: dict[str, psutil.Process]) -> Callable[[], bool]:
    return lambda: all(has_ended(process) for process in processes.values())


def test_it_starts_stops_and_starts_again_with_what_was_there(system: System) -> None:
    first = system.start_and_wait()
    processes = system.processes()
    assert set(processes) == {"postgres", "kafka", "small-api"}
    assert stat.S_IMODE(system.run_file.stat().st_mode) == 0o600
    assert system.starts_counted() == 1
    assert system.does("status").returncode == 0
    second = system.start()
    said, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"already running as process {first.pid}" in said
    first.send_signal(signal.SIGINT)
    said, _ = first.communicate(timeout=60)
    assert first.returncode == 0, said
    assert "kafka is ready" in said
    assert all_ended(processes)()
    assert not system.run_file.exists()
    assert system.does("status").returncode == 3

    system.start_and_wait()
    assert system.starts_counted() == 2
    assert system.does("stop").returncode == 0
    assert not system.run_file.exists()


def test_nothing_outlives_a_supervisor_that_was_killed_and_nothing_is_lost(system: System) -> None:
    first = system.start_and_wait()
    processes = system.processes()
    first.kill()
    assert wait_until(all_ended(processes), 30)
    assert wait_until(lambda: not system.run_file.exists(), 10)
    system.start_and_wait()
    assert system.starts_counted() == 2


def test_what_crashes_is_started_again(system: System) -> None:
    running = system.start_and_wait()
    before = system.processes()
    with suppress(httpx.HTTPError):
        httpx.get(f"{system.address}/crash", trust_env=False)
    before["kafka"].kill()

    def all_back() -> bool:
        try:
            now = system.processes()
        except psutil.NoSuchProcess:  # one ended between being listed and being looked at
            return False
        alive = now.keys() == before.keys() and not all_ended({"kafka": now["kafka"]})()
        return alive and system.does("status").returncode == 0

    assert wait_until(all_back, 60)
    running.terminate()
    said, _ = running.communicate(timeout=60)
    assert "small-api ended with code 7" in said
    assert "kafka starts again" in said


def test_a_taken_port_is_named_with_its_holder_and_its_setting(system: System) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = system.start(SOCAI_LOCAL_KAFKA_PORT=str(port))
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"port {port} is taken by" in said
    assert f"process {os.getpid()}" in said
    assert "SOCAI_LOCAL_KAFKA_PORT" in said


def test_data_of_a_newer_version_is_refused_in_one_line(system: System) -> None:
    (system.data / "version").write_text("999.0.0\n")
    process = system.start()
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "was written by version 999.0.0" in said
    assert "Traceback" not in said


def test_a_running_system_pauses_for_a_backup_which_brings_everything_back(system: System) -> None:
    system.start_and_wait()
    done = system.does("backup")
    assert done.returncode == 0, done.stderr
    [backup] = (system.data / "backups").iterdir()
    assert wait_until(system.run_file.exists, 60)
    assert system.starts_counted() == 2
    assert system.does("restore", str(backup)).returncode == 1
    assert system.does("reset", "--yes").returncode == 0
    done = system.does("restore", str(backup))
    assert done.returncode == 0, done.stderr
    system.start_and_wait()
    assert system.starts_counted() == 2
