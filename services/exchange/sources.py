"""What are answers made with as long as the process lives, and which view may a caller look through?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kit.auth.access import Access
from kit.http.paging import Cursors
from kit.http.problems import PurposeNotPermitted
from kit.process.database import Connections
from kit.projections.reading import Reading
from services.exchange.lens import Lens
from services.exchange.lookups import Lookups
from services.exchange.news import News
from services.exchange.partners import BY_PURPOSE, VIEWS
from services.exchange.places import Places
from services.exchange.settings import ExchangeSettings


@dataclass(frozen=True, slots=True)
class Sources:
    """Connections, how far the projections are, and every partner's lens by the name of its view."""

    reading: Reading
    public_base: str
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


@asynccontextmanager
async def open_sources(settings: ExchangeSettings, reading: Reading) -> AsyncIterator[Sources]:
    """Make them; lookups have connections of their own, so that no page of a feed stands in their way."""
    lanes = settings.lookup_lanes
    database = Connections(settings.reader_dsn, size=lanes, name="socai-exchange-lookups")
    places = Places(reading.clock)
    sources = Sources(
        reading=reading,
        public_base=settings.public_base,
        news=News(reading.horizon),
        places=places,
        lookups=Lookups(database, places, lanes=lanes),
        cursors=Cursors(settings.cursor_key, "exchange.feed"),
        lenses={name: Lens(view, settings.pseudonym_key) for name, view in VIEWS.items()},
    )
    try:
        async with sources.lookups.running():
            yield sources
    finally:
        await database.close()
