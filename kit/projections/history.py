"""What was true on a day, as known at a moment: how are both clocks kept in one append-only table?

A timeline is made of slots `(entity, on, rank)`. Whatever a fact retracts or asserts is one row with a sign, and the
*latest row of a slot wins*. Nothing looks back when writing, so rows may come in any order: a retraction may be
applied before the assertion that it takes back. The state on a day is that of the last slot that stands.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Final, Generic, TypeVar

import msgspec

import contracts.kinds  # noqa: F401 - fills the catalogue
from contracts.event import CATALOGUE
from contracts.fact import RawTransition
from contracts.topics import instant_microseconds
from kit.http.faults import worded
from kit.http.problems import InvalidRequest
from kit.log.records import Record
from kit.process.database import Connection
from kit.projections.projection import Column, Merge, Row, Table

ALL_KNOWN: Final = 2**63 - 1
"""A position that no ledger reaches: as known now."""

RECORDING: Final = Table(
    name="recording",
    columns=(Column("recorded_at", "bigint"), Column("version", "bigint")),
    merge=Merge.UPSERT,
    key=("recorded_at",),
)
"""Which position was the highest at an instant: one row for each recorded time (microseconds since 1970, UTC), whose
version is the highest position recorded then. One projection of each service keeps it."""

RANK_BASE: Final[Mapping[str, int]] = {event.kind: event.rank(0) for event in CATALOGUE.values()}
"""Kind -> rank of position 0; `RANK_BASE[kind] | position` is the rank of a fact's own cause."""

State = TypeVar("State")


def history(name: str, *, entity: str = "text", extra: Iterable[Column] = (), indexes: Iterable[str] = ()) -> Table:
    """Declare a history; `extra` columns stand between `sign` and `state`. `state` is null where the sign is -1."""
    columns = (
        Column("entity", entity),
        Column("on", "date"),
        Column("rank", "bigint"),
        Column("position", "bigint"),
        Column("sign", "smallint"),
        *extra,
        Column("state", "bytea"),
    )
    return Table(name=name, columns=columns, merge=Merge.APPEND, indexes=("(entity)", *indexes))


def own_rank(step: RawTransition, position: int) -> int:
    """Give a transition's rank; null in a body means the fact's own."""
    return RANK_BASE[step.kind] | position if step.rank is None else step.rank


def history_rows(
    table: Table, position: int, retracts: Iterable[RawTransition], asserts: Iterable[RawTransition]
) -> Iterator[tuple[Table, Row]]:
    """Give the rows of a history without extra columns for the transitions of the fact at `position`."""
    for step in retracts:
        yield table, (step.entity, date.fromisoformat(step.on), own_rank(step, position), position, -1, None)
    for step in asserts:
        yield table, (step.entity, date.fromisoformat(step.on), own_rank(step, position), position, 1, held(step.after))


def held(state: msgspec.Raw) -> bytes | None:
    """Give a state's bytes as the fact holds them, None for a state that is none."""
    found = bytes(state)
    return None if found == b"null" else found


def recording_row(record: Record) -> tuple[Table, Row]:
    """Give the row that says when the record's position was recorded."""
    return RECORDING, (record.recorded_at, record.position)


def states_sql(table: Table, where: str = "entity = any($3)") -> str:
    """Query the states of entities at the end of day $1, as known at position $2; $3 onwards belong to `where`.

    `where` chooses entities and must not cut through a slot. Entities that did not exist then are left out.
    """
    return last_standing_sql(table, f'{where} and "on" <= $1 and position <= $2')


def present_sql(table: Table, where: str = "entity = any($1)") -> str:
    """Query the states of entities as they are now and as known now; `where` as in `states_sql`, with $1 onwards."""
    return last_standing_sql(table, where)


def last_standing_sql(table: Table, where: str, what: str = "state") -> str:
    """Query `what` stands last of each entity; `where` as in `states_sql`."""
    return (
        f"select distinct on (entity) entity, {what} from ("  # noqa: S608 - names come from declarations
        f' select distinct on (entity, "on", rank) entity, "on", rank, sign, {what} from {table.name}'
        f" where {where}"
        f' order by entity, "on", rank, position desc, sign desc) slots'
        f' where sign = 1 order by entity, "on" desc, rank desc'
    )


def parse_as_known(as_known: str, pointer: str = "query/as_known") -> tuple[int | None, int | None]:
    """Read "as known at": (ledger position, None), or (None, microseconds since 1970) of an RFC 3339 instant.

    Anything else, for instance an instant without its offset from UTC, is refused at the place `pointer`.
    """
    if as_known.isascii() and as_known.isdigit() and len(as_known) <= len(str(ALL_KNOWN)):
        position = int(as_known)
        if position <= ALL_KNOWN:
            return position, None
    try:
        return None, instant_microseconds(as_known)
    except (ValueError, TypeError, OverflowError):
        raise InvalidRequest(errors=(worded(pointer, "position-or-instant"),)) from None


def awaited(not_before: int | None, as_known: str | None, pointer: str = "query/as_known") -> int | None:
    """Give the position that must be there before a question can be answered: what was known at a position that is
    not complete yet cannot be said. Raises InvalidRequest as `parse_as_known` does.
    """
    position, _ = (None, None) if as_known is None else parse_as_known(as_known, pointer)
    return not_before if position is None else max(not_before or 0, position)


async def known_position(connection: Connection, as_known: str | None, pointer: str = "query/as_known") -> int:
    """Give the position up to which was known: of an instant, that of the last fact recorded up to it.

    None means everything; raises InvalidRequest as `parse_as_known` does.
    """
    if as_known is None:
        return ALL_KNOWN
    position, instant = parse_as_known(as_known, pointer)
    if position is not None:
        return position
    found = await connection.fetchval(
        "select version from recording where recorded_at <= $1 order by recorded_at desc limit 1", instant
    )
    return found or 0


class Snapshots(Generic[State]):
    """All states of a small history (units, code lists) as they stood on a day, built once and kept.

    `build` makes of all states whatever is asked for. Keyed by the last position that changed the table, so that
    facts about anything else do not spoil what is kept. All facts that change the table come from one partition, so
    what was built up to a position never gets an older row.
    """

    def __init__(self, table: Table, build: Callable[[Iterable[bytes]], State], keep: int = 64) -> None:
        self._newest = f"select max(position) from {table.name} where position <= $1"  # noqa: S608 - as above
        self._states = states_sql(table, where="true")
        self._build = build
        self._keep = keep
        self._kept: OrderedDict[tuple[str, int], State] = OrderedDict()

    async def get(self, connection: Connection, as_of: str, known: int = ALL_KNOWN) -> State:
        """Give what stood at the end of the day `as_of`, as known at the position `known`."""
        newest = await connection.fetchval(self._newest, known) or 0
        key = (as_of, newest)
        found = self._kept.get(key)
        if found is None:
            rows = await connection.fetch(self._states, date.fromisoformat(as_of), newest)
            found = self._build(row["state"] for row in rows if row["state"] is not None)
            self._kept[key] = found
            if len(self._kept) > self._keep:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found
