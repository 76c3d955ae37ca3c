"""What changed in an area since a telephone last asked, so that it can follow its area or build it from nothing?

Whoever ever stood in the area is looked at, in the order of the last fact that speaks of her: as many rows as the area
has history, however many other areas there are.
"""

from bisect import bisect_right
from operator import itemgetter
from typing import Any, Final

import msgspec

from contracts.household import HouseholdState
from contracts.person import PersonState
from contracts.withheld import without
from kit.access import Access
from kit.database import Connection
from services.events import ledger
from services.events.places import within
from services.events.sensitive import hidden
from services.events.world import World, positions_in

_EVER: Final = """
with homes as (select distinct dependant as entity from tie where entity = $1)
select s.entity, s.facts from state s join (
  select entity from homes union select t.dependant from tie t join homes on t.entity = homes.entity
) as ever on s.entity = ever.entity
"""


class Changed(msgspec.Struct, frozen=True):
    """Households and persons that stand in the area as they are now, ids of those who stand there no longer.

    `cursor`: the position up to which this is everything; `more`: there is more behind it.
    """

    households: list[HouseholdState]
    persons: list[PersonState]
    left: list[str]
    cursor: int
    more: bool


async def changed_since(
    connection: Connection, area: str, access: Access, after: int, limit: int, position: int
) -> Changed | None:
    """Give what changed behind a position up to `position`, where the ledger stands; all that one fact changed comes
    together. None where the caller has no business.

    A person stands in the area while her household does; who died, left or was taken off the books is in `left`.
    """
    world = World()
    if not await ledger.look(connection, world, lambda: within((area,), world, access.areas)):
        return None
    ever = [(positions_in(row["facts"])[-1], row["entity"]) for row in await connection.fetch(_EVER, area)]
    changed = sorted(one for one in ever if one[0] > after)
    more = len(changed) > limit
    if more:
        changed = changed[: bisect_right(changed, changed[limit - 1][0], key=itemgetter(0))]
    await ledger.load_rows(connection, world, (entity for _, entity in changed))
    states = {entity: None if (row := world.rows[entity]) is None else row.state for _, entity in changed}
    here: list[Any] = [state for state in states.values() if getattr(state, "area", None) == area]
    names = hidden(access)
    return Changed(
        [state for state in here if isinstance(state, HouseholdState)],
        [without(state, names) for state in here if isinstance(state, PersonState)],
        [entity for entity, state in states.items() if getattr(state, "area", None) != area],
        changed[-1][0] if more else position,
        more,
    )
