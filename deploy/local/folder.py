"""What stands where in the data folder, and what is kept there for good?"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from deploy.local.databases import role_names
from deploy.local.processes import wait_until

LOOK_SECONDS = 1.0


class NewerData(RuntimeError):
    """The data folder was written by a version after ours."""


class AlreadyRunning(RuntimeError):
    """Another supervisor holds the data folder."""


@dataclass(frozen=True)
class Folder:
    data: Path

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def pids(self) -> Path:
        return self.data / "pids"

    @property
    def run_file(self) -> Path:
        return self.data / "run.json"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def parts(self) -> Path:
        """What was downloaded; survives a reset."""
        return self.data / "parts"

    @property
    def kafka(self) -> Path:
        return self.data / "kafka"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def create(self) -> None:
        # Others may pass through, since a service account must reach its own folder, but not look around.
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        # Kafka's files and the logs are as private as what they tell.
        for path in (self.logs, self.pids, self.kafka):
            path.mkdir(mode=0o700, exist_ok=True)
            path.chmod(0o700)


def product_version() -> str:
    return metadata.version("socai")


def check_version(folder: Folder, ours: str) -> str | None:
    """The version that wrote the folder (None: a new one). A newer one is refused."""
    path = folder.data / "version"
    if not path.exists():
        return None
    theirs = path.read_text().strip()
    if numbers(theirs) > numbers(ours):
        raise NewerData(
            f"the data in {folder.data} was written by version {theirs}, this is {ours}: "
            "run that version or a later one, or set SOCAI_LOCAL_DATA to another folder"
        )
    return theirs


def keep_version(folder: Folder, ours: str) -> None:
    (folder.data / "version").write_text(f"{ours}\n")


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def write_private(path: Path, fields: Any) -> None:
    """As JSON, readable by its owner only from the first byte on, and never half written."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(fields, file, ensure_ascii=False, indent=2)
        file.write("\n")
    unfinished.replace(path)


def kept_secrets(folder: Folder, extra: Iterable[str] = ()) -> dict[str, str]:
    """Passwords and keys by name, made once."""
    path = folder.data / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in ("postgres", *role_names(), *extra) if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(24) for name in missing}
        write_private(path, kept)
    return kept


@contextmanager
def held(folder: Folder) -> Iterator[None]:
    """One supervisor a folder. The lock ends with its process, however that ends."""
    with (folder.data / "lock").open("a+") as lock:
        # Whoever only looks holds it for a moment.
        if not wait_until(lambda: locked(lock, fcntl.LOCK_EX), LOOK_SECONDS):
            raise AlreadyRunning(f"already running as process {noted_holder(lock)}")
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def supervisor(folder: Folder) -> int | None:
    """The process that holds the folder, if any."""
    try:
        with (folder.data / "lock").open("r+") as lock:
            # Shared: of two who look at once neither takes the other for a supervisor, whose number is old.
            if locked(lock, fcntl.LOCK_SH):
                return None
            # Whoever has just taken it writes its number next.
            wait_until(lambda: noted_holder(lock) != "", LOOK_SECONDS)
            return int(noted_holder(lock) or 0) or None
    except FileNotFoundError:
        return None


def locked(lock: IO[str], how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def noted_holder(lock: IO[str]) -> str:
    lock.seek(0)
    return lock.read().strip()
