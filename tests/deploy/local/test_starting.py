"""What does the system start without?"""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from deploy.local import supervisor
from deploy.local.crew import NotStarted
from deploy.local.folder import Folder
from deploy.local.roster import OURS
from deploy.local.settings import LocalSettings


class Crew:
    """Everything starts, and becomes ready but for one."""

    def __init__(self, never: str) -> None:
        self.never = never
        self.started: list[str] = []

    def start(self, command: Any, _: object) -> None:
        self.started.append(command.name)

    def wait(self, checks: Mapping[str, object], seconds: float) -> None:
        assert seconds >= 0
        if self.never in checks:
            raise NotStarted(f"{self.never} was not ready")


def wiring(tmp_path: Path) -> Any:
    return SimpleNamespace(
        running=OURS.running,
        settings=LocalSettings(data=tmp_path),
        folder=Folder(tmp_path),
        command=lambda one: SimpleNamespace(name=one.name),
        health=lambda one: f"http://127.0.0.1/{one.name}",
    )


@pytest.mark.parametrize("never", ["registry-projector", "exchange-projector"])
def test_a_projector_that_cannot_go_on_keeps_nobody_from_reporting(tmp_path: Path, never: str) -> None:
    said: list[str] = []
    crew: Any = Crew(never)
    supervisor.start_ours(crew, wiring(tmp_path), said.append)
    assert crew.started == [one.name for one in OURS.running]
    assert [never in line for line in said] == [True]


@pytest.mark.parametrize("never", ["events-api", "events-relay", "door", "registry-api"])
def test_without_anything_else_it_does_not_start(tmp_path: Path, never: str) -> None:
    crew: Any = Crew(never)
    with pytest.raises(NotStarted):
        supervisor.start_ours(crew, wiring(tmp_path), print)
