"""Is a backup put back whole, or not at all?"""

import errno
import io
import json
import os
import shutil
import signal
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import pytest

from deploy.local import backup, operations, supervisor
from deploy.local.folder import Folder, NewerData
from deploy.local.interruption import Interruption
from deploy.local.parts import postgres_settings
from deploy.local.processes import Child, Command
from deploy.local.settings import LocalSettings
from kit.process import progress

TABLE = "base/1/1234"
SEGMENT = "data/population.facts-0/0.log"


@pytest.fixture
def settings(tmp_path: Path) -> LocalSettings:
    # Whoever runs the tests owns this cluster, as a person without root does.
    return LocalSettings(data=tmp_path / ".socai")


@pytest.fixture
def folder(settings: LocalSettings) -> Iterator[Folder]:
    """What two servers that have stopped leave behind, as far as a backup looks."""
    made = Folder(settings.data)
    made.create()
    cluster = postgres_settings(settings, made).data
    for path, text in {
        cluster / "PG_VERSION": "18\n",
        cluster / TABLE: "rows",
        made.kafka / SEGMENT: "facts",
        made.data / "version": "0.0.1\n",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    yield made
    # As root it may stand outside the test's folder.
    shutil.rmtree(postgres_settings(settings, made).home.parent)


def contents(settings: LocalSettings, folder: Folder) -> tuple[str, str]:
    return (postgres_settings(settings, folder).data / TABLE).read_text(), (folder.kafka / SEGMENT).read_text()


def change(settings: LocalSettings, folder: Folder) -> None:
    (postgres_settings(settings, folder).data / TABLE).write_text("later rows")
    (folder.kafka / SEGMENT).write_text("later facts")


def test_what_was_backed_up_comes_back(settings: LocalSettings, folder: Folder) -> None:
    kept_secret = (folder.data / "secrets.json").read_text()
    taken = backup.take(settings, folder, folder.backups / "one")
    change(settings, folder)
    (folder.data / "secrets.json").unlink()
    backup.put_back(settings, folder, taken)
    assert contents(settings, folder) == ("rows", "facts")
    assert (folder.data / "secrets.json").read_text() == kept_secret


def test_a_restore_says_as_of_when_all_is_by_then(
    settings: LocalSettings, folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    taken_at = json.loads((taken / backup.MANIFEST).read_text())["taken_at"]
    assert operations.put_back(settings, taken, sure=True) == 0
    said = capsys.readouterr().out
    assert f"as everything stood at {taken_at}" in said
    assert "what was recorded later is gone" in said


@pytest.mark.parametrize(("answer", "left"), [("n", ("later rows", "later facts")), ("y", ("rows", "facts"))])
def test_whoever_sits_there_is_asked_before_what_was_recorded_since_is_replaced(
    settings: LocalSettings, folder: Folder, monkeypatch: pytest.MonkeyPatch, answer: str, left: tuple[str, str]
) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    change(settings, folder)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert operations.put_back(settings, taken, sure=False) == (0 if answer == "y" else 1)
    assert contents(settings, folder) == left


def test_whoever_backs_up_or_restores_is_told_how_far_it_is(
    settings: LocalSettings, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SAID_EVERY", 0.0)
    monkeypatch.setattr(backup, "GB", 1)
    said: list[str] = []
    taken = backup.take(settings, folder, folder.backups / "one", said.append)
    assert "packing postgres.tar.gz: 7.0 GB" in said
    assert said[-1] == "packing kafka.tar.gz: 5.0 GB"
    backup.put_back(settings, folder, taken, said.append)
    assert "unpacking postgres.tar.gz: 7.0 GB" in said
    assert said[-1] == "unpacking kafka.tar.gz: 5.0 GB"


def test_whoever_waits_for_the_backup_of_a_system_that_runs_is_told_how_much_is_written(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(operations, "SAID_EVERY", 0.01)
    monkeypatch.setattr(backup, "GB", 1)
    monkeypatch.setattr(operations, "supervisor", lambda _: 1)
    folder.run_file.write_text("{}")
    unfinished = folder.backups / f"one{backup.UNFINISHED}"
    unfinished.mkdir(parents=True)
    (unfinished / "kafka.tar.gz").write_text("facts")
    answering = Timer(0.5, (folder.data / supervisor.BACKUP_ANSWER).write_text, [""])
    answering.start()
    operations.ask_for_backup(folder, "one")
    answering.join()
    assert "5.0 GB are written" in capsys.readouterr().out


def test_nobody_else_may_read_a_backup(settings: LocalSettings, folder: Folder) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    assert taken.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in taken.iterdir() if path.suffix in {".gz", ".json"})


@pytest.mark.parametrize("archive", ["postgres.tar.gz", "kafka.tar.gz"])
def test_a_damaged_archive_changes_nothing(settings: LocalSettings, folder: Folder, archive: str) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    with (taken / archive).open("r+b") as file:
        file.write(b"damage")
    change(settings, folder)
    with pytest.raises(backup.NoBackup, match="is damaged"):
        backup.put_back(settings, folder, taken)
    assert contents(settings, folder) == ("later rows", "later facts")


def escaping(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    "member",
    [
        escaping("data/../../stolen"),
        escaping("/tmp/stolen"),  # noqa: S108 - must never be written
        escaping("data/link", tarfile.SYMTYPE, "/etc"),
        escaping("data/link", tarfile.LNKTYPE, "/etc/passwd"),
        escaping("data/device", tarfile.CHRTYPE),
    ],
    ids=lambda member: f"{member.name}-{member.type.decode()}",
)
def test_an_archive_that_reaches_out_of_its_folder_changes_nothing(
    settings: LocalSettings, folder: Folder, member: tarfile.TarInfo
) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    with tarfile.open(taken / "kafka.tar.gz", "w:gz") as tar:
        tar.addfile(member, io.BytesIO())
    manifest = json.loads((taken / backup.MANIFEST).read_text())
    manifest["sha256"]["kafka.tar.gz"] = backup.digest(taken / "kafka.tar.gz")
    (taken / backup.MANIFEST).write_text(json.dumps(manifest))
    change(settings, folder)
    with pytest.raises(backup.NoBackup, match=r"reaches out|neither file nor folder"):
        backup.put_back(settings, folder, taken)
    assert contents(settings, folder) == ("later rows", "later facts")


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_what_could_not_be_put_back_is_not_packed(
    settings: LocalSettings, folder: Folder, link: Callable[[Path, Path], None]
) -> None:
    link(folder.kafka / "data" / "elsewhere", folder.kafka / SEGMENT)
    with pytest.raises(backup.NoBackup, match="neither file nor folder"):
        backup.take(settings, folder, folder.backups / "one")


def test_what_is_put_back_belongs_to_whoever_puts_it_back(settings: LocalSettings, folder: Folder) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    backup.put_back(settings, folder, taken)
    found = (folder.kafka / SEGMENT).stat()
    assert (found.st_uid, found.st_gid) == (os.geteuid(), os.getegid())
    assert found.st_mode & 0o7022 == 0


def test_an_unfinished_backup_is_none(settings: LocalSettings, folder: Folder) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    (taken / backup.MANIFEST).unlink()
    with pytest.raises(backup.NoBackup, match="no finished backup"):
        backup.put_back(settings, folder, taken)


def test_a_backup_of_a_newer_version_is_refused(settings: LocalSettings, folder: Folder) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    manifest = taken / backup.MANIFEST
    manifest.write_text(manifest.read_text().replace('"version": "', '"version": "999.'))
    with pytest.raises(NewerData):
        backup.put_back(settings, folder, taken)


def test_servers_of_the_person_are_not_ours_to_back_up(settings: LocalSettings, folder: Folder) -> None:
    theirs = settings.model_copy(update={"kafka": "kafka.example:9092"})
    with pytest.raises(backup.NoBackup, match="SOCAI_LOCAL_KAFKA"):
        backup.take(theirs, folder, folder.backups / "one")


def test_a_server_that_crashed_is_not_copied(settings: LocalSettings, folder: Folder) -> None:
    (postgres_settings(settings, folder).data / "postmaster.pid").touch()
    with pytest.raises(backup.NoBackup, match="did not shut down in order"):
        backup.take(settings, folder, folder.backups / "one")


def test_a_backup_for_which_there_is_no_room_leaves_nothing_behind(
    settings: LocalSettings, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(archive: Path) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(backup, "digest", full)
        with pytest.raises(backup.NoBackup, match="No space left"):
            backup.take(settings, folder, folder.backups / "one")
    assert list(folder.backups.iterdir()) == []


def test_what_a_backup_that_was_killed_left_behind_goes_with_the_next(
    settings: LocalSettings, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(backup, "write_private", stop)
        patched.setattr(shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            backup.take(settings, folder, folder.backups / "one")
    backup.take(settings, folder, folder.backups / "two")
    assert [path.name for path in folder.backups.iterdir()] == ["two"]


def stop(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("manifest", ["", "{", "[]", "{}", '{"version": "0.0.1", "postgres": "18", "sha256": 1}'])
def test_a_manifest_that_was_cut_is_told(settings: LocalSettings, folder: Folder, manifest: str) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    (taken / backup.MANIFEST).write_text(manifest)
    with pytest.raises(backup.NoBackup, match="is damaged"):
        backup.put_back(settings, folder, taken)


@pytest.mark.parametrize("archive", ["postgres.tar.gz", "kafka.tar.gz"])
def test_an_archive_that_was_not_copied_along_is_told(settings: LocalSettings, folder: Folder, archive: str) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    (taken / archive).unlink()
    with pytest.raises(backup.NoBackup, match=f"no {archive}"):
        backup.put_back(settings, folder, taken)


@pytest.mark.parametrize("after", [0, 1])
def test_nothing_runs_on_data_of_which_only_a_part_was_put_back(
    settings: LocalSettings, folder: Folder, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    change(settings, folder)
    with monkeypatch.context() as patched:
        real, done = backup.swap, list[Path]()

        def swap(new: Path, old: Path) -> None:
            if len(done) == after:
                raise KeyboardInterrupt
            real(new, old)
            done.append(old)

        patched.setattr(backup, "swap", swap)
        with pytest.raises(KeyboardInterrupt):
            backup.put_back(settings, folder, taken)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    crew = supervisor.crew_of(settings, folder, Interruption(), print)
    with pytest.raises(backup.NoBackup, match=f"make restore FROM={taken}"), crew:
        pass
    with pytest.raises(backup.NoBackup, match="cut short"):
        backup.take(settings, folder, folder.backups / "two")
    backup.put_back(settings, folder, taken)
    assert contents(settings, folder) == ("rows", "facts")
    backup.require_whole(folder)


@pytest.mark.parametrize("restores", [False, True])
def test_what_a_killed_supervisor_left_behind_ends_before_its_folders_are_touched(
    settings: LocalSettings, folder: Folder, *, restores: bool
) -> None:
    taken = backup.take(settings, folder, folder.backups / "one")
    sleeps = Command("kafka", (sys.executable, "-c", "import time; time.sleep(60)"), folder.log("kafka"))
    left = Child(sleeps, folder.pids)
    try:
        done = operations.put_back(settings, taken, sure=True) if restores else operations.take_backup(settings)
        assert (done, left.running()) == (0, False)
    finally:
        left.stop()
