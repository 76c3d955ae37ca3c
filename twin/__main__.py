"""How is a synthetic population written to a file? `python -m twin --place area --months 12 --out FILE.ndjson`."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from twin import Totals, generate, score
from twin.errors import Rates, spoil, truth
from twin.places import KNOWN_SINCE
from twin.population import START
from twin.scales import REGISTERED

EXAMPLES = """examples:
  python -m twin --out sandbox.ndjson                                    a sandbox of 40 households, 22 months
  python -m twin --place area --months 12 --out area.ndjson              what one collaborator visits
  python -m twin --place hai-duong --months 0 --out stock.ndjson --totals totals.json
  python -m twin --place area --months 12 --errors 1 --truth truth.ndjson --out reports.ndjson
  python -m twin score --truth truth.ndjson --believed believed.ndjson

The same arguments give the same bytes. The reports go in with `socai report FILE`. A file with people is readable by
nobody else.
"""
PORTION, PATIENCE = 2_000, 2.0
MOST_TIMES, MOST_MONTHS = 100, 1200
EARLIEST, LATEST = date.fromisoformat(KNOWN_SINCE), date(2100, 1, 1)


def _some(text: str) -> int:
    """Read a number of households."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one household")
    return number


def _months(text: str) -> int:
    """Read a number of months."""
    number = int(text)
    if not 0 <= number <= MOST_MONTHS:
        raise argparse.ArgumentTypeError(f"from 0 to {MOST_MONTHS} months")
    return number


def _times(text: str) -> float:
    """Read how often something happens for each time in reality."""
    number = float(text)
    if not 0 <= number <= MOST_TIMES:
        raise argparse.ArgumentTypeError(f"from 0 to {MOST_TIMES}")
    return number


def _rate(text: str) -> float:
    """Read a rate of events, of which there must be some."""
    number = _times(text)
    if not number:
        raise argparse.ArgumentTypeError("more than 0; --months 0 registers only")
    return number


def _day(text: str) -> date:
    """Read a first day, on which the units of the place are there."""
    day = date.fromisoformat(text)
    if not EARLIEST < day <= LATEST:
        raise argparse.ArgumentTypeError(f"later than {EARLIEST} and up to {LATEST}")
    return day


def parser() -> argparse.ArgumentParser:
    """Describe the arguments."""
    made = argparse.ArgumentParser(
        prog="python -m twin",
        description="Write the CloudEvents reports of an invented population of Hải Dương and Hải Phòng as NDJSON.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = made.add_mutually_exclusive_group()
    where.add_argument("--place", choices=sorted(REGISTERED), help="an area, a commune or a province, with its people")
    where.add_argument("--households", type=_some, default=40, help="or so many households (default 40)")
    made.add_argument("--seed", type=int, default=1, help="another seed, another population (default 1)")
    made.add_argument("--from", dest="start", type=_day, default=START, metavar="DATE", help="the first day")
    made.add_argument(
        "--months", type=_months, default=22, help="months of events after it (default 22); 0 registers only"
    )
    made.add_argument("--scale", type=_rate, help="events for each one of reality (default 4; 1 with --place)")
    made.add_argument("--errors", type=_times, default=0.0, metavar="TIMES", help="errors for each one in reality")
    made.add_argument("--truth", type=Path, metavar="FILE", help="keep what is true here; no platform reads it")
    made.add_argument("--out", type=Path, help="the file to write; standard output without it")
    made.add_argument("--totals", type=Path, metavar="FILE", help="write control totals as JSON, by month")
    return made


def main() -> None:
    """Write the lines, to a file or to standard output; or compare what is true with what is believed."""
    if sys.argv[1:2] == ["score"]:
        score.main(sys.argv[2:])
        return
    arguments = parser()
    chosen = arguments.parse_args()
    if chosen.errors and chosen.totals is not None:
        arguments.error("--totals counts what truly happens, and not what is told with --errors: see `score`")
    if chosen.totals is not None and chosen.months and chosen.start.day > 1:
        arguments.error("--totals counts months of the calendar: --from must be the first of a month")
    paths = [path for path in (chosen.out, chosen.truth, chosen.totals) if path is not None]
    if len({path.resolve() for path in paths}) < len(paths):
        arguments.error(f"each needs a file of its own: {', '.join(map(str, paths))}")
    place = chosen.place or chosen.households
    scale = chosen.scale or (1.0 if chosen.place else 4.0)
    totals = Totals()
    lines = generate(place, chosen.seed, chosen.start, chosen.months, scale, totals)
    with ExitStack() as files:
        try:
            # All at once: what cannot be written shows before a province is told.
            keep, out = (path and files.enter_context(_opened(path)) for path in (chosen.truth, chosen.out))
            sums = chosen.totals and files.enter_context(chosen.totals.open("w", encoding="utf-8"))
        except OSError as wrong:
            arguments.error(f"{wrong.filename}: {wrong.strerror}")
        if keep or chosen.errors:
            lines = spoil(lines, Rates().scaled(chosen.errors), chosen.seed, partial(_note, keep))
        (out or sys.stdout.buffer).writelines(_told(lines, totals))
        if sums:
            sums.write(json.dumps(totals.told(), indent=1) + "\n")


def _told(lines: Iterable[bytes], totals: Totals) -> Iterator[bytes]:
    """Join lines to portions, and say every now and then how far it is."""
    rest, began = iter(lines), time.monotonic()
    next_word = began + PATIENCE
    while portion := b"".join(islice(rest, PORTION)):
        yield portion
        if time.monotonic() > next_word:
            next_word = time.monotonic() + PATIENCE
            month = f", month {len(totals.by_month)} of {totals.months}" if totals.months else ""
            sys.stderr.write(f"{totals.reports:,} reports{month}\n")


def _note(file: BinaryIO | None, record: truth.Truth) -> None:
    if file is not None:
        truth.write(file, record)


def _opened(path: Path) -> BinaryIO:
    # People, if invented ones: for nobody else's eyes, as every file with people.
    return open(path, "wb", opener=partial(os.open, mode=0o600))


if __name__ == "__main__":
    main()
