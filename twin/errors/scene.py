"""What does every error share: chances that depend on nothing but the report, ids, and what has been told so far?"""

from collections.abc import Callable
from hashlib import blake2b
from random import Random
from typing import NamedTuple

from contracts.ids import uuid7
from twin.errors.lives import Lives
from twin.errors.rates import Rates
from twin.errors.truth import Truth

MOST_HOMES = 2000
WHOLE = float(1 << 64)
DAY = 86_400_000


class Home(NamedTuple):
    """A household on the books in which several people live."""

    household: str
    area: str
    on: str


class Scene:
    """The same seed strikes the same reports, whatever else is struck and however the lines are cut."""

    def __init__(self, rates: Rates, seed: int, note: Callable[[Truth], None], lives: Lives) -> None:
        self.rates, self.note, self.lives = rates, note, lives
        self.begin = ""
        self.homes: list[Home] = []
        self.orders: dict[str, int] = {}
        self.twins: set[str] = set()
        self.untold: set[str] = set()
        self.still_here: set[str] = set()
        self.heard: dict[str, int] = {}
        self.retold: dict[str, str] = {}
        self.first_told: dict[str, str] = {}
        self.told_once_more: dict[str, int] = {}
        self.known_as: dict[str, tuple[str, str]] = {}
        self._seed = str(seed).encode()

    def struck(self, error: str, key: str, share: float) -> Random | None:
        """Say whether an error strikes; gives a source of chance for its details, or None."""
        if share <= 0.0:
            return None
        drawn = self._digest(error, key)
        return Random(drawn) if int.from_bytes(drawn[:8], "big") / WHOLE < share else None

    def id(self, told: int, *key: str) -> str:
        """Make an id that nobody else has; the same key gives the same one."""
        return uuid7(told, self._digest("id", *key)[:10])

    def _digest(self, *key: str) -> bytes:
        return blake2b("\0".join(key).encode(), digest_size=16, key=self._seed).digest()

    def settle(self, home: Home) -> None:
        """Remember a home into which somebody may be put."""
        if len(self.homes) < MOST_HOMES:
            self.homes.append(home)

    def home_elsewhere(self, area: str | None, on: str, rng: Random) -> Home | None:
        """Give a household of another area that is on the books on a day."""
        some = [home for home in self.homes if home.area != area and home.on <= on]
        return rng.choice(some) if some else None
