"""Which processes of ours run, in which order, and with which settings?"""

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.databases import ROLES, Database
from deploy.local.folder import Folder
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Command
from deploy.local.settings import ROOT, LocalSettings

GATEWAY = "gateway"
PROJECTOR = "projector"
READ_SERVICES = ("registry", "reporting", "exchange")
SERVICES = ("events", *READ_SERVICES)
# uvicorn lets open requests finish for 15 seconds.
GRACE_SECONDS = 18.0


@dataclass(frozen=True)
class Ours:
    """One process of ours: its package and command, its ports' settings, and the database roles that it gets."""

    name: str
    package: str
    verb: str
    port: str | None
    roles: tuple[str, ...]
    # Where it says that it is ready; the port differs from `port` only for the door.
    health: str = "/readyz"
    health_port: str | None = None
    # Its database, where that is not named after the package.
    kept_in: str = ""

    @property
    def database(self) -> str:
        return self.kept_in or f"socai_{self.package.rpartition('.')[2]}"


def api(service: str, *roles: str) -> Ours:
    return Ours(f"{service}-api", f"services.{service}", "api", f"{service}_api_port", roles)


def projector(service: str) -> Ours:
    # Tables of a new version of a projection are made by whoever fills them, hence the owner.
    return Ours(
        f"{service}-projector", f"services.{service}", PROJECTOR, f"{service}_projector_port", ("owner", "writer")
    )


AUTHORITY = Ours("authority", GATEWAY, "authority", "authority_port", ("writer",))
DOOR = Ours("door", GATEWAY, "envoy", "authority_port", (), "/ready", "door_admin_port")
RELAY = Ours("events-relay", "services.events", "relay", "events_relay_port", ("writer",))
RUNNING = (
    AUTHORITY,
    api("events", "writer", "reader"),
    RELAY,
    *(projector(service) for service in READ_SERVICES),
    *(api(service, "reader") for service in READ_SERVICES),
    DOOR,
)


@dataclass(frozen=True)
class Roster:
    """`migrations` end by themselves before `running` begin; the door comes last, so all behind it is ready."""

    migrations: tuple[Ours, ...]
    running: tuple[Ours, ...]


def once(package: str, verb: str) -> Ours:
    """A command that does its work and ends, with the owner's rights: migrate, verify, restore, rebuild."""
    return Ours(f"{package.rpartition('.')[2]}-{verb}", package, verb, None, ROLES)


MIGRATIONS = tuple(once(package, "migrate") for package in (*(f"services.{name}" for name in SERVICES), GATEWAY))

OURS = Roster(MIGRATIONS, RUNNING)


@dataclass(frozen=True)
class Wiring:
    """What the processes are told: where the parts are, and the secrets that they share."""

    settings: LocalSettings
    folder: Folder
    roster: Roster
    bootstrap: str
    databases: Mapping[str, Database]
    cursor_key: str
    topic_prefix: str = ""
    import_key: str = ""

    def environment(self, ours: Ours) -> dict[str, str]:
        """Ours first, over whatever the person has set for a service in the environment of the supervisor."""
        prefix = f"SOCAI_{ours.package.rpartition('.')[2].upper()}_"
        public = self.settings.public_base()
        own = {
            "PYTHONUNBUFFERED": "1",
            "SOCAI_PUBLIC_BASE": public,
            "SOCAI_ISSUER": public,
            "SOCAI_AUDIENCE": public,
            # Not through the door: a service must not wait for the door, nor the door for a service.
            "SOCAI_JWKS_URL": f"{self.address(self.settings.authority_port)}/.well-known/jwks.json",
            f"{prefix}HOST": LOOPBACK,
            f"{prefix}KAFKA": self.bootstrap,
            f"{prefix}TOPIC_PREFIX": self.topic_prefix,
            f"{prefix}CURSOR_KEY": self.cursor_key,
        }
        if ours.port:
            own[f"{prefix}PORT"] = str(getattr(self.settings, ours.port))
        database = self.databases[ours.database]
        for role in ROLES:
            own[f"{prefix}{role.upper()}_DSN"] = getattr(database, f"{role}_dsn") if role in ours.roles else ""
        if ours.verb == "import":
            own[f"{prefix}IMPORT_KEY"] = self.import_key
        if ours.package == GATEWAY:
            own |= self._of_the_gateway()
        return dict(os.environ) | own

    def _of_the_gateway(self) -> dict[str, str]:
        settings = self.settings
        own = {
            "DOOR_HOST": LOOPBACK,
            "DOOR_PORT": str(settings.door_port),
            "ADMIN_PORT": str(settings.door_admin_port),
            "ENVOY_CONFIG": str(self.folder.data / "door.json"),
            "ACCESS_LOG": str(self.folder.log("access")),
            "AUTHORITY_ADDRESS": self.address(settings.authority_port),
        }
        own |= {f"{name.upper()}_ADDRESS": self.address(getattr(settings, f"{name}_api_port")) for name in SERVICES}
        return {f"SOCAI_GATEWAY_{name}": value for name, value in own.items()}

    def address(self, port: int) -> str:
        return f"http://{LOOPBACK}:{port}"

    def health(self, ours: Ours) -> str:
        port = ours.health_port or ours.port
        assert port is not None, f"{ours.name} does not listen"
        return f"{self.address(getattr(self.settings, port))}{ours.health}"

    @property
    def running(self) -> tuple[Ours, ...]:
        """All but the door where the person runs one."""
        return tuple(one for one in self.roster.running if one is not DOOR or not self.settings.door)

    def command(self, ours: Ours, *arguments: str) -> Command:
        return Command(
            name=ours.name,
            argv=(sys.executable, "-m", ours.package, ours.verb, *arguments),
            log=self.folder.log(ours.name),
            env=self.environment(ours),
            cwd=ROOT,
            stop_signal=signal.SIGTERM,
            grace=GRACE_SECONDS,
        )
