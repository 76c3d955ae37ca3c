"""Do two builds of a table hold the same, whatever the order, batches and restarts they came from?

Hashes of rows are added up, so order does not matter. Sums are hashed linearly, `sum(n * hash(cell))`, so that rows
which were split, merged or cancelled make no difference either. PostgreSQL's hash functions may change between major
versions: compare within one cluster only.
"""

from kit.process.database import Connection
from kit.projections.builds import names, physical, quote
from kit.projections.projection import AnyProjection, Merge, Table


def digest_sql(table: Table, relation: str) -> str:
    """A query that gives the digest of a relation with the shape of this table, as text."""
    source = f"from {quote(relation)} t"
    if table.merge is not Merge.SUM:
        row = f"row({names(table.names)})"
        return f"select coalesce(sum(hash_record_extended({row}, 0)::numeric), 0)::text {source}"
    cell = f"hash_record_extended(row({names(table.key)}), 0)::numeric"
    sums = " || '/' || ".join(f"coalesce(sum({quote(name)} * {cell}), 0)" for name in table.values)
    return f"select ({sums})::text {source}"


async def digests(connection: Connection, projection: AnyProjection, build: int) -> dict[str, str]:
    """By table. Builds stand for comparison only when their checkpoints are equal."""
    return {
        table.name: await connection.fetchval(
            digest_sql(table, physical(table, projection.version, build)), timeout=None
        )
        for table in projection.tables
    }
