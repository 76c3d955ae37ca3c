"""Are schemas and catalogue up to date, and does a changed release not slip through?"""

from pathlib import Path

import pytest

from contracts import generated
from contracts.__main__ import main


def test_schemas_and_catalogue_are_up_to_date() -> None:
    assert list(generated.complaints()) == []


def test_the_catalogue_writes_values_as_a_report_does() -> None:
    page = generated.documents()[generated.PAGE]
    assert "| `rest` | optional | `true` or `false` | `false` |" in page
    assert "| `new` | optional | [Basics](#basics) | none |" in page
    assert not [word for word in ("None", "False", "True") if f"`{word}`" in page or f": {word}" in page]


def test_a_stale_file_is_named_with_the_command_that_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = generated.documents()
    monkeypatch.setattr(generated, "documents", lambda: wanted | {generated.PAGE: "something newer"})
    assert list(generated.complaints()) == [
        "docs/events.md is out of date: run `python -m contracts write` and commit what it wrote"
    ]


def test_a_released_schema_that_would_change_is_refused_with_the_way_out() -> None:
    digest = generated._digest("{}")
    released = {"person.born.v1.json": digest}
    assert list(generated.changed_releases(released, {"person.born.v1.json": "{}"})) == []
    for wanted in ({"person.born.v1.json": "{ }"}, {}):
        (complaint,) = generated.changed_releases(released, wanted)
        assert "person.born.v1.json is released" in complaint
        assert "new version" in complaint


def test_releasing_freezes_each_schema_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated, "SCHEMAS", tmp_path)
    monkeypatch.setattr(generated, "RELEASED", tmp_path / "RELEASED")
    (tmp_path / "person.born.v1.json").write_text("{}")
    assert generated.release() == ["person.born.v1.json"]
    assert generated.release() == []
    assert generated.released() == {"person.born.v1.json": generated._digest("{}")}


def test_an_unknown_command_answers_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wrote"]) == 2
    assert "usage: python -m contracts" in capsys.readouterr().err
