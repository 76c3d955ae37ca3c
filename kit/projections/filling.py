"""What makes bare rows, copied in by the million, into a table as its merge mode promises?"""

# ruff: noqa: S608 - the only names put into SQL are those of declarations, quoted

from kit.process.database import Connection
from kit.projections.builds import names, physical, quote
from kit.projections.projection import VERSION, Merge, Table


async def settle_rows(connection: Connection, table: Table, version: int, build: int) -> None:
    """Drop superseded versions, group sums; before there is a key."""
    relation = quote(physical(table, version, build))
    async with connection.transaction():
        await connection.execute("set local work_mem = '256MB'")
        if table.merge is Merge.UPSERT:
            await connection.execute(_drop_superseded(table, relation), timeout=None)
        elif table.merge is Merge.SUM:
            for statement in _group(table, relation):
                await connection.execute(statement, timeout=None)


def _drop_superseded(table: Table, relation: str) -> str:
    # Sorts only places, keys and versions: the rows that stay are not written again.
    return (
        f"delete from {relation} t using (select ctid, row_number() over"
        f" (partition by {names(table.key)} order by {quote(VERSION)} desc) as place from {relation}) s"
        f" where t.ctid = s.ctid and s.place > 1"
    )


def _group(table: Table, relation: str) -> list[str]:
    sums = ", ".join(f"sum({quote(name)}) as {quote(name)}" for name in table.values)
    columns = names((*table.key, *table.values))
    grouped = f"select {names(table.key)}, {sums} from {relation} group by {names(table.key)}"
    return [
        f"create temp table grouped on commit drop as {grouped}",
        f"truncate {relation}",
        f"insert into {relation} ({columns}) select {columns} from grouped",
    ]
