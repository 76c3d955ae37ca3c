"""Where does somebody belong who stands in no area, when the fact that is told of her names none either?

Whoever goes where no area is, as the dead and the departed, leaves a row in `parting`. Of a slot of her timeline the
latest row wins, as in every history, so what was taken back or told late counts as it stands.
"""

from kit.projections.history import ALL_KNOWN, last_standing_sql
from services.exchange.projections.changes import PARTING


def home_sql(entity: str, known: str = str(ALL_KNOWN)) -> str:
    """Query the area that an entity without one left last, as known at a position; null for whoever left none."""
    last = last_standing_sql(PARTING, f"entity = {entity} and position <= {known}", "area")
    return f"(select area from ({last}) home)"  # noqa: S608 - names of ours
