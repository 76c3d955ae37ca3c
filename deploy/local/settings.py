"""What may a person choose about the system on one machine?"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kit.process.settings import Settings

PREFIX = "SOCAI_LOCAL_"
ROOT = Path(__file__).parents[2]
PORTS = (
    "door_port",
    "door_admin_port",
    "authority_port",
    "events_api_port",
    "events_relay_port",
    "registry_api_port",
    "registry_projector_port",
    "reporting_api_port",
    "reporting_projector_port",
    "exchange_api_port",
    "exchange_projector_port",
)


class LocalSettings(Settings):
    """`SOCAI_LOCAL_` and the field's name in capitals; every field has a default that works."""

    model_config = SettingsConfigDict(env_prefix=PREFIX)

    data: Path = Field(ROOT / ".socai", description="Folder of everything that is kept.")
    account: str = Field("socai", description="System account that PostgreSQL runs as when we are root.")
    sandbox: bool = Field(default=True, description="Whether there are the sandbox's clients.")
    people: bool = Field(default=True, description="Whether the sandbox's people are made on the first start.")

    postgres: str = Field("", repr=False, description="A server of yours: its administrator's postgresql:// address.")
    kafka: str = Field("", description="A Kafka of yours: its bootstrap servers, separated by commas.")
    door: str = Field("", description="A door of yours, run with the generated configuration: its public address.")

    postgres_port: int = Field(15432, ge=1, le=65535, description="Port of PostgreSQL.")
    shared_buffers_mib: int = Field(0, ge=0, description="PostgreSQL's cache in MiB; 0: a share of the memory.")
    kafka_port: int = Field(19092, ge=1, le=65535, description="Port of Kafka.")
    kafka_controller_port: int = Field(19093, ge=1, le=65535, description="Port of Kafka's controller.")
    kafka_heap_mib: int = Field(512, ge=256, description="Heap of Kafka in MiB.")

    door_port: int = Field(8080, ge=1, le=65535, description="Port of the door, the only one that callers use.")
    door_admin_port: int = Field(8081, ge=1, le=65535, description="Port of the door's own administration.")
    authority_port: int = Field(8082, ge=1, le=65535, description="Port of the authority that issues tokens.")
    events_api_port: int = Field(8101, ge=1, le=65535, description="Port of the events API.")
    events_relay_port: int = Field(8102, ge=1, le=65535, description="Port of the relay's health and metrics.")
    registry_api_port: int = Field(8111, ge=1, le=65535, description="Port of the registry API.")
    registry_projector_port: int = Field(8112, ge=1, le=65535, description="Port of the registry projector.")
    reporting_api_port: int = Field(8121, ge=1, le=65535, description="Port of the reporting API.")
    reporting_projector_port: int = Field(8122, ge=1, le=65535, description="Port of the reporting projector.")
    exchange_api_port: int = Field(8131, ge=1, le=65535, description="Port of the exchange API.")
    exchange_projector_port: int = Field(8132, ge=1, le=65535, description="Port of the exchange projector.")

    start_seconds: float = Field(120, gt=0, description="How long a part may take until it is ready.")

    def public_base(self) -> str:
        return self.door.rstrip("/") or f"http://127.0.0.1:{self.door_port}"

    def own_parts(self) -> tuple[str, ...]:
        """What we start ourselves of what others have made, beside the door."""
        return tuple(name for name in ("postgres", "kafka") if not getattr(self, name))

    def ports_needed(self) -> dict[str, int]:
        """Name of the setting -> port, of everything that we start ourselves."""
        fields = list(PORTS[2:] if self.door else PORTS)
        fields += [] if self.postgres else ["postgres_port"]
        fields += [] if self.kafka else ["kafka_port", "kafka_controller_port"]
        return {f"{PREFIX}{name.upper()}": getattr(self, name) for name in fields}
