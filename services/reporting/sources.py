"""What are answers made with as long as the process lives?"""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass

from contracts.unit import Hierarchy, hierarchy_of
from kit.projections.history import Snapshots
from kit.projections.reading import Reading
from services.reporting.projections.units import UNIT_HISTORY


@dataclass(frozen=True, slots=True)
class Sources:
    """Connections and how far the projections are, and the hierarchies built so far."""

    reading: Reading
    hierarchies: Snapshots[Hierarchy]


def open_sources(reading: Reading) -> AbstractAsyncContextManager[Sources]:
    """Make them."""
    return nullcontext(Sources(reading, Snapshots(UNIT_HISTORY, hierarchy_of)))
