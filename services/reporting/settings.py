"""What can be set for the processes that count?"""

from pydantic_settings import SettingsConfigDict

from kit.projections.reading import ReadSettings


class ReportingSettings(ReadSettings):
    """Read from `SOCAI_REPORTING_...`, or `SOCAI_...` for all processes together."""

    model_config = SettingsConfigDict(env_prefix="SOCAI_REPORTING_")
