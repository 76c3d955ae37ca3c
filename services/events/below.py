"""What lies below a unit by now?"""

from collections.abc import Sequence
from typing import Final

from contracts.ids import AREA, EVERYWHERE
from kit.database import Connection
from services.events.world import UNIT

# An area is below a commune; what is tied to it are households.
_BELOW: Final = f"""
with recursive below (entity) as (
  select unnest($1::text[]) collate "C"
  union
  select t.dependant from below b join tie t on t.entity = b.entity join state s on s.entity = t.dependant
  where s.kind = {UNIT} and b.entity !~ '{AREA}' and s.body is not null
    and convert_from(s.body, 'UTF8')::jsonb ->> 'parent' = b.entity
)
"""  # noqa: S608 - conditions of ours
_PLACES: Final = f"{_BELOW} select entity from below"  # noqa: S608 - as above
_AREAS: Final = f"""{_BELOW}
select b.entity from below b join state s using (entity) where b.entity ~ '{AREA}' and s.body is not null order by 1
"""  # noqa: S608 - as above


async def places_below(connection: Connection, units: Sequence[str]) -> list[str] | None:
    """List units and all that lies below them; None: everywhere."""
    if EVERYWHERE in units:
        return None
    return [row["entity"] for row in await connection.fetch(_PLACES, list(units))]


async def areas_below(connection: Connection, unit: str) -> list[str]:
    """List the areas of a unit, itself if it is one, in order of id."""
    return [row["entity"] for row in await connection.fetch(_AREAS, [unit])]
