"""What lies below a unit today?"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from contracts.ids import AREA, EVERYWHERE
from kit.process.database import Connection
from services.events.state.timeline import lies
from services.events.state.world import UNIT, World
from services.events.store import ledger

# An area is below a commune; what is tied to it are households. Where the last that is told of a unit is of a day to
# come, it may lie elsewhere today.
_BELOW: Final = f"""
with recursive below (entity, above, later) as (
  select unnest($1::text[]) collate "C", null collate "C", false
  union
  select t.dependant, t.entity, s.last_on > $2
  from below b join tie t on t.entity = b.entity join state s on s.entity = t.dependant
  where s.kind = {UNIT} and b.entity !~ '{AREA}' and s.body is not null
    and (s.last_on > $2 or convert_from(s.body, 'UTF8')::jsonb ->> 'parent' = b.entity)
)
select entity, above, later from below where above is not null
"""  # noqa: S608 - conditions of ours
_HERE: Final = "select entity from state where entity = any($1::text[]) and body is not null"


async def places_below(connection: Connection, units: Sequence[str], today: str) -> list[str] | None:
    """List units and all that lies below them today; None: everywhere."""
    if EVERYWHERE in units:
        return None
    world, below = World(today), defaultdict[str, list[str]](list)
    candidates = await connection.fetch(_BELOW, list(units), today)
    await ledger.load_pasts(connection, world, (place for place, _, later in candidates if later))
    for place, above, later in candidates:
        if not later or getattr(lies(place, world), "parent", None) == above:
            below[above].append(place)
    found = dict.fromkeys(units)
    todo = list(found)
    while todo:
        for place in below[todo.pop()]:
            if place not in found:
                found[place] = None
                todo.append(place)
    return list(found)


async def areas_below(connection: Connection, unit: str, today: str) -> list[str]:
    """List the areas of a unit today, itself if it is one, in order of id."""
    places = await places_below(connection, [unit], today) or []
    areas = [place for place in places if re.fullmatch(AREA, place)]
    return await _known(connection, areas)


async def is_known(connection: Connection, place: str) -> bool:
    """Say whether a unit or area is on the books, of whichever day, or means everywhere."""
    return place == EVERYWHERE or bool(await _known(connection, [place]))


async def _known(connection: Connection, places: Sequence[str]) -> list[str]:
    return sorted(row["entity"] for row in await connection.fetch(_HERE, places))
