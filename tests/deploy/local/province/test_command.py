"""Do two loads of one system come one after the other, whoever starts them?"""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest

from deploy.local.__main__ import parser
from deploy.local.processes import wait_until
from deploy.local.province import command
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


def test_a_second_load_waits_for_the_first_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each counts who was there before, and both write the same files where they are of the same place."""
    monkeypatch.setattr(command, "Load", Load)
    monkeypatch.setattr(command, "system", lambda *_: nullcontext())
    for name in ("Interruption", "read_run", "registry_of"):
        monkeypatch.setattr(command, name, lambda *_: None)
    settings = LocalSettings(data=tmp_path)
    places = ("3", "3", "4")
    with ThreadPoolExecutor(len(places)) as threads:
        loads = [threads.submit(command.province, settings, place, 0, 5) for place in places]
        assert [load.result() for load in loads] == [0] * len(places)
    assert Load.most == 1
    assert "another load is under way" in capsys.readouterr().out


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
