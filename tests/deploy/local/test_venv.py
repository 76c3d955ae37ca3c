"""Which Python is chosen for .venv?"""

import os
import subprocess
from pathlib import Path

SCRIPT = Path("deploy/local/venv.sh").resolve()
STUB = """#!/bin/sh
case "$1" in
-c) {probed} ;;
-m) {made} ;;
--version) echo "Python 3.11.0" ;;
esac
"""


def python(folder: Path, seconds: str | None, *, whole: bool = True) -> Path:
    """Stand for a Python 3.11 that takes so many seconds; None for one of another version."""
    folder.mkdir()
    path = folder / "python3.11"
    probed = "exit 1" if seconds is None else f"echo {seconds} {path}"
    path.write_text(STUB.format(probed=probed, made=f"mkdir .venv; echo {path} > .venv/of; exit {int(not whole)}"))
    path.chmod(0o755)
    return path


def chosen(at: Path, *given: str) -> subprocess.CompletedProcess[str]:
    path = ":".join([*sorted(str(one) for one in at.iterdir() if one.is_dir()), os.environ["PATH"]])
    # What else is on the path answers by the real probe: no stub takes as long.
    return subprocess.run(
        [str(SCRIPT), *given], cwd=at, env={"PATH": path}, capture_output=True, text=True, check=False
    )


def test_of_several_the_fastest_is_taken(tmp_path: Path) -> None:
    python(tmp_path / "a", "0.0002")
    fastest = python(tmp_path / "b", "0.0001")
    python(tmp_path / "c", None)

    said = chosen(tmp_path)

    assert said.returncode == 0, said.stderr
    assert (tmp_path / ".venv" / "of").read_text().strip() == str(fastest)
    assert said.stdout == f"making .venv with Python 3.11.0 ({fastest})\n"


def test_one_that_makes_no_environment_is_passed_over_with_a_word(tmp_path: Path) -> None:
    broken, next_best = python(tmp_path / "a", "0.0001", whole=False), python(tmp_path / "b", "0.0002")

    said = chosen(tmp_path)

    assert said.returncode == 0
    assert (tmp_path / ".venv" / "of").read_text().strip() == str(next_best)
    assert said.stderr == f"{broken} cannot make virtual environments: its module venv is incomplete\n"


def test_one_that_is_named_is_taken_even_if_another_is_faster(tmp_path: Path) -> None:
    python(tmp_path / "a", "0.0001")
    named = python(tmp_path / "b", "0.0002")

    assert chosen(tmp_path, str(named)).returncode == 0
    assert (tmp_path / ".venv" / "of").read_text().strip() == str(named)


def test_one_that_is_named_and_is_no_python_3_11_is_told(tmp_path: Path) -> None:
    other = python(tmp_path / "a", None)

    said = chosen(tmp_path, str(other))

    assert said.returncode == 1
    assert said.stderr.startswith(f"{other} is no Python 3.11")
    assert not (tmp_path / ".venv").exists()
