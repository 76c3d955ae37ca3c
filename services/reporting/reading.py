"""From which moment, and out of which hierarchy, is a question answered?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from contracts.unit import Hierarchy
from kit.process.database import PLAN_AS_ASKED, Connection
from kit.projections.history import awaited, known_position
from services.reporting.sources import Sources


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
        return await self.sources.hierarchies.get(self.connection, self.sources.reading.today(), self.position)


# How many areas a unit has is only known when it is asked for. Planned for few, a nested loop over the areas of a
# province took minutes where a hash join takes half a second.
_PLANNING: Final = f"set local enable_nestloop = off; {PLAN_AS_ASKED}"


@asynccontextmanager
async def moment(sources: Sources, not_before: int | None, as_known: str | None) -> AsyncIterator[Moment]:
    """Look once everything up to `not_before`, and up to a position `as_known`, is there.

    Raises PositionNotReached when that takes too long. What was known at an instant is capped at what is complete, so
    that the same question has the same answer later.
    """
    position = await sources.reading.reached(awaited(not_before, as_known))
    async with sources.reading.database.snapshot() as connection:
        await connection.execute(_PLANNING)
        known = min(await known_position(connection, as_known), position)
        yield Moment(sources, connection, position, known)
