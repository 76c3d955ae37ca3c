"""Which places may a caller see, when the agreement names units whose parts change with time?"""

from dataclasses import dataclass

from contracts.ids import EVERYWHERE, place_number
from contracts.unit import Hierarchy
from kit.auth.access import Access
from kit.process.database import Connection
from services.registry.sources import Sources


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
        return None if self.hierarchy is None else sorted(map(place_number, self.hierarchy.areas_of(self.areas)))


async def sight_of(access: Access, sources: Sources, connection: Connection) -> Sight:
    """Give what a caller may see, judged by the units of today as known now."""
    if EVERYWHERE in access.areas:
        return Sight(None, ())
    return Sight(await sources.hierarchies.get(connection, sources.reading.today()), access.areas)
