"""Is a person told what can be asked of the system on one machine?"""

from pathlib import Path

import pytest

from deploy.local import operations
from deploy.local.__main__ import parser
from deploy.local.settings import LocalSettings


def test_a_service_that_has_nothing_to_rebuild_is_named_with_those_that_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operations.rebuild(LocalSettings(data=tmp_path), ["events"]) == 1
    assert "events; there are: registry, reporting, exchange" in capsys.readouterr().err


def test_the_help_names_every_setting() -> None:
    text = parser().format_help()
    assert all(f"SOCAI_LOCAL_{name.upper()} " in text for name in LocalSettings.model_fields)
