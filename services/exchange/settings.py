"""What can be set for the processes that answer partner agencies?"""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kit.settings import ProcessSettings


class ExchangeSettings(ProcessSettings):
    """Read from `SOCAI_EXCHANGE_...`, or `SOCAI_...` for all processes together."""

    model_config = SettingsConfigDict(env_prefix="SOCAI_EXCHANGE_")

    pseudonym_key: str = Field(
        default_factory=lambda given: given["cursor_key"],
        repr=False,
        description="Secret of partners' pseudonyms; another one makes everybody a stranger. Default: cursor_key.",
    )
    connections: int = Field(8, ge=1, le=100, description="Most connections that feeds and positions are read with.")
    lookup_lanes: int = Field(2, ge=1, le=16, description="Groups of lookups that are in flight at once.")
    patience: float = Field(5.0, ge=0, le=60, description="Seconds that a read waits for the position asked for.")
    batch_records: int = Field(5_000, ge=1, le=100_000, description="Most records that a projector takes at once.")
    projector_group: str = Field("exchange", description="Projectors of one group share the partitions of the log.")
