"""Is a ledger that was changed told from one that was not?"""

import asyncpg
import pytest

from deploy.local.databases import Database
from services.events.signing.evidence import Evidence
from services.events.store import verify as verifying
from services.events.store.replay import Chain
from services.events.store.verify import verify, walk_ledger
from tests.services.events.publishing import a_life, a_life_in_kafka, published, relaying, settings_for
from tests.services.events.telling import Teller, ids
from tests.support.topics import Topics


async def test_a_changed_fact_is_found_by_the_walk(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, _ = await a_life_in_kafka(teller, kafka)
    owner = await asyncpg.connect(teller.database.owner_dsn)
    await owner.execute("update ledger set body = body || ' ' where position = 5")
    await owner.close()
    assert await verify(settings) == 1
    assert "PostgreSQL: BROKEN: position 5" in capsys.readouterr().out


async def test_what_is_published_while_the_ledger_is_walked_breaks_nothing(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(teller.database, kafka)
    last = await a_life(teller)
    async with relaying(settings) as relay:
        await published(relay, last)

        async def walked(dsn: str, evidence: Evidence) -> tuple[Chain, dict[int, bytes]]:
            found = await walk_ledger(dsn, evidence)
            later = await teller.tell("household.reviewed", household=ids.home)
            await published(relay, later.position or 0)
            return found

        monkeypatch.setattr(verifying, "walk_ledger", walked)
        assert await verify(settings) == 0
    assert "both are the same" in capsys.readouterr().out


async def test_a_ledger_that_lost_its_end_is_told_from_two_histories(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, last = await a_life_in_kafka(teller, kafka)
    owner = await asyncpg.connect(teller.database.owner_dsn)
    await owner.execute("delete from ledger where position = $1", last)
    await owner.close()
    assert await verify(settings) == 1
    assert f"Kafka: BROKEN: position {last} is there, but PostgreSQL ends at {last - 1}" in capsys.readouterr().out


async def test_no_role_that_runs_may_change_or_delete_a_fact(events_database: Database) -> None:
    for dsn in (events_database.writer_dsn, events_database.reader_dsn):
        connection = await asyncpg.connect(dsn)
        try:
            for statement in ("update ledger set kind = ''", "delete from ledger", "truncate ledger"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        finally:
            await connection.close()
