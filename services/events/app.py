"""How is the application that takes reports put together?"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from contracts.calendar import today
from kit.auth.callers import verifier_from
from kit.http.application import create
from kit.http.health import NotReady
from kit.http.paging import Cursors
from kit.process import metrics
from kit.process.database import Connections
from services.events.api import PLAIN, events
from services.events.intake.intake import Intake, connections_for
from services.events.moves import moves
from services.events.office_api import office
from services.events.settings import EventsSettings
from services.events.signing.signatures import Signatures
from services.events.store import ledger

# Seconds by which the clock may differ from PostgreSQL's: what is recorded by a wrong one stays in the ledger for ever.
CLOCKS_DIFFER = 60
ABOUT = """Every demographic change is one immutable event. Report it here; the answer says what became of it.

A report's id is its idempotency key: the same id and content again gets the first outcome back.
"""


def create_app(settings: EventsSettings, clock: Callable[[], float] = time.time) -> FastAPI:
    """Make the application; its connections and its queue live from its start to its end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        writers = connections_for(settings.writer_dsn, name="socai-events-intake")
        readers = Connections(settings.reader_dsn, size=settings.connections, name="socai-events-api", as_asked=True)
        app.state.verifier = verifier_from(settings, clock)
        app.state.today = lambda: today(clock())
        app.state.cursors = Cursors(settings.cursor_key, "events.reports")
        app.state.intake, app.state.readers = Intake(writers, clock, settings.approval), readers
        app.state.moves = Cursors(settings.cursor_key, "events.moves")
        app.state.areas = Cursors(settings.cursor_key, "events.areas", "#/cursor")
        app.state.overdue = Cursors(settings.cursor_key, "events.overdue")
        app.state.sheets = Cursors(settings.cursor_key, "events.sheets")
        app.state.lines = Cursors(settings.cursor_key, "events.lines")
        app.state.signatures = Signatures(readers, settings.signatures)
        await app.state.intake.start()
        try:
            yield
        finally:
            await app.state.intake.stop()
            await writers.close()
            await readers.close()

    async def can_read(app: FastAPI) -> str | None:
        async with app.state.readers.acquire() as connection:
            head = await ledger.head(connection)
        metrics.LEDGER_POSITION.set(head.position)
        metrics.LEDGER_AHEAD_SECONDS.set(max(0, head.recorded_at / 1_000_000 - clock()))
        return f"at {head.position}"

    async def clocks_agree(app: FastAPI) -> None:
        async with app.state.readers.acquire() as connection:
            ahead = clock() - await connection.fetchval("select extract(epoch from clock_timestamp())::float8")
        if abs(ahead) > CLOCKS_DIFFER:
            raise NotReady(f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} PostgreSQL")

    return create(
        "events",
        "Socai events",
        settings,
        description=ABOUT,
        routers=[events, office, moves],
        plain=PLAIN,
        lifespan=lifespan,
        checks={"ledger": can_read, "clock": clocks_agree},
    )
