"""Do the lines that `make run` prints name what there is?"""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.local.folder import Folder
from deploy.local.run_file import TRIED, curl_lines
from deploy.local.settings import LocalSettings
from gateway.policy import POLICY
from gateway.sandbox.clients import ROLES

BASE = "http://127.0.0.1:8080"


@pytest.mark.parametrize(("client", "path"), TRIED)
def test_each_line_asks_for_a_route_that_its_client_may_use(client: str, path: str) -> None:
    [row] = [row for row in POLICY if (row.method, row.path) == ("GET", urlsplit(path).path)]
    assert row.scope in ROLES[client].scopes


def test_three_lines_are_printed_and_fit_the_usual_folder() -> None:
    lines = curl_lines(BASE, Folder(LocalSettings().data))
    assert len(lines) == 3
    assert all(line.startswith(".venv/bin/socai headers") for line in lines)


def test_another_folder_is_named(tmp_path: Path) -> None:
    assert all(f"--run '{tmp_path}/run.json'" in line for line in curl_lines(BASE, Folder(tmp_path)))
