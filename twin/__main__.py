"""How is a synthetic population written to a file? `python -m twin --seed 1 --households 40 --out FILE.ndjson`."""

import argparse
import os
import sys
from datetime import date
from functools import partial
from pathlib import Path

from twin import generate

EXAMPLES = """examples:
  python -m twin --seed 1 --households 40 --from 2025-01-01 --months 22 --out sandbox.ndjson
  python -m twin --households 100000 --months 0 --scale 1 --out stock.ndjson

The same arguments give the same bytes. The reports go in with `socai report FILE`.
"""


def parser() -> argparse.ArgumentParser:
    """Describe the arguments."""
    made = argparse.ArgumentParser(
        prog="python -m twin",
        description="Write the CloudEvents reports of an invented population of Hải Phòng as NDJSON.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--seed", type=int, default=1, help="another seed, another population (default 1)")
    made.add_argument("--households", type=int, default=40, help="how many are registered on the first day")
    made.add_argument("--from", dest="start", type=date.fromisoformat, default=date(2025, 1, 1), metavar="DATE")
    made.add_argument("--months", type=int, default=22, help="months of events after it; 0 registers only")
    made.add_argument("--scale", type=float, default=4.0, help="events for each one of reality (default 4)")
    made.add_argument("--out", type=Path, help="the file to write; standard output without it")
    return made


def main() -> None:
    """Write the lines, to a file or to standard output."""
    chosen = parser().parse_args()
    lines = generate(chosen.seed, chosen.households, chosen.start, chosen.months, chosen.scale)
    if chosen.out is None:
        sys.stdout.buffer.writelines(lines)
        return
    # People, if invented ones: for nobody else's eyes, as every file with people.
    with open(chosen.out, "wb", opener=partial(os.open, mode=0o600)) as file:
        file.writelines(lines)


if __name__ == "__main__":
    main()
