"""Which read models does this service keep?"""

from typing import Final

from services.registry.projections.causes import CAUSES
from services.registry.projections.households import HOUSEHOLDS
from services.registry.projections.persons import PERSONS
from services.registry.projections.units import UNITS

PROJECTIONS: Final = (PERSONS, HOUSEHOLDS, UNITS, CAUSES)
