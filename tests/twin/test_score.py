"""Are a truth and an export compared from the command line, for people and for programs?"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from twin.__main__ import main
from twin.errors import truth
from twin.errors.truth import Household, Person, Told
from twin.score import Score
from twin.scoring.figures import Figures
from twin.scoring.households import Households
from twin.scoring.moves import Moves
from twin.scoring.people import People

ARGUMENTS = ("--households", "30", "--months", "4", "--scale", "4")


def typed(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["twin", *map(str, arguments)])
    main()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A truth, and beliefs that agree with it."""
    true, believed = tmp_path / "truth.ndjson", tmp_path / "believed.ndjson"
    typed(monkeypatch, *ARGUMENTS, "--truth", true, "--out", tmp_path / "reports.ndjson")
    believed.write_bytes(perfect(true))
    return true, believed


def perfect(true: Path) -> bytes:
    """Give what a platform exports that believes the truth."""
    known = list(truth.read(true.read_bytes().splitlines()))
    persons = [one for one in known if isinstance(one, Person) and one.area]
    records: list[dict[str, Any]] = [
        {"what": "area", "area": area, "position": 9} for area in {one.area for one in persons}
    ]
    for one in persons:
        personal = {"name": one.name, "identifiers": [{"type": "pid", "value": one.number}] if one.number else []}
        state = {"id": one.person, "sex": one.sex, "birth": one.birth, "area": one.area, "household": one.household}
        records.append({"what": "person", **state, "personal": personal})
    for home in (one for one in known if isinstance(one, Household)):
        state = {"id": home.household, "area": home.area, "status": home.status, "head": home.head}
        records.append({"what": "household", **state, "number": home.number, "personal": {"address": home.address}})
    moves = [one for one in known if isinstance(one, truth.Move)]
    about = {"what": "move", "side": "departure"}
    records += [about | {"person": move.person, "since": move.left} for move in moves if move.arrival is None]
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def test_a_perfect_platform_is_called_perfect(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "score", "--truth", files[0], "--believed", files[1], "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["perfect"] is True
    assert told["people"]["found"] == told["people"]["true"] > 50
    assert told["figures"]["off"] == 0
    assert told["households"]["found"] == told["households"]["true"] >= 30


@pytest.mark.parametrize(
    ("of", "names"),
    [
        ("people", ("missed", "doubled", "lingering", "unknown", "misplaced")),
        ("households", ("missed", "lingering", "unknown", "misplaced")),
        ("moves", ("open", "lost", "unseen", "other", "on_the_way")),
    ],
)
def test_one_of_a_kind_that_is_off_spoils_the_score(of: str, names: tuple[str, ...]) -> None:
    for name in names:
        found = Score(People(found=["lan"]), Households(), Moves(), Figures(), {}, {})
        assert found.perfect
        part = getattr(found, of)
        setattr(part, name, ["mai"] if isinstance(getattr(part, name), list) else 1)
        assert not found.perfect, name


@pytest.mark.parametrize("name", ["head", "number", "address", "household"])
def test_one_household_that_is_wrong_spoils_the_score_and_is_told_as_what_is_wrong_of_it(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    true, believed = files
    records = [json.loads(line) for line in believed.read_bytes().splitlines()]
    what = "person" if name == "household" else "household"
    one = next(record for record in records if record["what"] == what and record.get("status", "active") == "active")
    (one["personal"] if name == "address" else one)[name] = "999"
    believed.write_text("".join(json.dumps(record) + "\n" for record in records))
    typed(monkeypatch, "score", "--truth", true, "--believed", believed, "--json")
    told = json.loads(capsys.readouterr().out)
    wrong = told["people"]["wrong"] | told["households"]["wrong"]
    assert not told["perfect"]
    assert {of: n for of, n in wrong.items() if n} == {name: 1}


def test_what_is_off_is_laid_out_as_tables_with_what_each_error_led_to(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    true, believed = files
    kept = [line for line in believed.read_bytes().splitlines(keepends=True) if b'"female"' not in line]
    believed.write_bytes(b"".join(kept))
    someone = next(one.person for one in truth.read(true.read_bytes().splitlines()) if isinstance(one, Person))
    with true.open("ab") as file:
        truth.write(file, Told("r1", "e1", (truth.Slip("late-birth", someone),)))
    answers = tmp_path / "answers.ndjson"
    answers.write_text('{"line":1,"id":"r1","fate":"recorded","position":7,"notes":["identifier-clash"]}\n')
    typed(monkeypatch, "score", "--truth", true, "--believed", believed, "--answers", answers)
    said = capsys.readouterr().out
    assert said.startswith("not perfect\n")
    for words in ("missed", "female", "late-birth", "note:identifier-clash", "cells are off by"):
        assert words in said


def test_the_truth_is_for_nobody_elses_eyes_and_says_what_became_of_each_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = tmp_path / "truth.ndjson"
    typed(monkeypatch, *ARGUMENTS, "--errors", "5", "--truth", true, "--out", tmp_path / "reports.ndjson")
    assert true.stat().st_mode & 0o077 == 0
    records = list(truth.read(true.read_bytes().splitlines()))
    reports = {json.loads(line)["id"] for line in (tmp_path / "reports.ndjson").read_bytes().splitlines()}
    assert {one.report for one in records if isinstance(one, Told)} <= reports
    assert isinstance(records[-1], truth.Span)


def test_where_nothing_was_read_nothing_is_perfect(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    true, believed = files
    believed.write_bytes(b"")
    typed(monkeypatch, "score", "--truth", true, "--believed", believed)
    assert capsys.readouterr().out.startswith("not perfect\n")


@pytest.mark.parametrize(
    ("wrong", "content"),
    [
        ("truth", None),
        ("truth", b""),
        ("truth", b'{"what":"area"}\n'),
        ("truth", b'{"what":"person","person":"one","status":"resident","sex":"male"}\n'),
        ("believed", None),
        ("believed", b"no JSON\n"),
        ("believed", b'{"what":"person"}\n'),
        ("answers", None),
        ("answers", b"[]\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_what_is_wrong_of_it(
    files: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    wrong: str,
    content: bytes | None,
) -> None:
    """A truth without its last line was not written to its end."""
    given = {"truth": files[0], "believed": files[1], wrong: tmp_path / "wrong.ndjson"}
    if content is not None:
        given[wrong].write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        typed(monkeypatch, "score", *(word for name, path in given.items() for word in (f"--{name}", path)))
    assert ended.value.code == 2
    assert "wrong.ndjson" in capsys.readouterr().err
