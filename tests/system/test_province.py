"""Is a place whole and single in every reader, whatever dies while it is loaded: a process, a part, or the loader?"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec
import pytest

from deploy.local.databases import Database
from deploy.local.ports import free_ports
from deploy.local.processes import wait_until
from deploy.local.province import sending
from deploy.local.province.loading import Load
from deploy.local.settings import PORTS as OURS
from socai.client import Run
from tests.support.parts import DATA, ROOT
from tests.support.system import MEMBERS, System, opened
from tests.system.own_parts import KAFKA, POSTGRES, OwnParts, strike
from tests.system.place import written

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("province"), pytest.mark.timeout(600)]

HOUSEHOLDS = 400
LINES = 10
MANY = 12_000
PORTS = ("POSTGRES", "KAFKA", "KAFKA_CONTROLLER", *(field.removesuffix("_port").upper() for field in OURS))


@pytest.fixture(scope="module")
async def fragile(parts: OwnParts, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with opened(tmp_path_factory.mktemp("province"), parts.bootstrap, parts.databases()) as system:
        yield system


def run_of(system: System) -> Run:
    base = system.callers.base
    return msgspec.convert({"gateway": base, "issuer": base, "clients": system.callers.clients}, type=Run)


def load_of(system: System, files: tuple[Path, Path]) -> Load:
    registry: Database = system.wiring.databases["socai_registry"]
    return Load(run_of(system), registry.reader_dsn, *files, print)


async def lived(load: Load) -> bool:
    with closing(load):
        return await asyncio.to_thread(load.live)


async def test_whatever_is_killed_in_the_middle_every_control_total_is_equal(
    fragile: System, parts: OwnParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small requests, so that something is under way all the time.
    monkeypatch.setattr("deploy.local.province.loading.many", lambda: LINES)
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.1)
    for seed, victim in enumerate((*MEMBERS, POSTGRES, KAFKA), 10):
        load = load_of(fragile, written(tmp_path / victim, HOUSEHOLDS, seed, months=1))
        loading = asyncio.create_task(lived(load))
        while not load.line and not loading.done():  # noqa: ASYNC110 - another thread sends
            await asyncio.sleep(0.01)
        assert not loading.done(), "it dies in the middle of the load"
        await strike(fragile, parts, victim)
        assert await loading, (victim, [line for line in load.lines if not line.equal])
        assert load.fates["recorded"] >= HOUSEHOLDS


async def test_a_place_that_is_told_again_changes_nothing(fragile: System, tmp_path: Path) -> None:
    files = written(tmp_path, 60, seed=2)
    first = load_of(fragile, files)
    assert await lived(first), first.lines
    # Nothing is known of the first time but what was there before it.
    path = files[0].with_name("progress.json")
    path.write_text(json.dumps({name: json.loads(path.read_text())[name] for name in ("of", "before")}))
    again = load_of(fragile, files)
    assert await lived(again), again.lines


def settings_for(data: Path) -> dict[str, str]:
    data.mkdir()
    (DATA / "parts").mkdir(parents=True, exist_ok=True)
    (data / "parts").symlink_to(DATA / "parts")
    ports = {f"SOCAI_LOCAL_{name}_PORT": str(port) for name, port in zip(PORTS, free_ports(len(PORTS)), strict=True)}
    return {"SOCAI_LOCAL_DATA": str(data), "SOCAI_LOCAL_SHARED_BUFFERS_MIB": "128", **ports}


@pytest.mark.parametrize("with_what", [signal.SIGKILL, signal.SIGINT])
def test_a_loader_that_was_ended_goes_on_where_it_stopped(data: Path, with_what: signal.Signals) -> None:
    environment = os.environ | settings_for(data)
    command = [sys.executable, "-m", "deploy.local", "province", str(MANY), "--months", "0"]
    folder = data / "province" / f"{MANY}-2-0"
    first = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert wait_until(lambda: first.poll() is not None or 0 < told(folder) < MANY, 120)
        assert first.poll() is None, first.communicate()[0]
        first.send_signal(with_what)
        first.wait(120)
    finally:
        with suppress(ProcessLookupError):
            first.kill()
        first.communicate()
    assert 0 < told(folder) < MANY, "it was ended in the middle"
    assert wait_until(lambda: not (data / "run.json").exists(), 60), "its system ends with it"
    again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "all control totals are equal" in again.stdout


def told(folder: Path) -> int:
    path = folder / "progress.json"
    return int(json.loads(path.read_text())["line"]) if path.exists() else 0
