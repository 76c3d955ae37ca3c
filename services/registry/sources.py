"""What are answers made with as long as the process lives?"""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass

from contracts.unit import Hierarchy, hierarchy_of
from kit.http.paging import Cursors
from kit.projections.history import Snapshots
from kit.projections.reading import Reading
from services.registry.projections.units import UNIT_HISTORY
from services.registry.settings import RegistrySettings


@dataclass(frozen=True, slots=True)
class Sources:
    """Connections and how far the projections are, the hierarchies built so far, the cursors of searches."""

    reading: Reading
    hierarchies: Snapshots[Hierarchy]
    cursors: Cursors


def open_sources(settings: RegistrySettings, reading: Reading) -> AbstractAsyncContextManager[Sources]:
    """Make them."""
    cursors = Cursors(settings.cursor_key, "registry.search", "#/cursor")
    return nullcontext(Sources(reading, Snapshots(UNIT_HISTORY, hierarchy_of), cursors))
