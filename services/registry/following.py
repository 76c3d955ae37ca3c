"""What changed in an area since a program last asked, so that it can follow the area or build it from nothing?

A telephone asks the write side, which knows its counters too.

Whoever ever stood in the area is looked at, in the order of the last fact about her: as many rows as the area has
history, however many other areas there are.
"""

from datetime import date
from typing import Any, Final, NamedTuple

from contracts.ids import place_number
from contracts.person import PersonState
from services.registry.facts import decode_household, decode_person
from services.registry.lookups import (
    HOUSEHOLD_STATES,
    PERSON_STATES,
    PRESENT_HOUSEHOLDS,
    PRESENT_PERSONS,
    decode_person_state,
)
from services.registry.reading import Moment
from services.registry.sensitive import without_sensitive

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

EVER: Final = date.max


class Changed(NamedTuple):
    """Households and persons that stand in the area as they are now, ids of those who stand there no longer."""

    households: list[bytes]
    persons: list[bytes]
    left: list[str]
    cursor: int
    more: bool


async def changed_since(now: Moment, area: str, after: int, limit: int, names: frozenset[str]) -> Changed:
    """Give what changed behind a position; all that one fact changed comes together.

    A person stands in the area while her household does; who died, left or was taken off the books since is in `left`.
    Who differs from what was known at that position in nothing but `names`, which are withheld, has not changed.
    """
    rows = await now.connection.fetch(_EVER, place_number(area), after, now.position, limit)
    more = len(rows) >= limit
    homes = await _states(now, PRESENT_HOUSEHOLDS, [row["id"] for row in rows if row["what"] == "household"])
    people = await _states(now, PRESENT_PERSONS, [row["id"] for row in rows if row["what"] == "person"])
    here = _standing(area, homes, people)
    ids = [row["id"] for row in rows if names or row["id"] not in here]
    former = await _states(now, HOUSEHOLD_STATES, ids, EVER, after)
    known = await _states(now, PERSON_STATES, ids, EVER, after)
    stood = _standing(area, former, known)
    same = {id_ for id_, state in people.items() if id_ in known and _plain(known[id_], names) == _plain(state, names)}
    return Changed(
        [state for id_, state in homes.items() if id_ in here],
        [state for id_, state in people.items() if id_ in here - same],
        [str(row["id"]) for row in rows if row["id"] in stood - here],
        rows[-1]["position"] if more else now.position,
        more,
    )


def _standing(area: str, homes: dict[Any, bytes], people: dict[Any, bytes]) -> set[Any]:
    here = {id_ for id_, state in homes.items() if (home := decode_household(state)) is not None and home.area == area}
    here |= {id_ for id_, state in people.items() if (one := decode_person(state)) is not None and one.area == area}
    return here


def _plain(state: bytes, names: frozenset[str]) -> PersonState:
    return decode_person_state(without_sensitive(state, names))


async def _states(now: Moment, query: str, ids: list[Any], *clocks: object) -> dict[Any, bytes]:
    rows = await now.connection.fetch(query, *clocks, ids) if ids else []
    found = {row["entity"]: row["state"] for row in rows}
    return {id_: found[id_] for id_ in ids if found.get(id_) is not None}
