"""Does a rebuild prove itself, switch at once, and leave the serving tables alone when it fails?"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import asyncpg
import pytest

from deploy.local.databases import Database
from kit.log.kafka import KafkaReader, KafkaWriter
from kit.log.records import LogReader, LogUnavailableError, Record
from kit.process import progress
from kit.process.database import Connections
from kit.projections.builds import ensure, serving_builds
from kit.projections.projection import Merge, Projection, Row, Table, columns
from kit.projections.rebuild import BusyError, DigestDiffersError, RebuildSettings, rebuild
from tests.support.counting import (
    CELL,
    COUNTS,
    MOVE,
    PROJECTIONS,
    THING,
    THINGS,
    Counted,
    decode,
    history,
    naive,
    publish,
)
from tests.support.memory_log import MemoryLog, MemoryReader
from tests.support.projecting import QUICK, build, contents, digests_of, reached, running
from tests.support.topics import Topics

SETTINGS = RebuildSettings(batch_records=64, small_lag=20)


@pytest.fixture
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_registry", build)


async def filled(database: Database, log: MemoryLog, facts: list[Counted]) -> int:
    last = await publish(log.writer(), facts)
    async with running(database, log.reader):
        assert await reached(database, last)
    return last


async def serving(database: Database) -> dict[str, tuple[int, int]]:
    connection = await asyncpg.connect(database.reader_dsn)
    found = await serving_builds(connection)
    await connection.close()
    return found


async def relations(database: Database) -> set[str]:
    connection = await asyncpg.connect(database.owner_dsn)
    rows = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    await connection.close()
    return {row["tablename"] for row in rows} - {"build", "serving", "checkpoint"}


async def test_a_rebuild_equals_what_it_replaces_and_leaves_nothing_behind(database: Database) -> None:
    log = MemoryLog()
    last = await filled(database, log, history(1, 600))
    before, held = await digests_of(database), await contents(database)
    for done in await rebuild(PROJECTIONS, database.owner_dsn, log.reader, SETTINGS):
        assert (done.build, done.position, done.facts, done.compared) == (2, last, last, True)
    assert await serving(database) == {"things": (1, 2), "counts": (1, 2)}
    assert await digests_of(database) == before
    assert await contents(database) == held
    assert await relations(database) == {"thing_v1_2", "cell_v1_2", "move_v1_2"}
    more = history(1, 700)[600:]
    end = await publish(log.writer(), more, after=last)
    async with running(database, log.reader):
        assert await reached(database, end)
    assert (await contents(database)).cells == naive(history(1, 700))[1]


async def test_the_log_is_read_once_however_many_projections_are_built(database: Database) -> None:
    log, given = MemoryLog(), Counter[str]()
    last = await filled(database, log, history(6, 500))

    class Counting(MemoryReader):
        async def read(self, max_records: int, timeout: float) -> list[Record]:
            found = await super().read(max_records, timeout)
            given["facts"] += sum(not record.is_watermark for record in found)
            return found

    assert len(await rebuild(PROJECTIONS, database.owner_dsn, lambda: Counting(log), SETTINGS)) == len(PROJECTIONS)
    assert given["facts"] == last


async def test_whoever_rebuilds_is_told_how_far_it_is(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    log, said = MemoryLog(), list[str]()
    await filled(database, log, history(1, 600))
    monkeypatch.setattr(progress, "SAID_EVERY", 0.0)
    await rebuild([THINGS], database.owner_dsn, log.reader, SETTINGS, said.append)
    *read, index, compare = said
    assert (index, compare) == ("things: read; now its sums, keys and indexes", "things: compared with what serves")
    counts = [[int(word) for word in re.findall(r"\d+", line.replace(",", ""))[:2]] for line in read]
    assert [told for told, _ in counts] == [64 * n for n in range(1, len(counts))] + [counts[-1][1]]
    assert counts[-1][1] >= 600


async def test_facts_go_on_and_reads_go_on_while_a_rebuild_runs(database: Database) -> None:
    log, facts = MemoryLog(), history(2, 900)
    writer = log.writer()
    half = await publish(writer, facts[:300])
    stop = asyncio.Event()

    async def read_on() -> int:
        reader, reads = Connections(database.reader_dsn, size=1), 0
        while not stop.is_set():
            async with reader.acquire() as connection:
                total, moves = await connection.fetchrow(
                    "select (select sum(n) from cell), (select count(*) from move)"
                ) or (0, 0)
                assert total is None or total <= moves
            reads += 1
        await reader.close()
        return reads

    async with running(database, log.reader, settings=replace(QUICK, batch_records=30)):
        reading = asyncio.create_task(read_on())
        rebuilding = asyncio.create_task(rebuild([COUNTS], database.owner_dsn, log.reader, SETTINGS))
        last = half
        for start in range(300, 900, 10):
            last = await publish(writer, facts[start : start + 10], after=last)
            await asyncio.sleep(0)
        (done,) = await rebuilding
        assert await reached(database, last)
        stop.set()
        assert await reading > 0
    assert done.compared
    found = await contents(database)
    assert (found.things, found.cells) == naive(facts)
    assert found.moves == list(range(1, last + 1))


async def test_a_digest_that_differs_refuses_the_switch_until_it_is_accepted(database: Database) -> None:
    log = MemoryLog()
    await filled(database, log, history(3, 200))
    owner = await asyncpg.connect(database.owner_dsn)
    await owner.execute("update cell_v1_1 set n = n + 1 where name = 'cell-1'")
    with pytest.raises(DigestDiffersError, match="cell"):
        await rebuild([COUNTS], database.owner_dsn, log.reader, SETTINGS)
    assert (await serving(database))["counts"] == (1, 1)
    assert await owner.fetchval("select count(*) from checkpoint where projection = 'counts' and build = 1") == 16
    accepting = replace(SETTINGS, accept_difference=True)
    (done,) = await rebuild([COUNTS], database.owner_dsn, log.reader, accepting)
    assert done.build == 2
    await owner.close()
    assert (await contents(database)).cells == naive(history(3, 200))[1]
    assert await relations(database) == {"thing_v1_1", "cell_v1_2", "move_v1_2"}


@pytest.mark.parametrize("more", [0, 300])
async def test_a_log_that_was_written_anew_is_read_from_its_beginning(database: Database, more: int) -> None:
    """At other offsets than those at which it was left: there are fewer watermarks, of which the relay wrote many."""
    facts = history(12, 200 + more)
    old, new = MemoryLog(), MemoryLog()
    for position in range(200):
        await publish(old.writer(), facts[position : position + 1], after=position)
    async with running(database, old.reader):
        assert await reached(database, 200)
    await publish(new.writer(), facts[:150])
    with pytest.raises(LogUnavailableError):
        await rebuild(PROJECTIONS, database.owner_dsn, new.reader, SETTINGS)
    assert await serving(database) == {"things": (1, 1), "counts": (1, 1)}
    await publish(new.writer(), facts[150:], after=150)
    done = await rebuild(PROJECTIONS, database.owner_dsn, new.reader, SETTINGS)
    assert [(one.position, one.facts, one.compared) for one in done] == [(200 + more, 200 + more, False)] * 2
    assert (await contents(database)).moves == list(range(1, 201 + more))
    async with running(database, new.reader):
        assert await reached(database, 200 + more)


async def test_a_new_version_is_filled_beside_the_old_one_and_then_serves(database: Database) -> None:
    log, facts = MemoryLog(), history(4, 300)
    last = await filled(database, log, facts)
    wider = Table("cell", columns(name="text", n="int", ended="int"), Merge.SUM, key=("name",))

    def rows(record: Record, fact: Counted) -> Iterator[tuple[Table, Row]]:
        if fact.left is not None:
            yield wider, (fact.left, -1, int(fact.entered is None))
        if fact.entered is not None:
            yield wider, (fact.entered, 1, 0)
        yield MOVE, (record.position, 0, fact.thing)

    newer: Projection[Counted] = Projection("counts", 2, (wider, MOVE), decode, rows)
    projections = (THINGS, newer)
    assert await ensure(projections, database.owner_dsn) == ["counts"]
    async with running(database, log.reader, projections) as projector:
        (done,) = await rebuild([newer], database.owner_dsn, log.reader, SETTINGS)
        assert not done.compared
        end = await publish(log.writer(), history(4, 400)[300:], after=last)
        assert await reached(database, end, projections)
        assert projector.progress.ready
    assert await ensure(projections, database.owner_dsn) == []
    assert (await contents(database)).cells == naive(history(4, 400))[1]
    reader = await asyncpg.connect(database.reader_dsn)
    ended = sum(fact.entered is None for fact in history(4, 400))
    assert await reader.fetchval("select sum(ended) from cell") == ended
    await reader.close()


async def test_only_one_rebuild_of_a_projection_runs_at_a_time(database: Database) -> None:
    owner = await asyncpg.connect(database.owner_dsn)
    await owner.fetchval("select pg_advisory_lock(hashtext('rebuild things'))")
    with pytest.raises(BusyError):
        await rebuild([THINGS], database.owner_dsn, MemoryLog().reader, SETTINGS)
    await owner.close()


async def test_the_writer_may_not_change_tables_and_the_reader_may_only_read(database: Database) -> None:
    for dsn, statement in (
        (database.writer_dsn, "drop table thing_v1_1"),
        (database.writer_dsn, "update serving set build = 9"),
        (database.writer_dsn, "create table mine (id int)"),
        (database.reader_dsn, "delete from thing_v1_1"),
        (database.reader_dsn, "update checkpoint set position = 9"),
    ):
        connection = await asyncpg.connect(dsn)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
        await connection.close()


async def test_rebuilt_tables_have_their_keys_and_indexes(database: Database) -> None:
    owner = await asyncpg.connect(database.owner_dsn)

    async def indexes() -> list[str]:
        rows = await owner.fetch("select indexdef from pg_indexes where tablename ~ '_v1_' order by 1")
        return sorted(definition.partition(" USING ")[2] for (definition,) in rows)

    before = await indexes()
    await rebuild(PROJECTIONS, database.owner_dsn, MemoryLog().reader, SETTINGS)
    assert await indexes() == before
    assert {table.name for table in (THING, CELL, MOVE)} == {"thing", "cell", "move"}
    assert before == ['btree ("position")', "btree (cell)", "btree (id)", "btree (name)", "gin (words)"]
    await owner.close()


async def test_on_kafka_a_rebuild_equals_what_it_replaces(
    fresh_database: Callable[..., Database], kafka: Topics
) -> None:
    database = fresh_database("socai_registry")
    await ensure(PROJECTIONS, database.owner_dsn, topic_prefix=kafka.prefix)
    writer = KafkaWriter(kafka.bootstrap)
    await writer.start()
    last = await publish(writer, history(5, 200), topic=kafka.facts, every=50)
    await writer.stop()

    def reader() -> LogReader:
        return KafkaReader(kafka.bootstrap)

    async with running(database, reader, settings=replace(QUICK, topic_prefix=kafka.prefix)):
        assert await reached(database, last)
    for done in await rebuild(PROJECTIONS, database.owner_dsn, reader, replace(SETTINGS, topic_prefix=kafka.prefix)):
        assert (done.compared, done.position) == (True, last)
    assert (await contents(database)).moves == list(range(1, last + 1))
