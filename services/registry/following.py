"""What changed in an area since a program last asked, so that it can follow the area or build it from nothing?

A telephone asks the write side, which knows its counters too.

Whoever ever stood in the area is looked at, in the order of the last fact about her: as many rows as the area has
history, however many other areas there are.
"""

from typing import Any, Final, NamedTuple

from contracts.ids import place_number
from services.registry.facts import decode_household, decode_person
from services.registry.lookups import PRESENT_HOUSEHOLDS, PRESENT_PERSONS
from services.registry.reading import Moment

_EVER: Final = """
with homes as (select distinct entity as id from household_history where area = $1),
people as (select distinct h.entity as id from person_history h join homes on h.household = homes.id),
last as (
  select 'household' as what, h.entity as id, max(h.position) as position
  from household_history h join homes on h.entity = homes.id where h.position <= $3 group by h.entity
  union all
  select 'person', h.entity, max(h.position)
  from person_history h join people on h.entity = people.id where h.position <= $3 group by h.entity)
select what, id, position from last where position > $2
order by position fetch first $4 rows with ties
"""


class Changed(NamedTuple):
    """Households and persons that stand in the area as they are now, ids of those who stand there no longer."""

    households: list[bytes]
    persons: list[bytes]
    left: list[str]
    cursor: int
    more: bool


async def changed_since(now: Moment, area: str, after: int, limit: int) -> Changed:
    """Give what changed behind a position; all that one fact changed comes together.

    A person stands in the area while her household does; who died, left or was taken off the books is in `left`.
    """
    rows = await now.connection.fetch(_EVER, place_number(area), after, now.position, limit)
    more = len(rows) >= limit
    homes = await _states(now, PRESENT_HOUSEHOLDS, [row["id"] for row in rows if row["what"] == "household"])
    people = await _states(now, PRESENT_PERSONS, [row["id"] for row in rows if row["what"] == "person"])
    here = {id_ for id_, state in homes.items() if (home := decode_household(state)) is not None and home.area == area}
    here |= {id_ for id_, state in people.items() if (one := decode_person(state)) is not None and one.area == area}
    return Changed(
        [state for id_, state in homes.items() if id_ in here],
        [state for id_, state in people.items() if id_ in here],
        [str(row["id"]) for row in rows if row["id"] not in here],
        rows[-1]["position"] if more else now.position,
        more,
    )


async def _states(now: Moment, query: str, ids: list[Any]) -> dict[Any, bytes]:
    found = {row["entity"]: row["state"] for row in await now.connection.fetch(query, ids)} if ids else {}
    return {id_: found[id_] for id_ in ids if found.get(id_) is not None}
