"""Is a population of any size given its errors and its score without being in memory as a whole?"""

import json
import subprocess
import sys
from pathlib import Path

from deploy.local.settings import ROOT
from tests.twin.test_score import perfect

HOUSEHOLDS = 20_000
TWIN = """
from pathlib import Path
from twin.__main__ import main
main()
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


def twin(*arguments: object) -> tuple[int, str]:
    """Run the command; gives the most megabytes that it had at once, and what it printed before."""
    command = [sys.executable, "-c", TWIN, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    *said, peak = done.stdout.splitlines()
    return int(peak) // 1000, "\n".join(said)


def test_half_a_district_gets_its_errors_and_its_score_in_little_memory(tmp_path: Path) -> None:
    """With all 76,000 people in memory it took 205 and 210 MB."""
    true, believed = tmp_path / "truth.ndjson", tmp_path / "believed.ndjson"
    files = ("--errors", 1, "--truth", true, "--out", tmp_path / "reports.ndjson")
    told, _ = twin("--households", HOUSEHOLDS, "--months", 12, "--scale", 1, *files)
    believed.write_bytes(perfect(true))
    compared, said = twin("score", "--truth", true, "--believed", believed, "--json")
    assert told < 150
    assert compared < 120
    people = json.loads(said)["people"]
    assert people["found"] == people["true"] == people["believed"] > 76_000
