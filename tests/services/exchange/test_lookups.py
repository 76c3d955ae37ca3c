"""Are many questions answered together, each only once its lines are durable?"""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import pytest

from deploy.local.databases import Database
from kit.http.problems import NotFound
from kit.process.database import Connections, Unavailable
from services.exchange.disclosures import Asker, Line
from services.exchange.lookups import Found, Lookups, Subject
from services.exchange.places import Places
from tests.services.exchange.conftest import NOW, access_of, apply, client_of, disclosures, serving
from tests.support.book import Book, establish, register
from tests.support.databases import Postgres
from tests.support.facts import person_id
from tests.support.granting import Granting

WHO = Asker("client", "client", "token", "purpose", "act", "police", None, None, "")


class Asked:
    """A question that answers how many were found; `refuse` raises instead."""

    position = 0

    def __init__(self, n: int, *, refuse: bool = False) -> None:
        self.subjects = (Subject(None, person_id(n)),)
        self._refuse = refuse
        self.settled = asyncio.Event()

    def settle(self, found: Found) -> tuple[Any, Sequence[Line]]:
        self.settled.set()
        if self._refuse:
            raise NotFound
        known = [one for subject in self.subjects for one in found.persons(subject)]
        return len(known), [Line(found.at, *WHO, "query", one.person, "name", 7) for one in known]


@pytest.fixture
async def database(exchange_database: Database) -> Database:
    book = Book()
    establish(book)
    for n in range(1, 9):
        register(book, n)
    await apply(exchange_database, book.facts)
    return exchange_database


async def test_questions_that_wait_together_are_one_transaction(database: Database) -> None:
    connections = Connections(database.reader_dsn, size=1)
    lookups = Lookups(connections, Places(lambda: NOW), lanes=1)
    waiting = [asyncio.create_task(lookups.ask(Asked(n))) for n in (1, 2, 3, 2, 99)]
    await asyncio.sleep(0)
    async with lookups.running():
        assert await asyncio.gather(*waiting) == [1, 1, 1, 1, 0]
    await connections.close()
    owner = await asyncpg.connect(database.owner_dsn)
    transactions = await owner.fetch("select distinct xmin from disclosure")
    await owner.close()
    assert len(transactions) == 1
    assert sorted(str(line["person"]) for line in await disclosures(database)) == sorted(
        person_id(n) for n in (1, 2, 2, 3)
    )


async def test_one_refusal_does_not_touch_the_others(database: Database) -> None:
    connections = Connections(database.reader_dsn, size=1)
    lookups = Lookups(connections, Places(lambda: NOW))
    async with lookups.running():
        outcomes = await asyncio.gather(
            lookups.ask(Asked(1)), lookups.ask(Asked(2, refuse=True)), lookups.ask(Asked(3)), return_exceptions=True
        )
    await connections.close()
    assert (outcomes[0], type(outcomes[1]), outcomes[2]) == (1, NotFound, 1)


async def test_who_still_waits_at_the_end_is_turned_away(database: Database) -> None:
    connections = Connections(database.reader_dsn, size=1)
    lookups = Lookups(connections, Places(lambda: NOW))
    waiting = asyncio.create_task(lookups.ask(Asked(1)))
    await asyncio.sleep(0)
    lookups._arrived.clear()
    async with lookups.running():
        pass
    with pytest.raises(Unavailable):
        await waiting
    await connections.close()


async def test_who_is_being_answered_at_the_end_is_turned_away(database: Database) -> None:
    connections = Connections(database.reader_dsn, size=1)
    lookups = Lookups(connections, Places(lambda: NOW))
    owner = await asyncpg.connect(database.owner_dsn)
    async with asyncio.timeout(20):
        async with owner.transaction(), lookups.running():
            await owner.execute("lock table disclosure in exclusive mode")
            asked = Asked(1)
            waiting = asyncio.create_task(lookups.ask(asked))
            await asked.settled.wait()
        with pytest.raises(Unavailable):
            await waiting
    await owner.close()
    await connections.close()
    assert await disclosures(database) == []


async def forbid_lines(database: Database) -> None:
    owner = await asyncpg.connect(database.owner_dsn)
    await owner.execute("revoke insert on disclosure from socai_exchange_reader")
    await owner.close()


async def test_without_its_line_there_is_no_answer(database: Database) -> None:
    await forbid_lines(database)
    async with serving(database) as app:
        app.state.verifier = Granting(access_of("police"))
        async with client_of(app) as client:
            queried = await client.post("/persons/query", json={"person": person_id(1), "fields": ["sex", "birth"]})
            claim = {"attribute": "sex", "value": "female"}
            verified = await client.post(
                "/verifications", json={"subject": {"person": person_id(1)}, "claims": [claim]}
            )
            fed = await client.get("/feed")
    for response in (queried, verified, fed):
        assert (response.status_code, response.json()["type"]) == (500, "/problems/internal")
        assert "1990" not in response.text
    assert await disclosures(database) == []


async def test_a_connection_that_was_cut_is_a_503_and_the_next_question_is_answered(
    database: Database, postgres: Postgres
) -> None:
    body = {"person": person_id(1), "fields": ["sex"]}
    async with serving(database) as app:
        app.state.verifier = Granting(access_of("police"))
        async with client_of(app) as client:
            assert (await client.post("/persons/query", json=body)).status_code == 200
            cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2"
            admin = await asyncpg.connect(postgres.admin_dsn)
            await admin.execute(cut, database.name, "socai_exchange_reader")
            await admin.close()
            statuses = [(await client.post("/persons/query", json=body)).status_code for _ in range(20)]
    assert set(statuses) <= {200, 503}
    assert statuses[-1] == 200
