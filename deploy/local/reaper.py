"""Who ends the processes when the supervisor itself was killed?

This one, run as `python -m deploy.local.reaper DATA OWNER`: its standard input is a pipe that only the supervisor
holds open. When that ends, whatever pid files still name as the supervisor's is asked to stop and then killed.
On Linux the kernel has already told each of them (see tied.py); this is what insists.
"""

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.folder import Folder
from deploy.local.processes import end_noted
from deploy.local.run_file import remove_run_file
from deploy.local.settings import ROOT


class Reaper:
    """Lives beside the supervisor, in a session of its own so that Ctrl-C does not reach it."""

    def __init__(self, folder: Folder) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.reaper", str(folder.data), str(os.getpid())],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def main() -> None:
    folder, owner = Folder(Path(sys.argv[1])), int(sys.argv[2])
    sys.stdin.buffer.read()
    remove_run_file(folder, owner)
    end_noted(folder.pids, owner)


if __name__ == "__main__":
    main()
