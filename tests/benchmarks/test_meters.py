"""Does a meter bear it that a process ends while it looks?"""

import subprocess
import sys

import psutil

from tests.benchmarks.meters import largest_child


def test_a_child_that_ended_between_being_listed_and_being_looked_at_holds_nothing() -> None:
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as lives,
        subprocess.Popen([sys.executable, "-c", ""]) as ended,
    ):
        children = [psutil.Process(lives.pid), psutil.Process(ended.pid)]
        ended.wait()
        assert largest_child(children) > 0
        assert largest_child(children[1:]) == 0
        lives.terminate()
