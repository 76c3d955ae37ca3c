"""What can be set for the processes of the write side?"""

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import SettingsConfigDict

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE
from kit.process.settings import ProcessSettings
from services.events.signing.signatures import EVERYBODY, Demand


class ApprovalRule(BaseModel):
    """Kinds that wait for the office when they come from a source that begins so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = ""
    kinds: frozenset[str]

    @field_validator("kinds")
    @classmethod
    def _known(cls, kinds: frozenset[str]) -> frozenset[str]:
        unknown = kinds - {event.kind for event in CATALOGUE.values()}
        if unknown:
            raise ValueError(f"no kinds: {', '.join(sorted(unknown))}")
        return kinds


class EventsSettings(ProcessSettings):
    """Read from `SOCAI_EVENTS_...`, or `SOCAI_...` for all processes together."""

    model_config = SettingsConfigDict(env_prefix="SOCAI_EVENTS_")

    connections: int = Field(6, ge=2, le=100, description="Most connections that one API process holds.")
    largest_body: int = Field(16 * 1024 * 1024, ge=1024, description="Most bytes of one request.")
    most_lines: int = Field(20_000, ge=1, description="Most lines of one NDJSON request.")
    signatures: dict[str, Demand] = Field(
        {EVERYBODY: "accepted"},
        description="Whether a sender's reports must be signed, by client id, `*` for all others: `none` (not looked "
        "at), `accepted` (checked where there are any), `required`.",
    )
    approval: tuple[ApprovalRule, ...] = Field(
        (),
        description="Which kinds of which sources wait for the office, as JSON: "
        '[{"source": "/collaborators/", "kinds": ["person.died"]}]; a source is told by its beginning.',
    )
    patience: int = Field(
        30, ge=0, le=3650, description="Days after which a report that waits for another one is a task of the office."
    )
    relay_batch: int = Field(5_000, ge=1, le=50_000, description="Most entries that the relay reads at once.")
    relay_gap: float = Field(0.01, ge=0, le=1, description="Seconds between small publications.")
    watermark_gap: float = Field(0.1, ge=0, le=1, description="Least seconds between two watermarks.")
    import_key: str = Field(
        "", repr=False, description="Secret that ids of imported reports are made with, kept for ever."
    )
