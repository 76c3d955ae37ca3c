"""How many rows of each table did those read who have left?"""

import asyncio
from typing import NamedTuple

from kit.process.database import Connection

_OTHERS = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
_READ = """
select relname, seq_tup_read, coalesce(idx_tup_fetch, 0),
  (select coalesce(sum(idx_tup_read), 0)::bigint from pg_stat_user_indexes i where i.relid = t.relid)
from pg_stat_user_tables t order by relname
"""


class Read(NamedTuple):
    """Rows of one table: `through` by going through it, `found` by an index, wanted or not, and what of its indexes was
    gone through for that.
    """

    through: int
    found: int
    entries: int


async def rows_read(connection: Connection) -> dict[str, Read]:
    """Give the rows read so far by table, as soon as nobody else is connected to this database."""
    async with asyncio.timeout(10):
        while await connection.fetchval(_OTHERS):  # noqa: ASYNC110 - whoever leaves tells nobody
            await asyncio.sleep(0.01)
    return {name: Read(*read) for name, *read in await connection.fetch(_READ)}
