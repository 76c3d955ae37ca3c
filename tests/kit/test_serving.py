"""Does a process listen, say its lines, finish what it began and stop when told?"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest

PROCESS = """
import asyncio
from kit.http.application import create, router, run
from kit.process.settings import ProcessSettings

routes = router("/tested/v1")

@routes.get("/slow")
async def get_slow() -> dict[str, bool]:
    await asyncio.sleep(0.5)
    return {"finished": True}

@routes.get("/broken")
async def get_broken() -> None:
    raise RuntimeError("CANARY")

async def fail_when_told() -> None:
    while not stop.exists():
        await asyncio.sleep(0.02)
    raise RuntimeError("CANARY")

import sys
from pathlib import Path
settings = ProcessSettings.load(port=int(sys.argv[1]))
stop = Path(sys.argv[2])
run(create("tested", "Tested", settings, routers=[routes]), settings, fail_when_told if len(sys.argv) > 3 else None)
"""

PATIENCE = 20


class Running:
    def __init__(self, folder: Path, *more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.stop = folder / "stop"
        self.output = folder / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROCESS, str(self.port), str(self.stop), *more],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            )

    def get(self, path: str) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        return answer.status

    def listens(self) -> bool:
        try:
            return self.get("/livez") == 200
        except OSError:
            return False


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


@pytest.mark.system
def test_a_process_serves_logs_json_only_and_stops_when_told(tmp_path: Path) -> None:
    running = Running(tmp_path)
    try:
        until(running.listens)
        connection = HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE)
        connection.request("GET", "/tested/v1/slow")
        assert running.get("/tested/v1/broken") == 500
        running.process.send_signal(signal.SIGTERM)
        assert connection.getresponse().read() == b'{"finished":true}'
        assert running.process.wait(PATIENCE) in {0, -signal.SIGTERM}
    finally:
        running.process.kill()
        running.process.wait()
    text = running.output.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert "CANARY" not in text
    routes = {line["route"]: line["status"] for line in lines if line["logger"] == "access"}
    assert routes == {"/tested/v1/slow": 200, "/tested/v1/broken": 500}


@pytest.mark.system
def test_a_process_whose_work_fails_ends_with_an_error(tmp_path: Path) -> None:
    running = Running(tmp_path, "with work")
    try:
        until(running.listens)
        running.stop.touch()
        assert running.process.wait(PATIENCE) == 1
    finally:
        running.process.kill()
        running.process.wait()
    text = running.output.read_text()
    assert "The work of this process failed" in text
    assert "CANARY" not in text


@pytest.mark.system
def test_a_process_with_work_stops_when_told(tmp_path: Path) -> None:
    running = Running(tmp_path, "with work")
    try:
        until(running.listens)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(PATIENCE) in {0, -signal.SIGTERM}
    finally:
        running.process.kill()
        running.process.wait()
