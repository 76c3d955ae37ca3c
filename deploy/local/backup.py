"""How is everything that the folder holds put into one backup, and taken back from it?

A backup is taken while nothing runs: the ledger, the log and every reader's place in it must be of one moment, and
two servers that run have no common one. A supervisor that runs pauses for it and goes on by itself.
"""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from deploy.local import postgres
from deploy.local.accounts import service_account
from deploy.local.folder import Folder, NewerData, numbers, product_version, write_private
from deploy.local.parts import POSTGRES_MAJOR, postgres_settings
from deploy.local.settings import LocalSettings
from kit.process.progress import Progress, Say, silent

# Written last, so a folder without it is no backup.
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"
# Names the backup that is being put back, from before the first folder is replaced until all are.
RESTORING = "restoring"
ARCHIVES = ("postgres.tar.gz", "kafka.tar.gz")
KEPT_FILES = ("secrets.json", "sandbox.json", "version")
GB: Final = 1_000_000_000


class NoBackup(RuntimeError):
    """The backup cannot be taken or read; the text says why."""


def refuse_foreign_parts(settings: LocalSettings) -> None:
    for name in ("postgres", "kafka"):
        if getattr(settings, name):
            raise NoBackup(f"SOCAI_LOCAL_{name.upper()} is a server of yours: back it up with its own tools")


def new_name() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


class HowFar:
    """Says every few seconds how much of something is done."""

    def __init__(self, what: str, say: Say) -> None:
        self._what, self._bytes, self._progress = what, 0, Progress(say)

    def went_on(self, size: int) -> None:
        self._bytes += size
        self._progress.may_say(lambda: f"{self._what}: {self._bytes / GB:,.1f} GB")


def take(settings: LocalSettings, folder: Folder, target: Path, say: Say = silent) -> Path:
    """Write the backup; everything must have stopped. `say` is told how far it is."""
    refuse_foreign_parts(settings)
    require_whole(folder)
    cluster = postgres_settings(settings, folder).data
    if not (cluster / "PG_VERSION").exists() or not folder.kafka.exists():
        raise NoBackup(f"there is nothing in {folder.data} to back up")
    if (cluster / "postmaster.pid").exists():
        raise NoBackup("PostgreSQL did not shut down in order; start and stop once, then try again")
    for left in target.parent.glob(f"*{UNFINISHED}"):
        shutil.rmtree(left)
    unfinished = target.with_name(f"{target.name}{UNFINISHED}")
    try:
        write(unfinished, dict(zip(ARCHIVES, (cluster, folder.kafka), strict=True)), folder, say)
        unfinished.rename(target)
    except OSError as problem:
        raise NoBackup(f"the backup cannot be written: {why(problem)}") from problem
    finally:
        # On a disk that is full it would leave no room for the system itself.
        shutil.rmtree(unfinished, ignore_errors=True)
    return target


def written(target: Path) -> int:
    """Count the bytes of a backup that is under way; nothing where it has just been finished."""
    unfinished = target.with_name(f"{target.name}{UNFINISHED}")
    with suppress(OSError):
        return sum(file.stat().st_size for file in unfinished.iterdir())
    return 0


def write(target: Path, archives: Mapping[str, Path], folder: Folder, say: Say) -> None:
    target.mkdir(parents=True, mode=0o700)
    digests = {name: pack(source, target / name, say) for name, source in archives.items()}
    for name in KEPT_FILES:
        if (folder.data / name).exists():
            shutil.copy2(folder.data / name, target / name)
    fields = {
        "version": product_version(),
        "postgres": POSTGRES_MAJOR,
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": digests,
    }
    write_private(target / MANIFEST, fields)


def why(problem: OSError) -> str:
    return ": ".join(str(one) for one in (problem.filename, problem.strerror or problem) if one)


def pack(source: Path, archive: Path, say: Say) -> str:
    far = HowFar(f"packing {archive.name}", say)

    def counted(member: tarfile.TarInfo) -> tarfile.TarInfo:
        far.went_on(member.size)
        return kept(member)

    archive.touch(mode=0o600)
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        tar.add(source, arcname="data", filter=counted)
    return digest(archive)


def digest(archive: Path) -> str:
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(source: Path) -> str:
    """Insist that a backup is whole and can be put back here; gives when it was taken."""
    path = source / MANIFEST
    if not path.exists():
        raise NoBackup(f"{source} is no finished backup: it has no {MANIFEST}")
    try:
        fields: dict[str, Any] = json.loads(path.read_text())
        version, major, digests = fields["version"], fields["postgres"], dict(fields["sha256"])
        taken_at = str(fields["taken_at"])
    except (ValueError, LookupError, TypeError):
        raise NoBackup(f"{path} is damaged") from None
    if numbers(version) > numbers(product_version()):
        raise NewerData(f"the backup is of version {version}, this is {product_version()}")
    if major != POSTGRES_MAJOR:
        raise NoBackup(f"the backup is of PostgreSQL {major}, this version runs {POSTGRES_MAJOR}")
    for name in ARCHIVES:
        if not (source / name).exists():
            raise NoBackup(f"{source} is not whole: it has no {name}")
        if digest(source / name) != digests.get(name):
            raise NoBackup(f"{source / name} is damaged: its digest is not the manifest's")
    return taken_at


def put_back(settings: LocalSettings, folder: Folder, source: Path, say: Say = silent) -> str:
    """Replace what the folder holds by the backup; everything must have stopped. All is read before any is replaced.

    `say` is told how far it is. Gives when the backup was taken: what was recorded later is gone.
    """
    refuse_foreign_parts(settings)
    taken_at = check(source)
    account = service_account(settings.account)
    cluster = postgres_settings(settings, folder).data
    try:
        with (
            unpacked(source / "postgres.tar.gz", cluster, say) as tables,
            unpacked(source / "kafka.tar.gz", folder.kafka, say) as log,
        ):
            tables.chmod(0o700)
            if account is not None:
                postgres.hand_over(tables, account)
            write_private(folder.data / RESTORING, str(source))
            swap(tables, cluster)
            swap(log, folder.kafka)
    except OSError as problem:
        raise NoBackup(f"the backup cannot be put back: {why(problem)}") from problem
    for name in KEPT_FILES:
        (folder.data / name).unlink(missing_ok=True)
        if (source / name).exists():
            copy = folder.data / f"{name}{UNFINISHED}"
            shutil.copy2(source / name, copy)
            copy.replace(folder.data / name)
    (folder.data / RESTORING).unlink()
    return taken_at


def require_whole(folder: Folder) -> None:
    """Refuse data of which a part is a backup's and the rest is not: Kafka and PostgreSQL would be of two histories."""
    path = folder.data / RESTORING
    if path.exists():
        source = json.loads(path.read_text())
        raise NoBackup(f"putting back {source} was cut short: `make restore FROM={source}` again")


@contextmanager
def unpacked(archive: Path, beside: Path, say: Say) -> Iterator[Path]:
    place = beside.with_name(f"{beside.name}.restoring")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(place, plain(tar, HowFar(f"unpacking {archive.name}", say)))  # noqa: S202 - nothing that reaches out of its folder
        yield place / "data"
    finally:
        shutil.rmtree(place, ignore_errors=True)


def kept(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Insist that something is a file or a folder, so that what is packed can be put back."""
    if not (member.isfile() or member.isdir()):
        raise NoBackup(f"{member.name} is neither file nor folder: no backup holds such things")
    return member


def plain(tar: tarfile.TarFile, far: HowFar) -> Iterator[tarfile.TarInfo]:
    """Give the files and folders of an archive, which become whoever unpacks them's, and refuse anything else.

    Python 3.11.2, which Debian 12 has, knows no extraction filters yet.
    """
    for member in tar:
        path = PurePosixPath(kept(member).name)
        if path.is_absolute() or ".." in path.parts:
            raise NoBackup(f"the archive reaches out of its folder by {member.name}: nothing was put back")
        member.uid, member.gid, member.uname, member.gname = os.geteuid(), os.getegid(), "", ""
        member.mode &= 0o755
        far.went_on(member.size)
        yield member


def swap(new: Path, old: Path) -> None:
    replaced = old.with_name(f"{old.name}.replaced")
    shutil.rmtree(replaced, ignore_errors=True)
    if old.exists():
        old.replace(replaced)
    new.replace(old)
    shutil.rmtree(replaced, ignore_errors=True)
