"""Are settings frozen, silent about secrets, and precise about what is wrong?"""

import pydantic
import pytest
from pydantic_settings import SettingsConfigDict

from kit.process.settings import ProcessSettings


class Settings(ProcessSettings):
    model_config = SettingsConfigDict(env_prefix="SOCAI_TESTED_")


def test_a_variable_of_the_process_wins_over_the_shared_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCAI_KAFKA", "shared:9092")
    monkeypatch.setenv("SOCAI_PUBLIC_BASE", "https://door.example")
    assert Settings.load().kafka == "shared:9092"
    monkeypatch.setenv("SOCAI_TESTED_KAFKA", "own:9092")
    assert Settings.load().kafka == "own:9092"


def test_an_argument_wins_over_every_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOCAI_TESTED_PORT", "8001")
    assert Settings.load(port=8002).port == 8002


def test_issuer_audience_and_keys_follow_the_door_unless_told() -> None:
    settings = Settings.load(public_base="https://door.example")
    assert settings.issuer == settings.audience == "https://door.example"
    assert settings.jwks_url == "https://door.example/.well-known/jwks.json"
    assert Settings.load(issuer="https://other.example").jwks_url.startswith("https://other.example/")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(pydantic.ValidationError):
        Settings.load().port = 1  # type: ignore[misc]  # that is what is tried


def test_secrets_are_in_no_repr() -> None:
    settings = Settings.load(
        owner_dsn="postgresql://o:s3cret@h/d",
        writer_dsn="postgresql://w:s3cret@h/d",
        reader_dsn="postgresql://r:s3cret@h/d",
        cursor_key="s3cret",
    )
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in str(settings)


def test_a_wrong_value_ends_the_process_with_one_line_that_names_it_and_does_not_show_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOCAI_TESTED_PORT", "s3cret")
    with pytest.raises(SystemExit) as ended:
        Settings.load()
    line = str(ended.value)
    assert line.startswith("SOCAI_TESTED_PORT: ")
    assert "\n" not in line
    assert "s3cret" not in line


def test_every_field_has_a_sentence() -> None:
    for name, field in ProcessSettings.model_fields.items():
        assert field.description, name
