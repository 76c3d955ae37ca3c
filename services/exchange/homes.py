"""Where does somebody belong who stands in no area, when the fact that is told of her names none either?

Whoever goes where no area is, as the dead and the departed, leaves a row in `parting`. Of a slot of her timeline the
latest row wins, as in every history, so what was taken back or told late counts as it stands.
"""

from typing import Final

from kit.projections.history import ALL_KNOWN

_HOME: Final = """
(select area from (
   select distinct on ("on", rank) "on", rank, sign, area from parting where entity = {entity} and position <= {known}
   order by "on", rank, position desc, sign desc) slots
 where sign = 1 order by "on" desc, rank desc limit 1)
"""


def home_sql(entity: str, known: str = str(ALL_KNOWN)) -> str:
    """Query the area that an entity without one left last, as known at a position; null for whoever left none."""
    return _HOME.format(entity=entity, known=known)
