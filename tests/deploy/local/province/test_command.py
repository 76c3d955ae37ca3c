"""Do two loads of one system come one after the other, whoever starts them?"""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest

from deploy.local.__main__ import parser
from deploy.local.processes import wait_until
from deploy.local.province import command
from deploy.local.province.progress import PROGRESS
from deploy.local.settings import ROOT, LocalSettings


class Load:
    """Stands for a load, and remembers how many were under way at once."""

    under_way: ClassVar[list[int]] = []
    most: ClassVar[int] = 0
    lines: ClassVar[list[Any]] = []

    def __init__(self, *_: object) -> None:
        pass

    def live(self) -> bool:
        Load.under_way.append(threading.get_ident())
        Load.most = max(Load.most, len(Load.under_way))
        time.sleep(0.2)
        Load.under_way.pop()
        return True

    def close(self) -> None:
        pass


@pytest.fixture
def no_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "Load", Load)
    monkeypatch.setattr(command, "system", lambda *_: nullcontext())
    for name in ("Interruption", "read_run", "registry_of"):
        monkeypatch.setattr(command, name, lambda *_: None)


@pytest.mark.usefixtures("no_system")
def test_a_second_load_waits_for_the_first_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each counts who was there before, and both write the same files where they are of the same place."""
    settings = LocalSettings(data=tmp_path)
    places = ("3", "3", "4")
    with ThreadPoolExecutor(len(places)) as threads:
        loads = [threads.submit(command.province, settings, place, 0, 5) for place in places]
        assert [load.result() for load in loads] == [0] * len(places)
    assert Load.most == 1
    assert "another load is under way" in capsys.readouterr().out


@pytest.mark.usefixtures("no_system")
def test_the_same_people_do_not_begin_to_live_for_another_number_of_months(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their months would be others, and contradict those that were told."""
    settings, begun = LocalSettings(data=tmp_path), tmp_path / "province" / "3-5-2"
    begun.mkdir(parents=True)
    assert command.province(settings, "3", 0, 5) == 0, "invented is not told"
    (begun / PROGRESS).write_text("{}")
    assert command.province(settings, "3", 0, 5) == command.FAILED
    assert "--months 2" in capsys.readouterr().err
    assert [command.province(settings, *other) for other in (("3", 0, 6), ("30", 0, 5))] == [0, 0]


def test_a_number_of_households_is_the_same_place_however_it_is_written() -> None:
    assert parser().parse_args(["province", "007"]).place == "7"


def test_months_that_have_not_ended_cannot_be_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The day is that of Viet Nam."""
    for day, most in (("2024-12-31", 0), ("2025-01-31", 0), ("2026-11-27", 22)):
        evening = datetime.fromisoformat(f"{day}T23:59:00+07:00").timestamp()
        monkeypatch.setattr(time, "time", lambda at=evening: at)
        assert parser().parse_args(["province", "3", "--months", str(most)]).months == most
        with pytest.raises(SystemExit):
            parser().parse_args(["province", "3", "--months", str(most + 1)])
        assert f"from 0 to {most}" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["atlantis"], ["0"], ["../../x"], ["²"], ["3", "--months=-1"]])
def test_a_place_that_there_is_not_is_named_with_those_that_there_are(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["province", *wrong])
    assert ended.value.code == 2
    assert "number of" in capsys.readouterr().err


def test_the_twin_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """One that goes on would write into the files of the command that follows."""
    told = f"from pathlib import Path; invented(Path({str(tmp_path / 'place')!r}), '200000', 60, 5)"
    source = f"from deploy.local.province.command import invented; {told}"
    with subprocess.Popen([sys.executable, "-c", source], cwd=ROOT, stdout=subprocess.DEVNULL) as starter:
        assert wait_until((tmp_path / "place" / "reports.unfinished").exists, 60)
        (twin,) = psutil.Process(starter.pid).children()
        starter.kill()
    assert wait_until(lambda: not twin.is_running() or twin.status() == psutil.STATUS_ZOMBIE, 5)
