"""Where do a process's addresses, secrets and limits come from?

From the environment, read once when the settings are made. A field `port` of a class with the prefix
`SOCAI_EVENTS_` is `SOCAI_EVENTS_PORT`, or `SOCAI_PORT` for all processes together; the former wins.
"""

from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

SHARED_PREFIX = "SOCAI_"


class Settings(BaseSettings):
    """Frozen; a value that does not fit is named by its variable and never shown."""

    model_config = SettingsConfigDict(env_prefix=SHARED_PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no file beside the code is read
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        shared = EnvSettingsSource(settings_cls, env_prefix=SHARED_PREFIX)
        return init_settings, env_settings, shared, file_secret_settings

    @classmethod
    def load(cls, **given: Any) -> Self:
        """The settings, or the end of the process with one line that names the variable."""
        try:
            return cls(**given)
        except ValidationError as error:
            raise SystemExit(explain(error, cls.model_config.get("env_prefix", ""))) from None


def explain(error: ValidationError, prefix: str) -> str:
    """One line for all that is wrong: the variable and the rule, never the value."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        f"{prefix}{'_'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}" for fault in faults
    )


class ProcessSettings(Settings):
    """What every process of ours needs to know."""

    public_base: str = Field("http://127.0.0.1:8080", description="Address of the door, as callers see it.")
    issuer: str = Field(default_factory=lambda given: given["public_base"], description="Who issues access tokens.")
    audience: str = Field(
        default_factory=lambda given: given["public_base"], description="For whom access tokens are meant."
    )
    jwks_url: str = Field(
        default_factory=lambda given: f"{given['issuer']}/.well-known/jwks.json",
        description="Where the public keys of the issuer stand.",
    )
    otlp_endpoint: str = Field("", description="Base address of an OTLP/HTTP collector; empty: no traces.")
    trace_ratio: float = Field(1.0, ge=0, le=1, description="Share of new traces that are kept.")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Lowest level logged.")
    host: str = Field("127.0.0.1", description="Address that the process listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the process listens on.")
    kafka: str = Field("127.0.0.1:9092", description="Bootstrap servers of the log, separated by commas.")
    kafka_ca: Path | None = Field(None, description="PEM certificates that the log's servers are known by.")
    kafka_certificate: Path | None = Field(None, description="PEM certificate that names us to the log.")
    kafka_key: Path | None = Field(None, description="PEM key of that certificate.")
    topic_prefix: str = Field("", pattern="^[a-zA-Z0-9._-]*$", description="Put before the topics' names.")
    owner_dsn: str = Field("", repr=False, description="Database address of the owner, who migrates.")
    writer_dsn: str = Field("", repr=False, description="Database address of the role that writes.")
    reader_dsn: str = Field("", repr=False, description="Database address of the role that only reads.")
    cursor_key: str = Field("", repr=False, description="Secrets that sign cursors, by commas; the first signs.")
