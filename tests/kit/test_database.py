"""Are connections held, bounded, and replaced when the database went away?"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from operator import attrgetter

import asyncpg
import pytest

from deploy.local.databases import Database
from kit.process.database import Connections, Unavailable, connect


@pytest.fixture
def database(fresh_database: Callable[..., Database]) -> Database:
    return fresh_database("socai_registry")


@pytest.fixture
async def connections(database: Database) -> AsyncIterator[Connections]:
    connections = Connections(database.writer_dsn, size=2, acquire_timeout=0.5)
    yield connections
    await connections.close()


async def backend(connections: Connections) -> int:
    async with connections.acquire() as connection:
        return int(await connection.fetchval("select pg_backend_pid()"))


async def end(database: Database, pid: int) -> None:
    connection = await asyncpg.connect(database.writer_dsn)
    await connection.fetchval("select pg_terminate_backend($1)", pid)
    await connection.close()


async def test_a_connection_is_held_as_it_is_for_the_next(connections: Connections) -> None:
    assert await backend(connections) == await backend(connections)


async def test_more_than_the_bound_wait_and_are_told_so(connections: Connections) -> None:
    async with connections.acquire(), connections.acquire():
        with pytest.raises(Unavailable):
            async with connections.acquire():
                pass
    assert await backend(connections)


async def test_a_waiting_caller_gets_the_connection_that_becomes_free(connections: Connections) -> None:
    async with connections.acquire():
        async with connections.acquire():
            waiting = asyncio.create_task(backend(connections))
        assert await waiting


async def test_a_connection_that_was_cut_while_it_lay_free_is_replaced(
    connections: Connections, database: Database
) -> None:
    pid = await backend(connections)
    await end(database, pid)
    async with connections.acquire() as connection:
        assert not connection.is_closed()


async def test_a_connection_that_is_cut_in_use_is_unavailable_and_the_next_call_works(
    connections: Connections, database: Database
) -> None:
    async def use() -> None:
        async with connections.acquire() as connection:
            await end(database, await connection.fetchval("select pg_backend_pid()"))
            await connection.fetchval("select 1")

    with pytest.raises(Unavailable):
        await use()
    assert await backend(connections)


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    connections = Connections("postgresql://nobody:x@127.0.0.1:1/nothing", size=1)
    with pytest.raises(Unavailable):
        await backend(connections)
    await connections.close()
    with pytest.raises(Unavailable):
        await backend(connections)


async def test_the_log_says_why_it_is_unavailable_and_the_caller_learns_no_more(
    connections: Connections, caplog: pytest.LogCaptureFixture
) -> None:
    async def fill_the_disk() -> None:
        async with connections.acquire() as connection:
            await connection.execute("do $$ begin raise sqlstate '53100' using message = 'row of Nguyen'; end $$")

    with pytest.raises(Unavailable):
        await fill_the_disk()
    (told,) = caplog.records
    assert (told.levelname, vars(told)["reason"]) == ("WARNING", "DiskFullError")
    assert "Nguyen" not in caplog.text
    assert await backend(connections)


async def test_a_database_that_stands_still_is_unavailable_and_its_connection_is_given_up(database: Database) -> None:
    connections = Connections(database.writer_dsn, size=1, command_timeout=0.2)

    async def wait() -> None:
        async with connections.acquire() as connection, connection.transaction():
            pids.append(await connection.fetchval("select pg_backend_pid()"))
            await connection.execute("select pg_sleep(30)")

    pids: list[int] = []
    with pytest.raises(Unavailable):
        await wait()
    assert await backend(connections) not in pids
    await connections.close()


async def test_either_end_gives_up_the_other_that_is_gone_without_a_farewell(database: Database) -> None:
    connection = await connect(database.writer_dsn, name="test")
    shown = [
        await connection.fetchval(f"show {name}")
        for name in ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
    ]
    ours: socket.socket = attrgetter("_transport")(connection).get_extra_info("socket")
    alive = ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    given_up = ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    await connection.close()
    assert shown == ["10", "5", "4", "30000"]
    assert (alive, given_up) == (1, 30_000)


async def test_errors_of_a_statement_are_the_callers_own(connections: Connections) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with connections.acquire() as connection:
            await connection.fetchval("select * from nowhere")
    assert await backend(connections)


async def test_an_open_transaction_is_never_handed_on(connections: Connections) -> None:
    async with connections.acquire() as connection:
        pid = await connection.fetchval("select pg_backend_pid()")
        await connection.execute("begin")
    assert await backend(connections) != pid


async def test_a_session_that_is_not_kept_takes_its_locks_with_it(connections: Connections) -> None:
    async with connections.acquire(keep=False) as connection:
        pid = await connection.fetchval("select pg_backend_pid()")
        await connection.fetchval("select pg_advisory_lock(7)")
    assert await backend(connections) != pid
    async with connections.acquire() as connection:
        await connection.execute("set lock_timeout = '10s'")
        await connection.fetchval("select pg_advisory_lock(7)")


async def test_a_cancelled_caller_leaves_a_place_that_can_be_used(connections: Connections) -> None:
    async def sleep() -> None:
        async with connections.acquire() as connection:
            await connection.execute("select pg_sleep(30)")

    for moments in range(40):
        task = asyncio.create_task(sleep())
        for _ in range(moments):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await backend(connections)
