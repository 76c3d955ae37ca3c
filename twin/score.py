"""How well does a platform know the people of a synthetic population? `python -m twin score --truth F --believed F`."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from twin.errors import truth
from twin.scoring import beliefs, errors, figures, households, moves, people, tables
from twin.scoring.parts import Parts
from twin.scoring.truths import Truths, collect

ABOUT = """Compare what a platform believes with what is true.

`--truth` is what `python -m twin --errors 1 --truth FILE` kept, `--believed` what `socai area PLACE --out FILE` wrote.
"""

Part = tuple[Truths, beliefs.Beliefs]


@dataclass(slots=True)
class Score:
    """The whole comparison; of errors, what each led to."""

    people: people.People
    households: households.Households
    moves: moves.Moves
    figures: figures.Figures
    effects: dict[str, Any]
    fates: dict[str, Any]

    @property
    def perfect(self) -> bool:
        """Say whether the platform knows everybody once, where, with whom and as she is, and no move is torn."""
        off = (self.people.missed, self.people.doubled, self.people.lingering, self.people.unknown)
        described = (self.people.misplaced, *self.people.wrong.values())
        homes = self.households
        standing = (homes.missed, homes.lingering, homes.unknown, homes.misplaced, *homes.wrong.values())
        apart = self.moves.open or self.moves.lost or self.moves.unseen
        torn = apart or self.moves.other or self.moves.known < self.moves.on_the_way
        return bool(self.people.found) and not any((*off, *described, *standing, torn, self.figures.off))

    def counts(self) -> dict[str, Any]:
        """Give the figures of the score as JSON."""
        cuts = {
            name: {value: {"true": true, "believed": believed} for value, true, believed in self.figures.by(cut)}
            for cut, name in enumerate(tables.CUTS)
        }
        return {
            "perfect": self.perfect,
            "people": _counted(self.people),
            "households": _counted(self.households),
            "moves": asdict(self.moves),
            "figures": {"off": self.figures.off, **cuts},
            "errors": self.effects,
            "fates": self.fates,
        }


def _counted(of: people.People | households.Households) -> dict[str, Any]:
    counts = {name: len(value) if isinstance(value, list) else value for name, value in asdict(of).items()}
    return counts | {"wrong": {name: len(some) for name, some in of.wrong.items()}}


def score(
    truths: Truths, believed: beliefs.Beliefs, answers: Iterable[bytes] = (), parts: Iterable[Part] | None = None
) -> Score:
    """Compare; `answers` are those that the platform gave to the reports, where they were kept.

    `parts` give the people and households of both sides, where they are not kept in them.
    """
    compared, homes, cells = people.People(), households.Households(), figures.Figures()
    for true, known in parts or [(truths, believed)]:
        part = (
            replace(truths, persons=true.persons, households=true.households),
            replace(believed, persons=known.persons, households=known.households),
        )
        people.compare(*part, compared)
        households.compare(*part, homes)
        figures.compare(*part, cells)
    return Score(
        compared,
        homes,
        moves.compare(truths, believed),
        cells,
        errors.effects(truths, compared),
        errors.fates(truths, answers),
    )


def parser() -> argparse.ArgumentParser:
    """Describe the arguments."""
    made = argparse.ArgumentParser(prog="python -m twin score", description=ABOUT)
    made.add_argument("--truth", type=Path, required=True, metavar="FILE")
    made.add_argument("--believed", type=Path, required=True, metavar="FILE")
    made.add_argument("--answers", type=Path, metavar="FILE", help="what `socai report --answers FILE` kept")
    made.add_argument("--json", action="store_true", help="JSON for programs")
    return made


@contextmanager
def _reading(path: Path, described: argparse.ArgumentParser) -> Iterator[BinaryIO]:
    """Open a file, and end with its name where it cannot be read."""
    try:
        with path.open("rb") as file:
            yield file
    except OSError as wrong:
        described.error(f"{path}: {wrong.strerror}")
    except msgspec.DecodeError as wrong:
        described.error(f"{path}: {wrong}")


def main(arguments: list[str]) -> None:
    """Print the comparison of two files."""
    described = parser()
    chosen = described.parse_args(arguments)
    with ExitStack() as files:
        parts = Parts(files)
        with _reading(chosen.truth, described) as file:
            truths = collect(truth.read(file), parts.true)
        if not truths.until:
            described.error(f"{chosen.truth}: no truth, or one that was not written to its end")
        with _reading(chosen.believed, described) as file:
            known = beliefs.read(file, lambda record: parts.believed(truths.who(record.id), record))
        with _reading(chosen.answers, described) if chosen.answers else nullcontext(()) as answers:
            found = score(truths, known, answers, parts)
    text = (
        json.dumps(found.counts(), ensure_ascii=False, indent=1)
        if chosen.json
        else "\n".join(tables.lines(found.counts()))
    )
    sys.stdout.write(text + "\n")
