"""What changed in an area since a program last asked, so that it can follow the area or build it from nothing?

A telephone asks the write side, which knows its counters too.

Whoever ever stood in the area is looked at, in the order of the last fact about her: as many rows as the area has
history, however many other areas there are.
"""

from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple, Self

import msgspec

from contracts.ids import place_number
from kit.http.paging import Round
from services.registry.facts import decode_household, decode_person
from services.registry.lookups import HOUSEHOLD_STATES, PERSON_STATES
from services.registry.reading import Moment
from services.registry.sensitive import without_sensitive

_EVER: Final = """
with homes as (select distinct entity as id from household_history where area = $1),
people as (select distinct h.entity as id from person_history h join homes on h.household = homes.id),
last as (
  select h.entity as id, max(h.position) as position
  from household_history h join homes on h.entity = homes.id where h.position <= $3 group by h.entity
  union all {people})
select id, position from last where position > $2
order by position fetch first $4 rows with ties
"""
_LAST: Final = """
  select h.entity, max(h.position)
  from person_history h join people on h.entity = people.id where h.position <= $3 group by h.entity
"""
# Whoever is not told everything learns neither from a page nor from an order that there was something.
_SEEN: Final = _EVER.format(people="select * from unnest($5::uuid[], $6::bigint[])")
_ALL: Final = _EVER.format(people=_LAST)
_ROWS: Final = """
with homes as (select distinct entity as id from household_history where area = $1),
people as (select distinct h.entity as id from person_history h join homes on h.household = homes.id)
select h.entity, h.position, h."on", h.rank, h.sign, h.state
from person_history h join people on h.entity = people.id where h.position <= $2
order by h.entity, h.position, h.sign
"""
_NEWEST: Final = "select recorded_at from cause where position <= $1 order by position desc limit 1"
_ANY_DAY: Final = date.max

States = dict[Any, bytes]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a follower stands: how far it is, up to which position it may have been told, and when the last of that was
    recorded (microseconds since 1970).

    A ledger that was restored without its end gives those positions anew, to what it records at another instant.
    """

    round: Round = Round()
    seen: int = 0
    recorded_at: int = 0

    @classmethod
    async def at(cls, now: Moment, reached: Round) -> Self:
        """Stand where an answer ended."""
        return cls(reached, now.position, await _newest(now, now.position))

    async def stands(self, now: Moment) -> bool:
        """Say whether what was told is still what is on the books at these positions."""
        return not self.seen or await _newest(now, self.seen) == self.recorded_at


async def _newest(now: Moment, position: int) -> int:
    return await now.connection.fetchval(_NEWEST, position) or 0


class Changed(NamedTuple):
    """Households and persons that stand in the area, ids of those who stand there no longer.

    `reached`: how far the caller is with it; `more`: there is more.
    """

    households: list[bytes]
    persons: list[bytes]
    left: list[str]
    reached: Round
    more: bool


async def changed_since(now: Moment, area: str, since: Round, limit: int, names: frozenset[str]) -> Changed:
    """Give what changed since the caller knew the area; all that one fact changed comes together.

    A person stands in the area while her household does; who died, left or was taken off the books since is in `left`.
    Who differs from what was known then in nothing but `names`, which are withheld, has not changed.
    """
    this = since.begun(now.position)
    asked = place_number(area), this.reached, this.until, limit
    if names:
        rows = await now.connection.fetch(_SEEN, *asked, *await _seen(now, area, this.until, names))
    else:
        rows = await now.connection.fetch(_ALL, *asked)
    more = len(rows) >= limit
    ids = [row["id"] for row in rows]
    homes, people = await _states(now, ids, this.until, names)
    here, left = _standing(area, homes, people), set[Any]()
    # Who knows nothing of the area yet is told of everybody there, and misses nobody who left.
    if this.known:
        known_homes, known_people = await _states(now, ids, this.known, names)
        left = _standing(area, known_homes, known_people) - here
        known = known_homes | known_people
        here = {one for one in here if known.get(one) != (homes | people)[one]}
    return Changed(
        [homes[one] for one in ids if one in here and one in homes],
        [people[one] for one in ids if one in here and one in people],
        [str(one) for one in ids if one in left],
        msgspec.structs.replace(this, reached=rows[-1]["position"]) if more else this.ended(),
        more or this.until < now.position,
    )


async def _seen(now: Moment, area: str, until: int, names: frozenset[str]) -> tuple[list[Any], list[int]]:
    """Give everybody who ever stood in an area, and for each the position at which she last became another, as a caller
    sees it.
    """
    last: dict[Any, int] = {}
    rows = await now.connection.fetch(_ROWS, place_number(area), until)
    for one, told in groupby(rows, itemgetter("entity")):
        slots: dict[tuple[date, int], bytes | None] = {}
        shown: bytes | None = None
        for position, changes in groupby(told, itemgetter("position")):
            for row in changes:
                slots.pop((row["on"], row["rank"]), None)
                if row["sign"] > 0:
                    slots[row["on"], row["rank"]] = row["state"]
            state = slots[max(slots)] if slots else None
            before, shown = shown, None if state is None else without_sensitive(state, names)
            if shown != before:
                last[one] = position
    return list(last), list(last.values())


def _standing(area: str, homes: States, people: States) -> set[Any]:
    here = {one for one, state in homes.items() if (home := decode_household(state)) is not None and home.area == area}
    return here | {one for one, state in people.items() if (who := decode_person(state)) and who.area == area}


async def _states(now: Moment, ids: list[Any], position: int, names: frozenset[str]) -> tuple[States, States]:
    """Give the latest states of households and of persons as they were known at a position."""
    homes = await now.connection.fetch(HOUSEHOLD_STATES, _ANY_DAY, position, ids)
    people = await now.connection.fetch(PERSON_STATES, _ANY_DAY, position, ids)
    return (
        {row["entity"]: row["state"] for row in homes if row["state"] is not None},
        {row["entity"]: without_sensitive(row["state"], names) for row in people if row["state"] is not None},
    )
