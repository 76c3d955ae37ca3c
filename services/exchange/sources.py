"""What lives as long as the process that answers, and which view may a caller look through?"""

from dataclasses import dataclass

from kit.auth import Access
from kit.database import Connections
from kit.horizon import Horizon
from kit.paging import Cursors
from kit.problems import PurposeNotPermitted
from services.exchange.lens import Lens
from services.exchange.lookups import Lookups
from services.exchange.news import News
from services.exchange.partners import BY_PURPOSE, VIEWS
from services.exchange.places import Places
from services.exchange.settings import ExchangeSettings


@dataclass(frozen=True, slots=True)
class Sources:
    """Connections, how far the projections are, and what answers are made with."""

    settings: ExchangeSettings
    database: Connections
    horizon: Horizon
    news: News
    places: Places
    lookups: Lookups
    cursors: Cursors
    lenses: dict[str, Lens]

    def lens(self, access: Access) -> Lens:
        """Give the lens for the purpose of a token; raises PurposeNotPermitted where no view serves it."""
        view = BY_PURPOSE.get(access.purpose)
        if view is None or access.view not in {"", view.name}:
            raise PurposeNotPermitted
        return self.lenses[view.name]


def lenses(settings: ExchangeSettings) -> dict[str, Lens]:
    """Make every partner's lens."""
    return {name: Lens(view, settings.pseudonym_key) for name, view in VIEWS.items()}
