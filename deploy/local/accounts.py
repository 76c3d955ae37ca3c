"""As whom does a part run that refuses to run as root?"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

NOBODY = "nobody"


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int


def find_account(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid)


def service_account(name: str) -> Account | None:
    """None when we are not root: then everything runs as ourselves.

    As root the system account of that name is made when missing; where that cannot be done, `nobody` serves.
    """
    if os.geteuid() != 0:
        return None
    found = find_account(name)
    if found is None and shutil.which("useradd"):
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
        subprocess.run(command, check=False, capture_output=True)
        found = find_account(name)
    account = found or find_account(NOBODY)
    if account is None:
        raise RuntimeError(f"PostgreSQL refuses to run as root, and there is neither an account {name} nor {NOBODY}")
    return account


def can(account: Account, script: str, path: Path) -> bool:
    """Whether a shell of the account can do something with a path (`$0`): asked of the kernel, so every ACL counts."""
    probe = subprocess.run(
        ["/bin/sh", "-c", script, str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
    )
    return probe.returncode == 0
