"""To whom may something happen in a month, how likely, and how is it made to happen?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from twin.draws import MILLION, Ints
from twin.life.schedules import MONTHS
from twin.life.world import World

Pool = tuple[Ints, Ints]
ATTEMPTS = 200


@dataclass(frozen=True, eq=False)
class Happening:
    """`pool` gives rows with their chances in millionths a year; `tell` lets it happen to one, if it can."""

    pool: Callable[[World], Pool]
    tell: Callable[[World, int], bool]
    season: tuple[int, ...] = (100,) * MONTHS

    def happen(self, world: World, scale: float) -> None:
        """Let it happen as often as its chances say, `scale` times as often as in reality."""
        rows, chances = self.pool(world)
        season = self.season[world.first.month - 1]
        monthly = chances * round(scale * season * 100) // (MONTHS * 10_000)
        for row in rows[world.draws.hits(monthly)].tolist():
            self.tell(world, row)

    def show(self, world: World, tell: Callable[[World, int], bool] | None = None) -> bool:
        """Let it happen once, whatever its chances, in the way of `tell` or in its own."""
        rows, chances = self.pool(world)
        ends = np.cumsum(chances)
        if not len(ends) or not ends[-1]:
            return False
        total = int(ends[-1])
        for _ in range(ATTEMPTS):
            at = world.draws.one(MILLION) * total // MILLION
            if (tell or self.tell)(world, int(rows[np.searchsorted(ends, at, side="right")])):
                return True
        return False


def everybody(chance: int, first: int, last: int = 120) -> Callable[[World], Pool]:
    """Take those who live here and are from `first` to below `last` years old."""

    def pool(world: World) -> Pool:
        rows, _ = world.aged(first, last)
        return rows, np.full(len(rows), chance)

    return pool


def registered(register: Callable[[World], Iterable[int]], chance: int) -> Callable[[World], Pool]:
    """Take those who stand in a register of the world."""

    def pool(world: World) -> Pool:
        rows = np.array(list(register(world)), dtype=np.int64)
        return rows, np.full(len(rows), chance)

    return pool


def households(chance: int) -> Callable[[World], Pool]:
    """Take the households that have a head; their rows are those of households."""

    def pool(world: World) -> Pool:
        homes = world.homes
        found = np.flatnonzero((homes.head[: homes.size] >= 0) & ~homes.ended[: homes.size])
        return found, np.full(len(found), chance)

    return pool
