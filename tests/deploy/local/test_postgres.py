"""Does PostgreSQL find a place to live without any permission being loosened?"""

import os
import stat
from pathlib import Path

import pytest

from deploy.local.accounts import service_account
from deploy.local.postgres import choose_home

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as somebody else")


def test_without_root_it_lives_in_the_data_folder(tmp_path: Path) -> None:
    home = choose_home(tmp_path / "data", None)
    assert home == tmp_path / "data" / "postgres"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@root_only
def test_where_the_account_cannot_go_it_lives_outside_and_modes_stay(tmp_path: Path) -> None:
    account = service_account("socai")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    outside = tmp_path / "outside"
    home = choose_home(closed / "data", account, outside)
    assert home.is_relative_to(outside)
    assert account is not None
    assert home.stat().st_uid == account.uid
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@root_only
def test_two_projects_outside_are_apart(tmp_path: Path) -> None:
    account = service_account("socai")
    outside = tmp_path / "outside"
    homes = {choose_home(tmp_path / name, account, outside) for name in ("one", "other")}
    assert len(homes) == 2
