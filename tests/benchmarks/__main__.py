"""How fast is the product on this machine, each figure beside its limit?   python -m tests.benchmarks --help"""

import argparse
import logging
import sys
import time
from collections.abc import Sequence

from deploy.local.interruption import Stopped
from deploy.local.settings import ROOT
from deploy.local.supervisor import EXPECTED, speaker
from kit.process import collector
from tests.benchmarks import (
    flowing,
    imports,
    intake,
    kinds,
    late,
    lookups,
    nation,
    profiling,
    projections,
    province,
    rebuilds,
)
from tests.benchmarks.bench import FULL, FULL_ROUNDS, QUICK, QUICK_ROUNDS, Bench
from tests.benchmarks.ground import Ground, opened
from tests.benchmarks.stock import stock
from tests.benchmarks.table import Figure, read, render, write

RESULTS = ROOT / ".socai" / "bench.json"
FIGURES = {
    "intake_bulk": intake.bulk,
    "intake_households": intake.households,
    "report_single_p95": intake.single,
    "projection_registry": projections.registry,
    "projection_reporting": projections.reporting,
    "projection_exchange": projections.exchange,
    "end_to_end": flowing.end_to_end,
    "rebuild": rebuilds.rebuild,
    "lookup": lookups.lookup,
    "freshness_p95": flowing.freshness,
    "import_a0": imports.a0,
    "late_report": late.late_report,
    "intake_kinds": kinds.intake_kinds,
}
FEWEST_ROUNDS = 3


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(FIGURES), metavar="NAME", help=", ".join(FIGURES))
    parser.add_argument("--rounds", type=int, default=FEWEST_ROUNDS, help="of which the middle one counts")
    parser.add_argument("--quick", action="store_true", help="20,000 persons and short rounds: to try the bench itself")
    parser.add_argument("--profile", choices=list(profiling.PROFILES), help="where the time goes, instead of figures")
    parser.add_argument("--nation", action="store_true", help="what a nation takes, by what was measured last")
    parser.add_argument("--place", help="a whole province (hai-duong, hai-phong, or so many households) instead")
    parser.add_argument("--months", type=int, default=2, help="how long it lives")
    return parser.parse_args(given)


def run(ground: Ground, chosen: argparse.Namespace) -> list[Figure]:
    if chosen.place:
        return province.figures(ground, chosen.place, chosen.months, max(1, chosen.rounds))
    size, of = (QUICK, QUICK_ROUNDS) if chosen.quick else (FULL, FULL_ROUNDS)
    kept, people = stock(ground, size)
    bench = Bench(ground, kept, people, max(1, chosen.rounds), of)
    # Benches that decide within this process have the collector of the services that do.
    collector.look_rarely()
    if chosen.profile:
        sys.stdout.write(profiling.PROFILES[chosen.profile](bench))
        return []
    found = []
    for name in chosen.only or FIGURES:
        began = time.monotonic()
        ground.say(f"--- {name}")
        found.append(FIGURES[name](bench))
        ground.say(f"{name} took {time.monotonic() - began:.0f} s\n{render(found[-1:])}")
    return found


def _nation() -> int:
    try:
        sys.stdout.write(nation.render(read(RESULTS), nation.Nation()))
    except KeyError as missing:
        sys.stderr.write(f"{missing} was not measured on this machine yet\n")
        return 1
    return 0


def main(given: Sequence[str]) -> int:
    chosen = arguments(given)
    if chosen.nation:
        return _nation()
    # Topics that were made a moment ago are not known to every broker yet; what really fails is raised.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    found: list[Figure] = []
    try:
        with opened(speaker()) as ground:
            found = run(ground, chosen)
    except Stopped:
        return 1
    except EXPECTED as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    if found:
        sys.stdout.write(render(found))
        tried = chosen.quick or (chosen.place or "").isdecimal()
        if not tried:
            write(found, RESULTS)
        sys.stdout.write("a quick run is not written down\n" if tried else f"written to {RESULTS}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
