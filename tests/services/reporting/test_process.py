"""Do figures follow a real log from nothing to an answer?"""

from collections.abc import Callable

from deploy.local.databases import Database
from services.reporting.projections import PROJECTIONS
from services.reporting.settings import ReportingSettings
from tests.services.reporting.conftest import asking
from tests.support.book import Book, establish, register
from tests.support.facts import COMMUNE
from tests.support.projecting import following, settings_of, tell
from tests.support.topics import Topics


async def test_a_fact_on_the_log_is_a_figure_soon_after(fresh_database: Callable[..., Database], kafka: Topics) -> None:
    database = fresh_database("socai_reporting")
    book = Book()
    establish(book)
    async with following("reporting", PROJECTIONS, settings_of(ReportingSettings, database, kafka)):
        register(book, 1, "2025-08-01")
        await tell(book, kafka)
        async with asking(database, patience=30, areas=(COMMUNE,)) as client:
            question = {"unit": COMMUNE, "month": "2025-08", "not_before": str(book.position)}
            answer = await client.get("/population", params=question)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == 1
