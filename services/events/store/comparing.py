"""Are the tables on which decisions rest what the ledger makes of them?

They are built once more, by what a restore fills them with, as temporary tables of one transaction, and compared where
they are. That takes as much disk as they do, and no more memory than a batch of entries.
"""

from collections.abc import Callable
from typing import NamedTuple

import asyncpg

from contracts.fact import Fact, ReportEntry
from kit.process.database import Connection
from services.events.signing.key_rows import COLUMNS
from services.events.store.effects import decode
from services.events.store.folding import fold

AT_ONCE = 2_000
_ENTRIES = "select position, stream, body from public.ledger order by position"


class _Table(NamedTuple):
    """A table whose rows follow from the ledger: `key` tells rows apart, `name` is what may be told of a row, and
    `values` must be equal. `unless`: where a row `t` may differ from the one `r` that the ledger makes.
    """

    key: tuple[str, ...]
    values: tuple[str, ...] = ()
    name: str | None = None
    unless: str = "false"


# Whoever was refused, or told something twice, at once has an outcome and no entry. Of what waited before that the
# ledger does not say why it was refused, nor where the same is recorded.
_OUTCOME_UNLESS = """
t.fate in ('refused', 'duplicate') and (r.report is null or (
    row(t.sender, t.digest, t.fate, t.device, t.sequence)
    is not distinct from row(r.sender, r.digest, r.fate, r.device, r.sequence)
    and coalesce(r.detail, t.detail) is not distinct from t.detail
))
"""
# What is due is decided again, and so is what could not be behind an approval, which counts no more then.
_WAITING_UNLESS = """
row(t.position, t.places, t.areas, t.device) is not distinct from row(r.position, r.places, r.areas, r.device) and (
    (t.need = 'ready' and row(t.approved, t.decided) is not distinct from row(r.approved, r.decided))
    or (t.need = 'approved:' || t.report and t.decided is null and r.approved)
)
"""
# Numbers that were refused at once, or under which something was told again, have had their turn and no entry.
_PASSED = """
insert into device (device, passed)
select sender || '/' || device, max(sequence) from (
    select sender, device, sequence from public.outcome where fate in ('refused', 'duplicate')
    union all select sender, device, sequence from public.told_again
) as told where device is not null and sequence is not null group by 1
on conflict (device) do update set passed = greatest(device.passed, excluded.passed)
"""
TABLES = {
    "state": _Table(("entity",), ("kind", "version", "last_on", "last_rank", "facts", "body")),
    "tie": _Table(("entity", "dependant"), name="dependant"),
    # The number itself is nobody's business who looks whether it is right.
    "identifier": _Table(("value", "holder"), name="holder"),
    "amendment": _Table(("original", "position"), name="position"),
    "outcome": _Table(
        ("report",), ("sender", "digest", "fate", "position", "device", "sequence", "detail"), unless=_OUTCOME_UNLESS
    ),
    "waiting": _Table(
        ("report",), ("need", "position", "places", "areas", "device", "approved", "decided"), unless=_WAITING_UNLESS
    ),
    "month": _Table(("place", "month"), ("drawn_up", "appraised", "closed"), name="place || ' ' || month"),
    "half": _Table(("key",), ("side", "person", "area", "other", "since", "lives")),
    "device": _Table(("device",), ("passed",), unless="t.passed = 0 and r.device is null"),
    "device_key": _Table(("key",), tuple(name for name in COLUMNS if name != "key")),
}


async def compare(dsn: str, at: Callable[[int], None], differs: Callable[[str, str, str], None]) -> int:
    """Build the tables anew beside those that are there, and compare; gives how many entries they were built from.

    `at` is told how far it is, `differs` the table, the row's name and what is wrong with it. The role of `dsn` may
    make temporary tables; nothing else is written, and what is recorded meanwhile is not looked at.
    """
    # What is built is read again at random.
    connection = await asyncpg.connect(dsn, timeout=10, server_settings={"temp_buffers": "128MB"})
    try:
        async with connection.transaction(isolation="repeatable_read"):
            for name in TABLES:
                # In front of the ones that are there, by whatever names them without a schema.
                await connection.execute(f"create temporary table {name} (like public.{name} including all)")
            await connection.execute("set transaction read only")
            position = await _build(connection, at)
            for name, table in TABLES.items():
                async for row in connection.cursor(_difference(name, table), prefetch=AT_ONCE):
                    differs(name, row["name"], row["what"])
    finally:
        await connection.close()
    return position


async def _build(connection: Connection, at: Callable[[int], None]) -> int:
    # Nobody counts the rows of a temporary table, which was empty when its statements were planned.
    await connection.execute("set local enable_seqscan = off")
    position, bodies = 0, dict[int, Fact | ReportEntry]()
    async for position, stream, body in connection.cursor(_ENTRIES, prefetch=AT_ONCE):
        bodies[position] = decode(stream, body)
        if len(bodies) == AT_ONCE:
            await fold(connection, bodies)
            bodies = {}
            at(position)
    await fold(connection, bodies)
    await connection.execute(_PASSED)
    await connection.execute("set local enable_seqscan = on")
    return position


def _difference(name: str, table: _Table) -> str:
    columns = ", ".join(table.key + table.values)
    first = table.key[0]
    # Rows of those without values may be there twice.
    distinct = "" if table.values else "distinct"
    there, made = (
        f"(select {distinct} {columns} from {schema}.{name})"  # noqa: S608 - names of ours
        for schema in ("public", "pg_temp")
    )
    values = [f"row({', '.join(f'{side}.{value}' for value in (first, *table.values))})" for side in "tr"]
    return f"""
    select {table.name or first}::text as name,
      case when t.{first} is null then 'is missing' when r.{first} is null then 'is not in the ledger'
      else 'differs from the ledger' end as what
    from {there} as t full join {made} as r using ({", ".join(table.key)})
    where {" is distinct from ".join(values)} and ({table.unless}) is not true
    """  # noqa: S608 - names of ours
