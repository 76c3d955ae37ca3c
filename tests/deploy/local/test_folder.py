"""Is what the data folder keeps private, stable, and refused when it is too new?"""

import fcntl
import os
import stat
from pathlib import Path
from threading import Timer

import pytest

from deploy.local.folder import (
    AlreadyRunning,
    Folder,
    NewerData,
    check_version,
    held,
    keep_version,
    kept_secrets,
    supervisor,
    write_private,
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / ".socai")
    made.create()
    return made


def test_secrets_are_made_once_and_readable_by_their_owner_only(folder: Folder) -> None:
    first = kept_secrets(folder, ["one"])
    assert kept_secrets(folder, ["other"]).items() >= first.items()
    assert stat.S_IMODE((folder.data / "secrets.json").stat().st_mode) == 0o600
    assert len(set(first.values())) == len(first)


def test_nobody_else_reads_what_kafka_keeps_or_what_is_logged(folder: Folder) -> None:
    for path in (folder.kafka, folder.logs, folder.pids):
        path.chmod(0o755)
    folder.create()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder.kafka, folder.logs, folder.pids)} == {0o700}


def test_a_private_file_is_private_also_when_an_open_one_was_there(folder: Folder) -> None:
    path = folder.data / "run.json"
    path.write_text("{}")
    path.chmod(0o644)
    write_private(path, {"key": "value"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(("theirs", "newer"), [("0.9.9", False), ("0.10.0", False), ("0.10.1", True), ("1.0.0", True)])
def test_only_data_of_a_newer_version_is_refused(folder: Folder, theirs: str, *, newer: bool) -> None:
    keep_version(folder, theirs)
    if newer:
        with pytest.raises(NewerData, match=theirs):
            check_version(folder, "0.10.0")
    else:
        assert check_version(folder, "0.10.0") == theirs


def test_a_new_folder_has_no_version(folder: Folder) -> None:
    assert check_version(folder, "0.1.0") is None


def test_one_supervisor_holds_a_folder_and_is_found(folder: Folder) -> None:
    assert supervisor(folder) is None
    with held(folder):
        assert supervisor(folder) is not None
        with pytest.raises(AlreadyRunning), held(folder):
            pass
    assert supervisor(folder) is None


def test_who_looks_at_the_same_time_is_no_supervisor(folder: Folder) -> None:
    with held(folder):
        pass
    with (folder.data / "lock").open("r+") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        assert supervisor(folder) is None


def test_who_looks_at_a_folder_keeps_nobody_from_it(folder: Folder) -> None:
    looking = (folder.data / "lock").open("a+")
    fcntl.flock(looking, fcntl.LOCK_SH)
    ends = Timer(0.1, looking.close)
    ends.start()
    with held(folder):
        assert supervisor(folder) == os.getpid()
    ends.join()


def test_who_has_just_taken_a_folder_is_asked_for_its_number(folder: Folder) -> None:
    with (folder.data / "lock").open("a+") as taking:
        fcntl.flock(taking, fcntl.LOCK_EX)
        says = Timer(0.1, lambda: (folder.data / "lock").write_text("4711\n"))
        says.start()
        assert supervisor(folder) == 4711
        says.join()
