"""How well does a platform know the people of a synthetic population? `python -m twin score --truth F --believed F`."""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from twin.errors import truth
from twin.scoring import beliefs, errors, figures, moves, people, tables
from twin.scoring.truths import Truths, collect

ABOUT = """Compare what a platform believes with what is true.

`--truth` is what `python -m twin --errors 1 --truth FILE` kept, `--believed` what `socai area PLACE --out FILE` wrote.
"""


@dataclass(slots=True)
class Score:
    """The whole comparison; of errors, what each led to."""

    people: people.People
    moves: moves.Moves
    figures: figures.Figures
    effects: dict[str, Any]
    fates: dict[str, Any]

    @property
    def perfect(self) -> bool:
        """Say whether the platform knows everybody once, where and as she is, and no move is torn."""
        off = (self.people.missed, self.people.doubled, self.people.lingering, self.people.unknown)
        described = (self.people.misplaced, *self.people.wrong.values())
        torn = self.moves.open or self.moves.unseen or self.moves.other or self.moves.known < self.moves.on_the_way
        return not any((*off, *described, torn, self.figures.off))

    def counts(self) -> dict[str, Any]:
        """Give the figures of the score as JSON."""
        about = {name: len(value) if isinstance(value, list) else value for name, value in asdict(self.people).items()}
        about["wrong"] = {name: len(some) for name, some in self.people.wrong.items()}
        cuts = {
            name: {value: {"true": true, "believed": believed} for value, true, believed in self.figures.by(cut)}
            for cut, name in enumerate(tables.CUTS)
        }
        return {
            "perfect": self.perfect,
            "people": about,
            "moves": asdict(self.moves),
            "figures": {"off": self.figures.off, **cuts},
            "errors": self.effects,
            "fates": self.fates,
        }


def score(truths: Truths, believed: beliefs.Beliefs, answers: Iterable[bytes] = ()) -> Score:
    """Compare; `answers` are those that the platform gave to the reports, where they were kept."""
    compared = people.compare(truths, believed)
    return Score(
        compared,
        moves.compare(truths, believed),
        figures.compare(truths, believed),
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


def main(arguments: list[str]) -> None:
    """Print the comparison of two files."""
    chosen = parser().parse_args(arguments)
    with chosen.truth.open("rb") as true, chosen.believed.open("rb") as believed:
        truths, known = collect(truth.read(true)), beliefs.read(believed)
    answers = chosen.answers.read_bytes().splitlines() if chosen.answers else ()
    found = score(truths, known, answers)
    text = (
        json.dumps(found.counts(), ensure_ascii=False, indent=1)
        if chosen.json
        else "\n".join(tables.lines(found.counts()))
    )
    sys.stdout.write(text + "\n")
