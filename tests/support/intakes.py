"""How does a test get an intake of its own on a ledger, as a process has one?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.local.databases import Database
from services.events.intake.intake import Intake, connections_for


@asynccontextmanager
async def intake_of(database: Database) -> AsyncIterator[Intake]:
    """The real intake on a ledger."""
    connections = connections_for(database.writer_dsn, name="test-intake")
    intake = Intake(connections)
    await intake.start()
    try:
        yield intake
    finally:
        await intake.stop()
        await connections.close()
