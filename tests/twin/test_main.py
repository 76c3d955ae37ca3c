"""Does the command line write the reports and their totals, and say what it could not take?"""

import json
import subprocess
import sys
from pathlib import Path

from deploy.local.settings import ROOT
from twin import generate


def twin(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twin", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def test_reports_and_totals_go_to_files_of_their_own_and_people_are_for_nobody_else(tmp_path: Path) -> None:
    out, totals = tmp_path / "area.ndjson", tmp_path / "totals.json"
    done = twin("--place", "area", "--seed", "3", "--months", "1", "--out", str(out), "--totals", str(totals))
    assert (done.returncode, done.stdout) == (0, "")
    assert out.read_bytes() == b"".join(generate("area", 3, months=1))
    assert out.stat().st_mode & 0o777 == 0o600
    told = json.loads(totals.read_text())
    assert (told["place"], told["seed"], told["months"], told["scale"]) == ("area", 3, 1, 1.0)
    assert told["reports"] == len(out.read_bytes().splitlines())
    assert [month["month"] for month in told["months_totals"]] == ["2025-01"]


def test_lines_go_to_standard_output_without_a_file() -> None:
    done = twin("--households", "3", "--months", "0")
    assert json.loads(done.stdout.splitlines()[-1])["type"] == "vn.socai.household.registered.v1"
    assert len(done.stdout.splitlines()) == sum(1 for _ in generate(3))


def test_a_place_that_there_is_not_is_named_with_those_that_there_are() -> None:
    done = twin("--place", "atlantis")
    assert done.returncode == 2
    assert "hai-duong" in done.stderr
    assert twin("--households", "0").returncode == 2


def test_what_makes_no_sense_is_refused_with_what_would() -> None:
    for name, values in {
        "--scale": ("0", "nan", "-2", "inf"),
        "--errors": ("-1", "nan"),
        "--months": ("-2",),
        "--from": ("2020-01-01", "1990-05-05", "2025-02-30"),
    }.items():
        for value in values:
            done = twin("--households", "3", f"{name}={value}")
            assert (done.returncode, done.stdout) == (2, ""), (name, value)
            assert f"argument {name}" in done.stderr
    done = twin("--households", "3", "--errors", "1", "--totals", "totals.json")
    assert done.returncode == 2
    assert "--totals" in done.stderr


def test_files_that_cannot_be_written_or_are_one_and_the_same_are_named(tmp_path: Path) -> None:
    nowhere, same = tmp_path / "none" / "out.ndjson", tmp_path / "same.ndjson"
    for wrong in (
        ("--out", nowhere),
        ("--truth", nowhere, "--out", same),
        ("--totals", nowhere, "--out", same),
        ("--out", same, "--truth", same),
        ("--out", same, "--totals", tmp_path / "x" / ".." / "same.ndjson"),
    ):
        done = twin("--households", "3", "--months", "0", *map(str, wrong))
        assert done.returncode == 2, wrong
        assert "Traceback" not in done.stderr
        assert str(wrong[-1]) in done.stderr or "none" in done.stderr


def test_a_life_ends_while_years_and_numbers_last() -> None:
    done = twin("--households", "3", "--months", "99999")
    assert done.returncode == 2
    assert "argument --months" in done.stderr


def test_totals_of_months_begin_with_a_month(tmp_path: Path) -> None:
    """Whoever counts by the calendar finds no month that begins on the twentieth."""
    about = (
        "--households",
        "3",
        "--from",
        "2025-01-20",
        "--out",
        str(tmp_path / "out"),
        "--totals",
        str(tmp_path / "t"),
    )
    done = twin(*about, "--months", "2")
    assert done.returncode == 2
    assert "first of a month" in done.stderr
    assert twin(*about, "--months", "0").returncode == 0
