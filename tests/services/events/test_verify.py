"""Is a ledger that was changed told from one that was not?"""

import asyncpg
import pytest

from contracts.topics import instant_text, partition_of
from deploy.local.databases import Database
from kit.log.kafka import KafkaWriter
from services.events.signing.evidence import Evidence
from services.events.store import verify as verifying
from services.events.store.ledger import microseconds
from services.events.store.relay import record_of
from services.events.store.replay import Chain
from services.events.store.verify import BesideBodies, Held, verify, verify_log, walk_ledger
from tests.services.events.publishing import a_life, a_life_in_kafka, changed, published, relaying, settings_for
from tests.services.events.telling import AREA, FAR, Teller, ids
from tests.support.topics import Topics


async def test_a_changed_fact_is_found_by_the_walk(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, _ = await a_life_in_kafka(teller, kafka)
    await changed(teller, "update ledger set body = body || ' ' where position = 5")
    assert await verify(settings) == 1
    assert "PostgreSQL: BROKEN: position 5" in capsys.readouterr().out


CHANGES = {
    "report": "update ledger set report = 'another' where position = 5",
    "kind": "update ledger set kind = 'person.died' where position = 5",
    "key": "update ledger set partition_key = 'elsewhere' where position = 5",
}


@pytest.mark.parametrize("name", CHANGES)
async def test_what_stands_beside_a_body_is_what_the_body_says(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    settings, _ = await a_life_in_kafka(teller, kafka)
    await changed(teller, CHANGES[name])
    assert await verify(settings) == 1
    assert f"PostgreSQL: BROKEN: position 5: not what its body says: {name}\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", CHANGES)
async def test_what_stands_beside_a_body_in_the_log_is_what_the_body_says(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    settings, last = settings_for(teller.database, kafka), await a_life(teller)
    await changed(teller, "create table kept as select * from ledger where position = 5", CHANGES[name])
    async with relaying(settings) as relay:
        await published(relay, last)
    await changed(teller, "delete from ledger where position = 5", "insert into ledger select * from kept")
    assert [await verify(settings), await verify_log(settings)] == [1, 1]
    told = f"Kafka: BROKEN: position 5: not what its body says: {name}\n"
    assert capsys.readouterr().out.count(told) == 2


async def test_a_trace_that_was_changed_since_it_was_published_is_found(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, _ = await a_life_in_kafka(teller, kafka)
    await changed(teller, "update ledger set traceparent = 'another' where position = 5")
    assert await verify(settings) == 1
    told = "Kafka: BROKEN: position 5: differs between PostgreSQL and Kafka: traceparent\n"
    assert told in capsys.readouterr().out


async def test_what_is_published_while_the_ledger_is_walked_breaks_nothing(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(teller.database, kafka)
    last = await a_life(teller)
    async with relaying(settings) as relay:
        await published(relay, last)

        async def walked(dsn: str, evidence: Evidence, beside: BesideBodies) -> tuple[Chain, Held]:
            found = await walk_ledger(dsn, evidence, beside)
            later = await teller.tell("household.reviewed", household=ids.home)
            await published(relay, later.position or 0)
            return found

        monkeypatch.setattr(verifying, "walk_ledger", walked)
        assert await verify(settings) == 0
    assert "both are the same" in capsys.readouterr().out


async def test_what_is_being_published_when_it_begins_is_no_hole(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    """The partitions of one publication grow side by side: of the last entries some are there."""
    settings, last = await a_life_in_kafka(teller, kafka)
    for home, area in ((ids.third, AREA), (ids.fourth, FAR)):
        await teller.tell("household.registered", household=home, area=area)
    reader = await asyncpg.connect(teller.database.reader_dsn)
    one, other = await reader.fetch("select * from ledger where position > $1 order by position", last)
    await reader.close()
    assert one["partition_key"] != other["partition_key"]
    writer = KafkaWriter(settings.kafka)
    await writer.start()
    moment = instant_text(microseconds(other["recorded_at"])).encode()
    await writer.append(kafka.facts, partition_of(other["partition_key"]), [record_of(other, moment)])
    await writer.stop()
    assert await verify(settings) == 0
    assert "2 entries were not published when this began; what was published agrees" in capsys.readouterr().out


async def test_a_hole_in_what_was_published_is_one(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, last = settings_for(teller.database, kafka), await a_life(teller)
    await changed(teller, "create table kept as select * from ledger where position = 5")
    await changed(teller, "delete from ledger where position = 5")
    async with relaying(settings) as relay:
        await published(relay, last)
    await changed(teller, "insert into ledger select * from kept")
    assert await verify(settings) == 1
    assert "Kafka: BROKEN: position 5 is missing in the log, which goes on with 6" in capsys.readouterr().out


async def test_a_ledger_that_lost_its_end_is_told_from_two_histories(
    teller: Teller, kafka: Topics, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, last = await a_life_in_kafka(teller, kafka)
    await changed(teller, "delete from ledger where position = (select max(position) from ledger)")
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
