"""How does a process talk to its PostgreSQL, and what happens when that is away?

A pool that resets its connections on release takes two thirds of the rate of small reads (measured: 7,700
against 27,300 a second). So connections are handed out as they are; whoever changes a session's settings does
so with `set local` in a transaction.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg

# Generic in the stubs only.
if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

# Whatever a connection of one's own may raise whose server goes away; killed in the middle of an answer, the last.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.ReadOnlySQLTransactionError,
    # It stands still: no statement of ours takes as long as it may.
    TimeoutError,
    # A switch of builds changed what a prepared statement returns: prepared anew at the next try.
    asyncpg.InvalidCachedStatementError,
    asyncpg.InternalClientError,
)

# Seconds: who is silent so long is asked, so often, so many times, and then given up. By the system's defaults the
# locks of a machine that is gone stand for two hours, and where one is the ledger's, no report is taken meanwhile.
_SILENT, _BETWEEN, _TIMES = 10, 5, 4
_GIVEN_UP = (_SILENT + _BETWEEN * _TIMES) * 1_000
_SERVER_SETTINGS = {
    "tcp_keepalives_idle": f"{_SILENT}",
    "tcp_keepalives_interval": f"{_BETWEEN}",
    "tcp_keepalives_count": f"{_TIMES}",
    "tcp_user_timeout": f"{_GIVEN_UP}",
}
# A plan made while a table was small reads all of it, and is kept for as long as the table grows.
_BY_KEY = {"enable_seqscan": "off"}
# What finds the rows of whoever told nearly all reads them for nothing where few, or none, are asked for.
_AS_ASKED = {"plan_cache_mode": "force_custom_plan"}
PLAN_AS_ASKED = "set local plan_cache_mode = force_custom_plan"
"""Has what a transaction asks from now on planned for its very values: where these decide which index finds the rows
soonest, a plan for whatever may be asked, kept after a few times, can read a whole table to find nothing.
"""
_SOCKET_OPTIONS = {
    "TCP_KEEPIDLE": _SILENT,
    "TCP_KEEPINTVL": _BETWEEN,
    "TCP_KEEPCNT": _TIMES,
    "TCP_USER_TIMEOUT": _GIVEN_UP,
}

log = logging.getLogger(__name__)


class Unavailable(Exception):
    """The database cannot be asked now; it is worth trying again."""


def _unavailable(said: str, error: Exception) -> Unavailable:
    """Say in the log why: whoever asked learns only that it is worth trying again."""
    log.warning("The database cannot be asked: %s", said, extra={"reason": type(error).__name__})
    return Unavailable(said)


class _Watching(Connection):
    __slots__ = ()

    def __init__(self, protocol: Any, transport: asyncio.Transport, *rest: Any) -> None:
        super().__init__(protocol, transport, *rest)
        _watch(transport.get_extra_info("socket"))


def _watch(connected: socket.socket) -> None:
    if connected.family == socket.AF_UNIX:
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _SOCKET_OPTIONS.items():
        # Not every system has all of them.
        if (option := getattr(socket, name, None)) is not None:
            connected.setsockopt(socket.IPPROTO_TCP, option, value)


async def connect(dsn: str, *, name: str, by_key: bool = False, as_asked: bool = False, **options: Any) -> Connection:
    """Connect under a name so that within half a minute either end gives up the other where that is gone without a
    farewell; `options` and errors are asyncpg's. Who looks up and changes rows `by_key` never reads a table through;
    what is asked for much and for little alike is planned anew each time, `as_asked`.
    """
    settings = {"application_name": name, **_SERVER_SETTINGS}
    settings |= (_BY_KEY if by_key else {}) | (_AS_ASKED if as_asked else {})
    return await asyncpg.connect(dsn, connection_class=_Watching, server_settings=settings, **options)


class Connections:
    """A bounded stack of held connections; the last one returned is the first one out, its caches warm."""

    def __init__(
        self,
        dsn: str,
        *,
        size: int = 8,
        acquire_timeout: float = 5.0,
        command_timeout: float | None = 60.0,
        name: str = "socai",
        **options: Any,
    ) -> None:
        self._dsn = dsn
        self._acquire_timeout = acquire_timeout
        self._options = {"name": name, "timeout": acquire_timeout, "command_timeout": command_timeout, **options}
        self._free: list[Connection] = []
        self._places = asyncio.Semaphore(size)
        self._closed = False

    @asynccontextmanager
    async def acquire(self, *, keep: bool = True) -> AsyncIterator[Connection]:
        """A connection for the block; raises Unavailable when the database goes away, also inside the block.

        Without `keep` it is closed afterwards, and with it all that belongs to a session: locks, temporary tables.
        """
        try:
            async with asyncio.timeout(self._acquire_timeout):
                await self._places.acquire()
        except TimeoutError as error:
            raise _unavailable("every connection is busy", error) from error
        try:
            connection = await self._take()
            try:
                yield connection
            except _AWAY as error:
                connection.terminate()
                raise _unavailable("the database went away", error) from error
            except LOST as error:
                if connection.is_closed():
                    raise _unavailable("the database went away", error) from error
                raise
            finally:
                self._give_back(connection, keep=keep)
        finally:
            self._places.release()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Connection]:
        """A connection that only reads, and sees all along what stood there at first; raises Unavailable as above."""
        async with self.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection

    async def _take(self) -> Connection:
        if self._closed:
            raise Unavailable("the connections are closed")
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
        try:
            return await connect(self._dsn, **self._options)
        except (*_AWAY, asyncpg.PostgresError, OSError) as error:
            raise _unavailable("the database cannot be reached", error) from error

    def _give_back(self, connection: Connection, *, keep: bool) -> None:
        if connection.is_closed():
            return
        if not keep or self._closed or connection.is_in_transaction():
            connection.terminate()
            return
        self._free.append(connection)

    async def close(self) -> None:
        self._closed = True
        while self._free:
            connection = self._free.pop()
            try:
                await connection.close(timeout=5)
            except (*_AWAY, asyncpg.InterfaceError, OSError):
                connection.terminate()
