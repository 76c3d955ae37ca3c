"""Which projections does each read service keep, by the name of its database?"""

from collections.abc import Mapping, Sequence
from typing import Final

from kit.projections.projection import AnyProjection
from services.exchange.projections import PROJECTIONS as OF_EXCHANGE
from services.registry.projections import PROJECTIONS as OF_REGISTRY
from services.reporting.projections import PROJECTIONS as OF_REPORTING

PROJECTIONS: Final[Mapping[str, Sequence[AnyProjection]]] = {
    "socai_registry": OF_REGISTRY,
    "socai_reporting": OF_REPORTING,
    "socai_exchange": OF_EXCHANGE,
}
