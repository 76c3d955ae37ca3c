"""Does the ledger come back from Kafka alone?"""

from collections.abc import Callable

import asyncpg
import pytest

from deploy.local.databases import Database
from services.events.settings import EventsSettings
from services.events.store.restore import NoFurtherError, restore, restore_from
from tests.services.events.conftest import build
from tests.services.events.publishing import (
    a_life,
    a_life_in_the_log,
    changed,
    published,
    publishing,
    punched,
    relaying,
    settings_for,
)
from tests.services.events.telling import Teller, ids, report
from tests.support.memory_log import MemoryLog
from tests.support.topics import Topics

STATES = (
    "select entity, kind, version, last_on, last_rank, body from state order by entity",
    "select report, sender, digest, fate, device, sequence from outcome where fate <> 'refused' order by report",
    "select report, position from outcome where fate not in ('refused', 'duplicate') order by report",
    "select * from device_key order by key",
    "select report, need, position, places, approved, decided from waiting order by report",
    "select place, month, drawn_up, appraised, closed from month order by place, month",
    "select * from half order by key",
    "select distinct entity, dependant from tie order by entity, dependant",
    "select original, position from amendment order by original, position",
    "select distinct value, holder from identifier order by value, holder",
    "select position, stream, report, recorded_at, kind, partition_key, hash, body from ledger order by position",
)


async def comes_back(lost: Database, kafka: Topics, empty: Database) -> int:
    """Publish a ledger, restore it into another database from Kafka alone, and hold that nothing differs; its end."""
    old, new = await asyncpg.connect(lost.reader_dsn), await asyncpg.connect(empty.reader_dsn)
    try:
        last: int = await old.fetchval("select max(position) from ledger")
        async with relaying(settings_for(lost, kafka)) as relay:
            await published(relay, last)
        assert await restore(settings_for(empty, kafka)) == last
        for query in (*STATES, "select * from device order by device"):
            assert await new.fetch(query) == await old.fetch(query), query
    finally:
        await old.close()
        await new.close()
    return last


async def test_the_ledger_comes_back_from_kafka_alone(
    teller: Teller, kafka: Topics, fresh_database: Callable[..., Database]
) -> None:
    last = await a_life(teller)
    empty = fresh_database("socai_events", build)
    assert await comes_back(teller.database, kafka, empty) == last
    assert await restore(settings_for(empty, kafka)) == 0


async def test_what_is_kept_beside_a_body_comes_back_from_the_body(
    teller: Teller, kafka: Topics, fresh_database: Callable[..., Database]
) -> None:
    last, empty = await a_life(teller), fresh_database("socai_events", build)
    await changed(teller, "create table kept as select * from ledger")
    await changed(teller, "update ledger set report = 'another', kind = 'person.died', partition_key = 'elsewhere'")
    async with relaying(settings_for(teller.database, kafka)) as relay:
        await published(relay, last)
    assert await restore(settings_for(empty, kafka)) == last
    old, new = await asyncpg.connect(teller.database.owner_dsn), await asyncpg.connect(empty.reader_dsn)
    columns = "select position, report, kind, partition_key from"
    assert await new.fetch(f"{columns} ledger order by 1") == await old.fetch(f"{columns} kept order by 1")
    await old.close()
    await new.close()


async def test_of_a_log_with_a_hole_what_stands_before_it_comes_back(
    teller: Teller, fresh_database: Callable[..., Database]
) -> None:
    log = MemoryLog()
    _, last, _ = await a_life_in_the_log(teller, log)
    hole = punched(log)
    assert 1 < hole < last
    empty = await asyncpg.connect(fresh_database("socai_events", build).writer_dsn)
    old = await asyncpg.connect(teller.database.reader_dsn)
    reader = log.reader()
    await reader.start()
    try:
        for _ in range(2):
            with pytest.raises(
                NoFurtherError, match=f"up to position {hole - 1}: position {hole} is missing in the log"
            ):
                await restore_from(empty, reader, "")
            rows = "select position, hash from ledger where position < $1 order by position"
            assert await empty.fetch(rows, last + 1) == await old.fetch(rows, hole)
    finally:
        await reader.stop()
        await empty.close()
        await old.close()


async def test_what_waited_and_was_told_already_comes_back_without_the_place_of_what_it_told(
    teller: Teller, fresh_database: Callable[..., Database]
) -> None:
    await teller.places()
    death = {"on": "2025-03-01", "person": ids.an}
    twice = [report("person.died", death), report("person.died", death)]
    await teller.submit(*twice)
    await teller.family(ids.home, an="male")
    # Both waited, and one ended as a duplicate.
    log, last = MemoryLog(), len(await teller.facts()) + 3
    async with publishing(EventsSettings(writer_dsn=teller.database.writer_dsn), log, last):
        pass
    empty = await asyncpg.connect(fresh_database("socai_events", build).writer_dsn)
    reader = log.reader()
    await reader.start()
    try:
        assert await restore_from(empty, reader, "") == last
        fates = "select fate, position from outcome where report = any($1)"
        rows = await empty.fetch(fates, [one.id for one in twice])
    finally:
        await reader.stop()
        await empty.close()
    (died,) = [position for position, fact in await teller.facts() if fact.kind == "person.died"]
    assert {tuple(row) for row in rows} == {("recorded", died), ("duplicate", None)}
