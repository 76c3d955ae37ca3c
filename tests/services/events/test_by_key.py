"""Does a report cost what it tells, however much is stored: is no table of the ledger read through for it?"""

from datetime import date

import asyncpg
import msgspec
import pytest

from contracts.ids import uuid7
from contracts.topics import FACTS
from deploy.local.databases import Database
from kit.auth.access import Access
from kit.log.records import Partition
from kit.process.database import Connection
from services.events.report.parse import check, parse
from services.events.settings import EventsSettings
from tests.services.events.publishing import marked, publishing
from tests.services.events.telling import ANYBODY, cloud_event, report
from tests.services.events.test_api import asking, send
from tests.support.devices import enrolment
from tests.support.intakes import intake_of
from tests.support.memory_log import MemoryLog
from tests.support.rows_read import rows_read
from tests.twin.test_accepted import SANDBOX
from twin import generate

AT_ONCE = 10
WAITING = 200
ELSEWHERE = """
insert into half (key, side, person, area, other, since)
select n, 'arrival', n, 'into ' || n % 100, 'from ' || n % 100, '2025-01-01' from generate_series(1, 2000) n
"""


async def told(database: Database, lines: list[bytes]) -> None:
    async with intake_of(database) as intake:
        for start in range(0, len(lines), AT_ONCE):
            await intake.submit([(parse(line, SANDBOX), "") for line in lines[start : start + AT_ONCE]])


async def wait(database: Database, deaths: int, sender: Access) -> None:
    """Have reports wait for people of whom nobody has ever heard."""
    lines = [report("person.died", {"on": "2025-03-01", "person": uuid7()}) for _ in range(deaths)]
    async with intake_of(database) as intake:
        answers = await intake.submit([(check(line, sender), "") for line in lines])
    assert {answer.fate for answer in answers} == {"waiting"}


async def read_through(connection: Connection) -> dict[str, int]:
    """Give how many rows of each table were read by going through it."""
    return {name: read.through for name, read in (await rows_read(connection)).items()}


async def read_of(connection: Connection, table: str) -> int:
    """Give how many rows of a table were read, whichever way."""
    read = (await rows_read(connection))[table]
    return read.through + read.entries


@pytest.mark.postgres
async def test_no_report_has_a_table_read_through(events_database: Database) -> None:
    """Also where the plan was made while the tables were small: it is kept as they grow."""
    lines = list(generate(40, 4, date(2025, 1, 1), 22, 4.0))
    half = len(lines) // 2
    await told(events_database, lines[:half])
    owner = await asyncpg.connect(events_database.owner_dsn)
    try:
        await owner.execute("analyze")
        before = await read_through(owner)
        # The latest first, so that much waits: what waits is looked for and taken from its table, too.
        await told(events_database, lines[:half:-1])
        after = await read_through(owner)
        waited = await owner.fetchval("select count(*) from ledger where kind = 'report.waiting'")
    finally:
        await owner.close()
    assert waited > 10
    assert {name: rows - before[name] for name, rows in after.items() if rows != before[name]} == {}


@pytest.mark.postgres
async def test_what_waits_for_something_else_is_not_read(events_database: Database) -> None:
    """However much waits: a group looks whether anything does, and reads what waits for what it brings."""
    await wait(events_database, WAITING, ANYBODY)
    owner = await asyncpg.connect(events_database.owner_dsn)
    try:
        await owner.execute("analyze")
        before = await read_of(owner, "waiting")
        await told(events_database, list(generate(100, 1, date(2025, 1, 1))))
        assert await read_of(owner, "waiting") - before < WAITING
    finally:
        await owner.close()


@pytest.mark.postgres
async def test_a_sender_s_own_reports_are_found_among_those_of_another_who_told_nearly_all(
    events_database: Database,
) -> None:
    await told(events_database, list(generate(400, 1, date(2025, 1, 1))))
    owner = await asyncpg.connect(events_database.owner_dsn)
    try:
        await owner.execute("analyze")
        before = await read_of(owner, "outcome")
        async with asking(events_database, client="newcomer") as http:
            for _ in range(AT_ONCE):
                assert (await http.get("/events/v1/reports", params={"fate": "waiting"})).json()["reports"] == []
        # Whoever plans looks at one row, to learn how far the keys go.
        assert await read_of(owner, "outcome") - before <= AT_ONCE
    finally:
        await owner.close()


@pytest.mark.postgres
async def test_the_relay_reads_what_is_new_alone(events_database: Database) -> None:
    """Also where its plan was made while the ledger held next to nothing."""
    first, *lines = generate(40, 1, date(2025, 1, 1))
    log, settings = MemoryLog(), EventsSettings(writer_dsn=events_database.writer_dsn)
    await told(events_database, [first])
    owner = await asyncpg.connect(events_database.owner_dsn)
    try:
        await owner.execute("analyze")
        before = await read_through(owner)
        async with publishing(settings, log, 1):
            await told(events_database, lines)
            last = await owner.fetchval("select position from ledger order by position desc limit 1")
            await marked(log, [Partition(FACTS, 0)], last)
        assert (await read_through(owner))["ledger"] == before["ledger"]
    finally:
        await owner.close()


@pytest.mark.postgres
async def test_the_open_moves_of_a_unit_are_found_among_those_of_all(events_database: Database) -> None:
    await told(events_database, list(generate(40, 1, date(2025, 1, 1))))
    owner = await asyncpg.connect(events_database.owner_dsn)
    try:
        area = await owner.fetchval("select entity from state where entity ~ '-001$'")
        await owner.execute(ELSEWHERE)
        await owner.execute("analyze")
        before = await read_of(owner, "half")
        async with asking(events_database) as http:
            answer = (await http.get("/events/v1/moves/unmatched", params={"unit": area})).json()
        assert (answer["moves"], sum(answer["counts"]["arrival"].values())) == ([], 0)
        assert await read_of(owner, "half") - before < WAITING
    finally:
        await owner.close()


@pytest.mark.postgres
async def test_what_waits_too_long_for_an_office_is_found_among_what_waits_anywhere(events_database: Database) -> None:
    await told(events_database, list(generate(40, 1, date(2025, 1, 1))))
    await wait(events_database, 10 * WAITING, msgspec.structs.replace(ANYBODY, areas=("10507-20190101-001",)))
    owner = await asyncpg.connect(events_database.owner_dsn)
    try:
        area = await owner.fetchval("select entity from state where entity ~ '-001$'")
        await owner.execute("analyze")
        before = await read_of(owner, "waiting") + await read_of(owner, "ledger")
        async with asking(events_database, areas=(area,)) as http:
            answer = await http.get("/events/v1/overdue", params={"unit": area, "days": 0})
        assert answer.json()["reports"] == []
        assert await read_of(owner, "waiting") + await read_of(owner, "ledger") - before < WAITING
    finally:
        await owner.close()


@pytest.mark.postgres
async def test_an_enrolment_that_waits_is_found_among_all_that_waits(events_database: Database) -> None:
    await wait(events_database, 10 * WAITING, ANYBODY)
    told = {"on": "2025-03-01", "sender": "ctv", "device": "d1", "place": "10999-20190101", "key": enrolment()["key"]}
    async with asking(events_database) as http:
        assert (await send(http, cloud_event("device.enrolled", told))).json()["fate"] == "waiting"
    owner = await asyncpg.connect(events_database.owner_dsn)
    try:
        await owner.execute("analyze")
        before = await read_of(owner, "waiting") + await read_of(owner, "ledger")
        async with asking(events_database) as http:
            (one,) = (await http.get("/events/v1/devices/d1/keys")).json()["waiting"]
        assert one["sender"] == "ctv"
        assert await read_of(owner, "waiting") + await read_of(owner, "ledger") - before < WAITING
    finally:
        await owner.close()
