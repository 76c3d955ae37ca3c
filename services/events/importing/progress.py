"""How far did an interrupted import come? Kept beside the file, and believed only for the same file and choices."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from services.events.importing.choices import Choices
from services.events.importing.faults import FileFault


class Progress(msgspec.Struct):
    """`done` reports, in the order of the file, are durable, and `told` is the digest of their ids; `fates` counts what
    became of them. `last`: the id of the last one of which the ledger knows the fate.
    """

    of: str
    done: int = 0
    told: str = ""
    last: str = ""
    fates: dict[str, int] = {}


def fingerprint(digest: bytes, choices: Choices, form: str, *, partial: bool) -> str:
    """Name a file together with everything that decides what it brings."""
    asked = (
        choices.access.client_id,
        sorted(choices.access.scopes),
        choices.area,
        choices.commune,
        choices.on,
        choices.month,
        choices.which,
    )
    return hashlib.sha256(digest + repr((asked, form, partial)).encode() + choices.key).hexdigest()


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Let nobody else import the file meanwhile, whose progress and verdicts would stand in the same files as ours.

    The lock ends with its process, however that ends. A network share may know no locks: then nobody is kept out.
    """
    try:
        held = file.open("rb")
    except (FileNotFoundError, IsADirectoryError):
        raise FileFault("not-found", str(file)) from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileFault("under-way") from None
        except OSError:
            pass
        yield


def beside(file: Path) -> Path:
    """Name the file that says how far the import of a file came; it is there as long as one goes on."""
    return file.with_name(file.name + ".progress")


class Kept:
    """The progress of one import; without `resume` it begins anew."""

    def __init__(self, file: Path, of: str, *, resume: bool) -> None:
        self.path = beside(file)
        self.progress = Progress(of)
        if resume and self.path.exists():
            try:
                found = msgspec.json.decode(self.path.read_bytes(), type=Progress)
            except msgspec.DecodeError:
                raise FileFault("changed-since") from None
            if found.of != of:
                raise FileFault("changed-since")
            self.progress = found

    def begin_anew(self) -> None:
        """Forget what was done: what was sent and is held is recognised when sent again."""
        self.progress = Progress(self.progress.of)

    def save(self) -> None:
        """Write it down, whole or not at all."""
        unfinished = self.path.with_name(self.path.name + ".new")
        with unfinished.open("wb") as file:
            file.write(msgspec.json.encode(self.progress))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path)

    def forget(self) -> None:
        """The import is over."""
        self.path.unlink(missing_ok=True)
