"""From which moment is a question answered, and whom may the one who asks see?"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from contracts.ids import AREA, place_number
from contracts.unit import Hierarchy
from kit.auth import Access
from kit.database import Connection, Connections
from kit.history import ALL_KNOWN, Snapshots, known_position, parse_as_known
from kit.horizon import Horizon
from kit.http import reached
from kit.paging import Cursors

EVERYWHERE = "VN"
VIET_NAM = timezone(timedelta(hours=7))
_AS_KNOWN = "#/as_known"


@dataclass(frozen=True, slots=True)
class Sources:
    """What lives as long as the process."""

    database: Connections
    horizon: Horizon
    hierarchies: Snapshots[Hierarchy]
    cursors: Cursors
    patience: float
    clock: Callable[[], float]

    def today(self) -> str:
        """Give today's date in Viet Nam."""
        return datetime.fromtimestamp(self.clock(), UTC).astimezone(VIET_NAM).date().isoformat()


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

    async def sight(self, access: Access) -> "Sight":
        """Give what a caller may see, judged by the units of today as known now."""
        if EVERYWHERE in access.areas:
            return Sight(None, ())
        hierarchy = await self.sources.hierarchies.get(self.connection, self.sources.today())
        return Sight(hierarchy, access.areas)


@asynccontextmanager
async def moment(
    sources: Sources, not_before: int | None, as_of: str | None = None, as_known: int | str | None = None
) -> AsyncIterator[Moment]:
    """Look once everything up to `not_before`, and up to a position `as_known`, is there.

    What was known at an instant is capped at what is complete, so that the same question has the same answer later.
    """
    asked = None if as_known is None else str(as_known)
    awaited = not_before
    if asked is not None:
        wanted, _ = parse_as_known(asked, _AS_KNOWN)
        awaited = max(not_before or 0, wanted or 0)
    position = await reached(awaited, sources.horizon.wait_for, sources.patience)
    async with sources.database.acquire() as connection:
        known = await known_position(connection, asked, _AS_KNOWN)
        if as_of is not None or asked is not None:
            known = min(known, position)
        present = as_of is None and asked is None
        yield Moment(sources, connection, position, as_of or sources.today(), known, present)


@dataclass(frozen=True, slots=True)
class Sight:
    """The places that a caller may see; without a hierarchy all of them."""

    hierarchy: Hierarchy | None
    areas: tuple[str, ...]

    def sees(self, area: str | None) -> bool:
        """Say whether a place lies within the caller's areas."""
        if self.hierarchy is None:
            return True
        return area is not None and self.hierarchy.within(area, self.areas)

    def places(self) -> list[int] | None:
        """List the areas that may be seen as they stand in rows; None: all of them."""
        return None if self.hierarchy is None else places_within(self.hierarchy, self.areas)


def places_within(hierarchy: Hierarchy, units: tuple[str, ...]) -> list[int]:
    """List the areas at or below some units; an area that the hierarchy does not know stands for itself."""
    named = {unit for unit in units if re.fullmatch(AREA, unit)}
    return sorted(place_number(area) for area in named.union(*map(hierarchy.areas, units)))
