"""How is the ledger read and appended to, and how are the rows loaded and saved that decisions rest on?

One transaction takes the writer lock first and then reads: under the lock the next position is known, positions
have no gaps, and commit order is position order. The primary key of the ledger is the fence behind the lock.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

import msgspec

from contracts.fact import GENESIS, chain_hash, decode_fact
from kit.process.database import Connection
from services.events.deciding import halves
from services.events.deciding.halves import Half, departure
from services.events.signing.key_rows import load_keys, save_keys
from services.events.state.keys import Key
from services.events.state.world import HOUSEHOLD, Row, Unloaded, World
from services.events.store.device_rows import load_devices, load_numbered
from services.events.store.month_rows import load_months
from services.events.store.outcome_rows import Outcomes, load_outcomes, save_outcomes
from services.events.store.waiting_rows import load_queue

WRITER_LOCK = 7_302_001
CHANNEL = "ledger"
MOST_AROUND = 20_000
LedgerRow = tuple[object, ...]
T = TypeVar("T")
# Six texts, since the driver looks at each value of an array twice: that costs more than all else that it does here.
# A text without anything in it makes an empty array; what is missing is filled in.
_CHANGE = (
    "update state s set version = u.version::integer, last_on = coalesce(u.last_on, ''), "
    "last_rank = u.last_rank::bigint, facts = s.facts || decode(coalesce(u.facts, ''), 'hex'), "
    "body = convert_to(u.body, 'UTF8') "
    "from unnest(string_to_array($1, ','), string_to_array($2, ','), string_to_array($3, ','), "
    "string_to_array($4, ','), string_to_array($5, ','), string_to_array($6, e'\\x1e', '')) "
    "as u (entity, version, last_on, last_rank, facts, body) where s.entity = u.entity"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry about to be appended; its body's bytes are made once and never again."""

    stream: str
    report: str
    kind: str
    partition_key: str
    traceparent: str
    body: bytes


class Head(NamedTuple):
    """The end of the ledger: last position, its hash, when it was recorded (microseconds), whether reports wait, and
    the latest month whose books are closed anywhere.
    """

    position: int
    hash: bytes
    recorded_at: int
    waiting: bool = False
    closed: str = ""


def instant(microseconds: int) -> datetime:
    """Turn microseconds since 1970 into an instant."""
    return _EPOCH + timedelta(microseconds=microseconds)


def microseconds(moment: datetime) -> int:
    """Turn an instant into microseconds since 1970, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


async def lock(connection: Connection) -> tuple[int, Head]:
    """Take the writer lock for this transaction, then read the head as the last commit left it; also the number of
    this turn: turns without one between them saw nobody else write.
    """
    turn = await connection.fetchval(f"select pg_advisory_xact_lock({WRITER_LOCK}), nextval('turn')", column=1)
    return turn, await head(connection)


async def head(connection: Connection) -> Head:
    """Read the end of the ledger."""
    row = await connection.fetchrow(
        "select position, hash, recorded_at, exists (select from waiting) as waiting, "
        "(select max(month) from month where closed is not null) as closed from ledger order by position desc limit 1"
    )
    if row is None:
        return Head(0, GENESIS, 0)
    return Head(row["position"], row["hash"], microseconds(row["recorded_at"]), row["waiting"], row["closed"] or "")


async def load_rows(connection: Connection, world: World, entities: Iterable[str]) -> None:
    """Load entities' rows; those that have none are remembered as absent."""
    wanted = [entity for entity in dict.fromkeys(entities) if entity not in world.rows]
    if not wanted:
        return
    found = await connection.fetch(
        # An array of keys, which hold no comma, costs the driver three times what one text does.
        "select entity, kind, version, last_on, last_rank, facts, body from state "
        "where entity = any(string_to_array($1, ','))",
        ",".join(wanted),
    )
    world.rows.update(dict.fromkeys(wanted))
    for entity, kind, version, last_on, last_rank, facts, body in found:
        row = world.rows[entity] = Row(kind, version, (last_on, last_rank), facts, body)
        row.stored = len(facts)


async def load_holders(connection: Connection, world: World, values: Iterable[str]) -> None:
    """Load who holds an identifier already."""
    wanted = [value for value in dict.fromkeys(values) if value not in world.holders]
    if not wanted:
        return
    world.holders.update(dict.fromkeys(wanted, ()))
    for value, holder in await connection.fetch(
        "select value, holder from identifier where value = any(string_to_array($1, ','))", ",".join(wanted)
    ):
        world.holders[value] += (holder,)


async def load_ties(connection: Connection, world: World, entities: Iterable[str]) -> None:
    """Load who depends on an entity."""
    wanted = [entity for entity in entities if entity not in world.ties]
    for entity in wanted:
        world.ties[entity] = set()
    if wanted:
        for entity, dependant in await connection.fetch(
            "select distinct entity, dependant from tie where entity = any(string_to_array($1, ','))", ",".join(wanted)
        ):
            world.ties[entity].add(dependant)


async def load_facts(connection: Connection, world: World, positions: Sequence[int]) -> None:
    """Load facts with everything that amends them."""
    todo = [p for p in positions if p not in world.facts or p not in world.amendments]
    while todo:
        for position, body in await connection.fetch(
            "select position, body from ledger where position = any($1::bigint[])", todo
        ):
            world.facts.setdefault(position, decode_fact(body))
        found: dict[int, list[int]] = {position: [] for position in todo}
        for original, position in await connection.fetch(
            "select original, position from amendment where original = any($1::bigint[]) order by position", todo
        ):
            found[original].append(position)
        for original, amendments in found.items():
            # Amendments of this very transaction are not in the table yet.
            world.amendments[original] = sorted({*amendments, *world.amendments.get(original, ())})
        todo = [p for amendments in found.values() for p in amendments if p not in world.facts]


async def load(connection: Connection, world: World, missing: Unloaded) -> None:
    """Load what a decision asked for."""
    await load_rows(connection, world, missing.entities)
    await load_outcomes(connection, world, missing.reports)
    await load_facts(connection, world, missing.facts)
    await load_ties(connection, world, missing.ties)
    await load_holders(connection, world, missing.identifiers)
    await load_keys(connection, world, missing.keys)
    await load_queue(connection, world, missing.queue)
    await load_months(connection, world, missing.months)
    await load_devices(connection, world, missing.devices)
    await load_numbered(connection, world, missing.numbers)


async def look(connection: Connection, world: World, at: Callable[[], T]) -> T:
    """Look at something of the world, reading what of it is missing."""
    while True:
        try:
            return at()
        except Unloaded as missing:
            await load(connection, world, missing)


async def load_pasts(connection: Connection, world: World, entities: Iterable[str]) -> set[int]:
    """Load entities with all that is recorded of them, and who is tied to the households among them; gives where the
    ledger speaks of them.
    """
    wanted = list(dict.fromkeys(entities))
    await load_rows(connection, world, wanted)
    rows = [(one, row) for one in wanted if (row := world.rows[one]) is not None]
    await load_ties(connection, world, (one for one, row in rows if row.kind == HOUSEHOLD))
    positions = {position for _, row in rows for position in row.positions}
    await load_facts(connection, world, sorted(positions))
    return positions


async def load_around(connection: Connection, world: World, missing: Unloaded) -> None:
    """Load what a decision asked for, and the pasts of everybody tied to what is loaded: who asks often looks far."""
    await load(connection, world, missing)
    near = {*missing.entities, *(one for tied in world.ties.values() for one in tied)}
    if len(near) <= MOST_AROUND:
        await load_pasts(connection, world, near)


def link(last: Head, recorded_at: int, entries: Sequence[Entry]) -> tuple[Head, list[LedgerRow]]:
    """Chain entries behind the last one: the new end, and their rows."""
    moment = instant(recorded_at)
    previous = last.hash
    rows: list[LedgerRow] = []
    for position, entry in enumerate(entries, last.position + 1):
        digest = hashlib.sha256(entry.body).digest()
        previous = chain_hash(previous, position, recorded_at, entry.stream, digest)
        rows.append(
            (
                position,
                entry.stream,
                entry.report,
                moment,
                entry.kind,
                entry.partition_key,
                entry.traceparent,
                previous,
                entry.body,
            )
        )
    return Head(last.position + len(rows), previous, recorded_at, last.waiting, last.closed), rows


async def append(connection: Connection, rows: Sequence[LedgerRow]) -> None:
    """Append rows that `link` or the log gave."""
    await connection.copy_records_to_table("ledger", records=rows)


async def tell(connection: Connection) -> None:
    """Tell the relay of new entries when the transaction commits."""
    await connection.execute(f"notify {CHANNEL}")


class Unsaved(NamedTuple):
    """What a transaction changed since it last saved: rows of `state` new and changed, ties, holders, amendments, keys,
    halves by key (None: closed), and who moved.
    """

    new: list[tuple[object, ...]]
    changed: list[tuple[object, ...]]
    ties: list[tuple[str, str]]
    holders: list[tuple[str, str]]
    amendments: list[tuple[int, int]]
    keys: list[Key]
    halves: dict[str, Half | None]
    moved: list[str]


def unsaved(world: World) -> Unsaved:
    """Take what changed out of the world, which from now on knows it as saved."""
    keys = list(world.new_keys.values())
    found = Unsaved([], [], world.new_ties, world.new_holders, world.new_amendments, keys, {}, list(world.moved))
    for entity in world.dirty:
        row = world.rows[entity]
        if row is None:
            continue
        values = (entity, row.kind, row.version, *row.last, row.facts[row.stored or 0 :], row.body)
        (found.new if row.stored is None else found.changed).append(values)
        row.stored = len(row.facts)
    found.halves.update((person, departure(person, world)) for person in world.in_transit)
    world.in_transit, world.moved = {}, {}
    world.dirty, world.new_ties, world.new_holders, world.new_amendments, world.new_keys = {}, [], [], [], {}
    return found


async def save(connection: Connection, changes: Unsaved) -> None:
    """Save what `unsaved` gave."""
    if changes.new:
        await connection.copy_records_to_table("state", records=changes.new)
    if changed := changes.changed:
        entities, _, versions, days, ranks, facts, bodies = zip(*changed, strict=True)
        await connection.execute(
            _CHANGE,
            ",".join(entities),
            ",".join(map(str, versions)),
            ",".join(days),
            ",".join(map(str, ranks)),
            ",".join(map(bytes.hex, facts)),
            # No JSON holds this sign, not even between its values.
            b"\x1e".join(body or b"" for body in bodies).decode(),
        )
    if changes.ties:
        await connection.copy_records_to_table("tie", records=changes.ties)
    if changes.holders:
        await connection.copy_records_to_table("identifier", records=changes.holders)
    await halves.save(connection, changes.halves)
    await halves.follow(connection, changes.moved)
    if changes.amendments:
        await connection.copy_records_to_table("amendment", records=changes.amendments)
    await save_keys(connection, changes.keys)


async def write(connection: Connection, rows: Sequence[LedgerRow], changes: Unsaved, outcomes: Outcomes) -> None:
    """Append rows, and save what changed with them and what became of the reports."""
    await append(connection, rows)
    await save(connection, changes)
    await save_outcomes(connection, outcomes)
