"""What does every bench get: the stock, how many rounds, how large they are, and where to say how it goes?"""

from dataclasses import dataclass

from tests.benchmarks.ground import Ground
from tests.benchmarks.people import People
from tests.benchmarks.stock import Size, Stock


@dataclass(frozen=True)
class Rounds:
    """How much is done in a round of each bench; seconds or numbers of reports, facts and requests."""

    bulk: int = 30_000
    households: int = 18_000
    single: int = 6_000
    facts: int = 20_000
    sheets: int = 3_000
    lookups: int = 10_000
    sustained_seconds: float = 60.0
    freshness_seconds: float = 15.0
    imported: int = 15_000


FULL, FULL_ROUNDS = Size(400_000, 80_000, 14_000), Rounds()
QUICK = Size(20_000, 22_000, 2_500)
QUICK_ROUNDS = Rounds(
    bulk=6_000,
    households=2_000,
    single=1_500,
    facts=4_000,
    sheets=500,
    lookups=2_000,
    sustained_seconds=8.0,
    freshness_seconds=5.0,
    imported=2_000,
)


@dataclass(frozen=True)
class Bench:
    """Everything that a bench needs."""

    ground: Ground
    stock: Stock
    people: People
    rounds: int
    of: Rounds

    def say(self, text: str) -> None:
        self.ground.say(text)
