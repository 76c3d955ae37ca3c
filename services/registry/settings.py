"""What can be set for the processes that know persons and households?"""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kit.settings import ProcessSettings


class RegistrySettings(ProcessSettings):
    """Read from `SOCAI_REGISTRY_...`, or `SOCAI_...` for all processes together."""

    model_config = SettingsConfigDict(env_prefix="SOCAI_REGISTRY_")

    connections: int = Field(8, ge=1, le=100, description="Most connections that a process holds to its database.")
    patience: float = Field(5.0, ge=0, le=60, description="Seconds that a read waits for the position asked for.")
    batch_records: int = Field(5_000, ge=1, le=100_000, description="Most records that a projector takes at once.")
    projector_group: str = Field("registry", description="Projectors of one group share the partitions of the log.")
