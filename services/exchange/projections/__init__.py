"""Which read models does this service keep?"""

from typing import Final

from kit.projections.projection import AnyProjection
from services.exchange.projections.changes import CHANGES
from services.exchange.projections.units import UNITS

PROJECTIONS: Final[tuple[AnyProjection, ...]] = (CHANGES, UNITS)
