"""From which moment, and out of which hierarchy, is a question answered?"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from contracts.unit import Hierarchy
from kit.database import Connection, Connections
from kit.history import Snapshots, known_position
from kit.horizon import Horizon
from kit.http import reached
from services.reporting.questions import today_of


@dataclass(frozen=True, slots=True)
class Sources:
    """What lives as long as the process: connections, how far the projections are, the hierarchies built so far."""

    database: Connections
    horizon: Horizon
    hierarchies: Snapshots[Hierarchy]
    patience: float
    clock: Callable[[], float]

    def today(self) -> str:
        """Give today's date in Viet Nam."""
        return today_of(self.clock)


@dataclass(frozen=True, slots=True)
class Moment:
    """One consistent look: nothing above `known`, up to which all is there, enters an answer."""

    sources: Sources
    connection: Connection
    position: int
    known: int

    async def hierarchy(self, on: str) -> Hierarchy:
        """Give the units of a day, as known at this moment."""
        return await self.sources.hierarchies.get(self.connection, on, self.known)

    async def present_hierarchy(self) -> Hierarchy:
        """Give the units of today as known now, by which rights are judged."""
        return await self.sources.hierarchies.get(self.connection, self.sources.today(), self.position)


# How many areas a unit has is only known when it is asked for. Planned for few, a nested loop over the areas of a
# province took minutes where a hash join takes half a second.
_PLANNING: Final = "set local enable_nestloop = off; set local plan_cache_mode = force_custom_plan"


@asynccontextmanager
async def moment(sources: Sources, not_before: int | None, as_known: str | None) -> AsyncIterator[Moment]:
    """Look once everything up to `not_before` is there; raises PositionNotReached when that takes too long."""
    position = await reached(not_before, sources.horizon.wait_for, sources.patience)
    async with (
        sources.database.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute(_PLANNING)
        known = min(await known_position(connection, as_known), position)
        yield Moment(sources, connection, position, known)
