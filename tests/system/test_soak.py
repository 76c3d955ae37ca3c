"""Does a soak find nothing where all is well, and say what it is where something grows?"""

import os
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from socai.batches import MOST_LINES
from tests.support.parts import ROOT
from tests.system.soak import Pace, SoakFailed, Striker, busiest


def striker(**megabytes: list[int]) -> Striker:
    anything: Any = None
    return Striker(anything, anything, Pace(1, 1), 1, random.Random(1), megabytes=defaultdict(list, megabytes))


def test_who_grows_is_named_and_who_breathes_is_not() -> None:
    seen = striker(api=[200, 230] * 6, relay=[100] * 6 + [300] * 6, kafka=[900, 1_100])
    assert seen.grown() == [
        "relay grows: 100 MB in the first half, then 300",
        "kafka took 1100 MB, allowed are 1000",
    ]


def test_a_soak_in_which_hardly_anything_was_killed_proves_nothing() -> None:
    spared = striker()
    spared.every = 60.0
    assert spared.spared(600) == ["0 processes were killed, 3 had to be"]
    spared.struck += ["relay", "kafka", "postgres"]
    assert (spared.spared(600), spared.spared(3_600)) == ([], ["3 processes were killed, 20 had to be"])


def test_a_failure_ends_the_telling() -> None:
    pace = Pace(1_000, 60)
    pace(1)
    pace.failed.append("registry is behind")
    with pytest.raises(SoakFailed, match="registry is behind"):
        pace(1)


def test_a_pace_lets_whole_batches_through_when_its_time_is_up() -> None:
    pace = Pace(2, 0.0)
    assert pace.most_lines() == 2
    pace(1)
    assert pace.most_lines() == MOST_LINES


def test_the_busiest_day_is_the_one_on_which_most_is_told_behind_the_stock(tmp_path: Path) -> None:
    days = ["2025-01-01"] * 9 + ["2025-01-02", "2025-01-03", "2025-01-03"]
    path = tmp_path / "reports.ndjson"
    path.write_text("".join(f'{{"time":"{day}T17:00:00+07:00"}}\n' for day in days))
    assert busiest(path, 9) == 2


@pytest.mark.system
@pytest.mark.timeout(900)
def test_a_place_lives_through_its_busiest_day_while_processes_are_killed(data: Path) -> None:
    chosen = ("--place", "2000", "--minutes", "1", "--every", "12", "--scale", "200", "--data", str(data))
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.soak", *chosen],
        cwd=ROOT,
        env=dict(os.environ) | {"SOCAI_LOCAL_SHARED_BUFFERS_MIB": "128"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "killed" in done.stdout
    assert "nothing was lost or doubled" in done.stdout
