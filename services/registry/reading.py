"""From which moment is a question answered?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from kit.auth.access import Access
from kit.process.database import Connection
from kit.projections.history import ALL_KNOWN, awaited, known_position
from services.registry.places import Sight, sight_of
from services.registry.sources import Sources

_AS_KNOWN = "#/as_known"


@dataclass(frozen=True, slots=True)
class Moment:
    """A look at the registry: complete up to `position`, at the end of the day `as_of`, as known at `known`.

    `present`: neither clock was asked for, so whatever has arrived by now counts.
    """

    sources: Sources
    connection: Connection
    position: int
    as_of: str
    known: int
    present: bool

    def about(self) -> dict[str, Any]:
        """Give what every answer says of itself."""
        return {
            "position": self.position,
            "as_of": self.as_of,
            "as_known": None if self.known == ALL_KNOWN else self.known,
        }

    async def sight(self, access: Access) -> Sight:
        """Give what a caller may see."""
        return await sight_of(access, self.sources, self.connection)


@asynccontextmanager
async def moment(
    sources: Sources, not_before: int | None, as_of: str | None = None, as_known: int | str | None = None
) -> AsyncIterator[Moment]:
    """Look once everything up to `not_before`, and up to a position `as_known`, is there.

    What was known at an instant is capped at what is complete, so that the same question has the same answer later.
    """
    asked = None if as_known is None else str(as_known)
    position = await sources.reading.reached(awaited(not_before, asked, _AS_KNOWN))
    async with sources.reading.database.acquire() as connection:
        known = await known_position(connection, asked, _AS_KNOWN)
        if as_of is not None or asked is not None:
            known = min(known, position)
        present = as_of is None and asked is None
        yield Moment(sources, connection, position, as_of or sources.reading.today(), known, present)
