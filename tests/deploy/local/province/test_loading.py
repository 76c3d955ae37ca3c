"""Does a load lose nothing wherever it is stopped, and is its verdict that of the whole of it?"""

import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar, Self

import pytest

from deploy.local.interruption import Stopped
from deploy.local.province import loading
from deploy.local.province.comparing import render
from deploy.local.province.counting import Counted
from deploy.local.province.loading import Load, Refused
from deploy.local.province.sending import Answer, Batch
from twin import Totals, generate

HOUSEHOLDS = 40


class Readers:
    """Stand for readers that hold nobody, and are never behind."""

    def __init__(self, *_: object) -> None:
        pass

    recorded_up_to = sys.maxsize
    counted: ClassVar[list[int]] = []

    def count(self, position: int) -> Counted:
        self.counted.append(position)
        return Counted()

    def recorded(self, position: int) -> bool:
        return position <= self.recorded_up_to

    def wait(self, *_: object) -> None:
        pass

    def behind(self, _: int) -> str:
        return ""

    def close(self) -> None:
        pass


class Door:
    """Stands for the window onto the door: all is recorded at once, and kept."""

    told: list[bytes]

    def __init__(self, _run: object, _most: int, take: Callable[[Batch, list[Answer]], None], _: object) -> None:
        self._take = take

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def drain(self) -> None:
        pass

    def send(self, batch: Batch) -> None:
        Door.told += batch.lines
        self._take(batch, [Answer("i", "recorded", 1) for _ in batch.lines])


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Load]:
    """Give a function that makes the load of one small place anew, as after a stop; it has a month to live."""
    for name, stand_in in (("Counter", Readers), ("Watch", Readers), ("Window", Door)):
        monkeypatch.setattr(loading, name, stand_in)
    Door.told = []
    totals = Totals()
    (tmp_path / "reports.ndjson").write_bytes(b"".join(generate(HOUSEHOLDS, 2, months=1, totals=totals)))
    (tmp_path / "totals.json").write_text(json.dumps(totals.told()))
    run: Any = None
    return lambda: Load(run, "", tmp_path / "reports.ndjson", tmp_path / "totals.json", lambda _: None)


TAKE, FIRST = inspect.getsourcelines(Load._take)


@pytest.mark.parametrize("line", range(FIRST + 1, FIRST + len(TAKE)))
def test_a_load_that_is_stopped_at_any_line_tells_all(load: Callable[[], Load], line: int) -> None:
    def stop(frame: FrameType, what: str, _: object) -> Any:
        if frame.f_code is not Load._take.__code__:
            return None
        if what == "line" and frame.f_lineno == line:
            sys.settrace(None)
            raise Stopped
        return stop

    former = sys.gettrace()
    sys.settrace(stop)
    try:
        load().live()
    except Stopped:
        pass
    finally:
        sys.settrace(former)
    load().live()
    reports = load()._reports.read_bytes().splitlines()
    assert {json.loads(one)["id"] for one in Door.told} == {json.loads(one)["id"] for one in reports}


def test_the_verdict_of_a_load_that_goes_on_counts_its_first_day_as_well(load: Callable[[], Load]) -> None:
    first = load()
    assert first.live() is False
    again = load()
    assert again.live() is False
    assert [line.what for line in again.lines] == [line.what for line in first.lines]
    assert "persons by area, registry" in render(again.lines)


def test_what_a_restored_ledger_lacks_is_told_again_and_the_first_day_is_not_counted_again(
    load: Callable[[], Load], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The months that are in the ledger already have changed who lives where."""
    first = load()
    first.live()
    told, Door.told = Door.told, []
    monkeypatch.setattr(Readers, "recorded_up_to", 0)
    monkeypatch.setattr(Readers, "counted", [])
    again = load()
    again.live()
    assert Door.told == told
    assert Readers.counted == [1], "the last month alone"
    assert (again.line, again.fates) == (first.line, first.fates)
    assert [line.what for line in again.lines] == [line.what for line in first.lines]


def test_where_the_ledger_holds_what_was_told_nothing_is_told_again(load: Callable[[], Load]) -> None:
    load().live()
    Door.told = []
    load().live()
    assert Door.told == []


def refusing(monkeypatch: pytest.MonkeyPatch, kind: str, code: str) -> None:
    """Let the door refuse every report of a kind."""

    def send(self: Door, batch: Batch) -> None:
        refused = {"status": 409, "reasons": [{"code": code}]}
        told = [f"vn.socai.{kind}.v1".encode() in line for line in batch.lines]
        self._take(batch, [Answer("i", problem=refused) if one else Answer("i", "recorded", 1) for one in told])

    monkeypatch.setattr(Door, "send", send)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("unit.established", "already-known"), ("area.established", "already-known"), ("unit.established", "unit-ended")],
)
def test_what_another_load_told_of_units_is_known(
    load: Callable[[], Load], monkeypatch: pytest.MonkeyPatch, kind: str, code: str
) -> None:
    refusing(monkeypatch, kind, code)
    one = load()
    one.live()
    assert one.fates["known"] > 0
    assert one.line == len(one._reports.read_bytes().splitlines())


@pytest.mark.parametrize(
    ("kind", "code"), [("household.registered", "unit-ended"), ("unit.established", "parent-of-wrong-level")]
)
def test_whatever_else_is_refused_ends_the_load(
    load: Callable[[], Load], monkeypatch: pytest.MonkeyPatch, kind: str, code: str
) -> None:
    refusing(monkeypatch, kind, code)
    with pytest.raises(Refused, match=code):
        load().live()


def test_nothing_that_was_compared_is_no_equality() -> None:
    assert render([]).strip() == "told       counted"
