"""What changed in an area since a telephone last asked, so that it can follow its area or build it from nothing?

Whoever ever stood in the area is looked at, in the order of the last fact that speaks of her: as many rows as the area
has history, however many other areas there are.
"""

from bisect import bisect_right
from collections.abc import Iterable
from operator import itemgetter
from typing import Any, Final

import msgspec

from contracts.household import HouseholdState
from contracts.person import PersonState
from contracts.withheld import without
from kit.access import Access
from kit.database import Connection
from services.events import ledger
from services.events.effects import area_of
from services.events.places import within
from services.events.sensitive import Names, hidden, is_sensitive, without_sensitive
from services.events.timeline import transitions
from services.events.world import State, World, positions_in

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

    A person stands in the area while her household does; who died, left or was taken off the books since is in `left`.
    Of whom nothing was told but what the caller may not see, nothing was told.
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
    names = hidden(access)
    states = {entity: None if (row := world.rows[entity]) is None else row.state for _, entity in changed}
    there = {entity for entity, state in states.items() if getattr(state, "area", None) == area}
    # Whoever is there and hidden from nobody has changed, as her row says.
    since = await _told_since(connection, world, states.keys() - (there if not names else set()), after, names)
    here: list[Any] = [state for entity, state in states.items() if entity in there and (not names or entity in since)]
    return Changed(
        [state for state in here if isinstance(state, HouseholdState)],
        [without(state, names) for state in here if isinstance(state, PersonState)],
        [
            entity
            for entity in states
            if entity not in there and any(area in area_of(one) for one in since.get(entity, ()))
        ],
        changed[-1][0] if more else position,
        more,
    )


async def _told_since(
    connection: Connection, world: World, entities: Iterable[str], after: int, names: Names
) -> dict[str, list[State | None]]:
    """Give the states, before and after, that facts behind a position tell of entities, as far as a caller may see
    them; without any of those of whom they tell nothing.
    """
    behind = {entity: [] if (row := world.rows[entity]) is None else row.positions for entity in entities}
    behind = {entity: [position for position in positions if position > after] for entity, positions in behind.items()}
    await ledger.load_facts(connection, world, sorted({one for positions in behind.values() for one in positions}))
    facts = {one: without_sensitive(world.facts[one], names) for positions in behind.values() for one in positions}
    told: dict[str, list[State | None]] = {}
    for entity, positions in behind.items():
        for fact in (found for position in positions if (found := facts[position]) is not None):
            steps = [one for side in (fact.retracts, fact.asserts) for one in transitions(side) if one.entity == entity]
            named = entity in fact.names and not is_sensitive(fact.cause.type)
            if steps or named:
                told.setdefault(entity, []).extend(state for step in steps for state in (step.before, step.after))
    return told
