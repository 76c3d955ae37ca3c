"""What can be set for the processes that know persons and households?"""

from pydantic_settings import SettingsConfigDict

from kit.projections.reading import ReadSettings


class RegistrySettings(ReadSettings):
    """Read from `SOCAI_REGISTRY_...`, or `SOCAI_...` for all processes together."""

    model_config = SettingsConfigDict(env_prefix="SOCAI_REGISTRY_")
