"""Which areas may a client see, when the agreement names units whose parts change with time?"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from contracts.calendar import today
from contracts.ids import EVERYWHERE, block_of, place_number
from contracts.unit import hierarchy_of
from kit.process.database import Connection
from kit.projections.history import Snapshots
from services.exchange.projections.units import UNIT_HISTORY


class Sight:
    """The areas that a client may see; `blocks` (founding communes of these) narrow a query, `sees` decides."""

    def __init__(self, areas: frozenset[int], *, everywhere: bool = False) -> None:
        self.everywhere = everywhere
        self.blocks = sorted(set(map(block_of, areas)))
        self.areas = areas

    def sees(self, area: int | None) -> bool:
        """Say whether an area lies within sight; who belongs to no area is seen from everywhere only."""
        return self.everywhere or area in self.areas

    def differs(self, other: "Sight") -> frozenset[int]:
        """Give the areas that lie within one of two sights alone."""
        return self.areas ^ other.areas


class Territory:
    """The hierarchy of one day, and what was already worked out from it."""

    def __init__(self, states: Iterable[bytes]) -> None:
        self._hierarchy = hierarchy_of(states)
        self._sights: dict[tuple[str, ...], Sight] = {}

    def sight(self, units: tuple[str, ...]) -> Sight:
        """Give what lies within the units (or areas) of an agreement."""
        found = self._sights.get(units)
        if found is None:
            areas = frozenset(map(place_number, self._hierarchy.areas_of(units)))
            found = self._sights[units] = Sight(areas, everywhere=EVERYWHERE in units)
        return found


class Places:
    """Territories as they stand today in Viet Nam, built when units change."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._snapshots = Snapshots(UNIT_HISTORY, Territory, keep=4)
        self._known: tuple[str, int, Territory] | None = None

    def now(self) -> datetime:
        """Give this instant, in UTC."""
        return datetime.fromtimestamp(self._clock(), UTC)

    def day(self) -> str:
        """Give today, in Viet Nam."""
        return today(self._clock())

    async def then(self, connection: Connection, day: str, position: int) -> Territory:
        """Give the territory of a day as known at a position."""
        return await self._snapshots.get(connection, day, position)

    async def today(self, connection: Connection, position: int) -> Territory:
        """Give the territory of today with every change of units up to a complete position, and perhaps later ones."""
        day = self.day()
        # Of a lower position nothing is known either: a restore may have lost what stood above it.
        if self._known is not None and self._known[:2] == (day, position):
            return self._known[2]
        territory = await self._snapshots.get(connection, day)
        self._known = day, position, territory
        return territory
