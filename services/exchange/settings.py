"""What can be set for the processes that answer partner agencies?"""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kit.projections.reading import ReadSettings


class ExchangeSettings(ReadSettings):
    """Read from `SOCAI_EXCHANGE_...`, or `SOCAI_...` for all processes together."""

    model_config = SettingsConfigDict(env_prefix="SOCAI_EXCHANGE_")

    pseudonym_key: str = Field(
        default_factory=lambda given: given["cursor_key"],
        repr=False,
        description="Secret of partners' pseudonyms; another one makes everybody a stranger. Default: cursor_key.",
    )
    lookup_lanes: int = Field(2, ge=1, le=16, description="Groups of lookups that are in flight at once.")
