"""What is true, read from the file that the layer of errors keeps?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from twin.errors.truth import Double, Household, Move, Person, Span, Told, Truth, Untold


@dataclass(slots=True)
class Truths:
    """True persons and households, other ids of persons, their moves, and what went wrong with which report."""

    persons: dict[str, Person] = field(default_factory=dict)
    households: dict[str, Household] = field(default_factory=dict)
    doubles: dict[str, str] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)
    until: str = ""

    def who(self, told: str) -> str:
        """Give the true id of whoever is told under some id."""
        while told in self.doubles:
            told = self.doubles[told]
        return told


def collect(records: Iterable[Truth], aside: Callable[[Person | Household], None] | None = None) -> Truths:
    """Put the records in order; people and households go to `aside`, where there is one, instead of being kept."""
    truths = Truths()
    for record in records:
        match record:
            case Person() | Household() if aside is not None:
                aside(record)
            case Person():
                truths.persons[record.person] = record
            case Household():
                truths.households[record.household] = record
            case Double():
                truths.doubles[record.person] = record.of
            case Move():
                truths.moves.append(record)
            case Told():
                truths.told.append(record)
            case Untold():
                truths.untold.append(record)
            case Span():
                truths.until = record.until
    return truths
