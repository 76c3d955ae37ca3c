"""How many bytes does a person take, by table and index of each service and in the log?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from deploy.local.databases import Database

SHOWN_FROM = 1.0
_SIZES = """
select coalesce(owner.relname, c.relname) as table, case when c.relkind = 'i' then c.relname end as index,
  sum(pg_relation_size(c.oid))::bigint as bytes
from pg_class c left join pg_index i on i.indexrelid = c.oid
left join pg_class t on t.reltoastrelid = coalesce(i.indrelid, c.oid)
left join pg_class owner on owner.oid = coalesce(t.oid, i.indrelid)
where c.relkind in ('r', 'i', 't') and c.relnamespace in ('public'::regnamespace, 'pg_toast'::regnamespace)
  and coalesce(t.relnamespace, owner.relnamespace, c.relnamespace) = 'public'::regnamespace
group by 1, 2
"""


@dataclass(frozen=True)
class Place:
    """What one table (with what is stored out of line) or one index takes."""

    service: str
    table: str
    index: str
    bytes: int


def places(databases: Mapping[str, Database], log: Path, prefix: str) -> list[Place]:
    """Measure the tables of some databases, and the topics whose names begin so."""
    found = [place for service, database in databases.items() for place in _of(service, database.reader_dsn)]
    segments = sum(path.stat().st_size for path in log.glob(f"{prefix}*/*.log"))
    return [*found, Place("kafka", "log", "", segments)]


def _of(service: str, dsn: str) -> Iterator[Place]:
    with psycopg.connect(dsn) as connection:
        for table, index, size in connection.execute(_SIZES).fetchall():
            yield Place(service, table, index or "", size)


def render(found: Sequence[Place], persons: int) -> str:
    """Lay out what takes a byte a person or more, the largest first, and the sum of each service."""
    lines = [f"{'bytes a person':>15}  place"]
    for service in dict.fromkeys(place.service for place in found):
        own = sorted((place for place in found if place.service == service), key=lambda place: -place.bytes)
        lines.append(f"{sum(place.bytes for place in own) / persons:>15,.0f}  {service}")
        shown = [place for place in own if place.bytes / persons >= SHOWN_FROM]
        lines += [f"{place.bytes / persons:>15,.0f}    {place.table} {place.index}".rstrip() for place in shown]
    lines.append(f"{sum(place.bytes for place in found) / persons:>15,.0f}  in all")
    return "\n".join(lines)
