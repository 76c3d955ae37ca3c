"""Which read models does this service keep?"""

from typing import Final

from services.reporting.projections.population import POPULATION
from services.reporting.projections.units import UNITS

PROJECTIONS: Final = (POPULATION, UNITS)
