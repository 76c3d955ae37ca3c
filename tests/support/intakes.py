"""How does a test get an intake of its own on a ledger, as a process has one?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.local.databases import Database
from kit.process.database import Connections
from services.events.intake.intake import CONNECTIONS, Intake


@asynccontextmanager
async def intake_of(database: Database) -> AsyncIterator[Intake]:
    """The real intake on a ledger."""
    connections = Connections(database.writer_dsn, size=CONNECTIONS, name="test-intake")
    intake = Intake(connections)
    await intake.start()
    try:
        yield intake
    finally:
        await intake.stop()
        await connections.close()
