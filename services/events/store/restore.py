"""How do the ledger and everything that decisions read come back from Kafka alone?

Into an empty ledger, in the ledger's order, checked against the chain on the way; interrupted, it goes on where it
ended. What the log cannot know stays lost: refusals and duplicates that never waited (their reports may be told again),
where a duplicate's event is recorded, and how often a report was delivered.
"""

import time
from collections.abc import Iterable
from typing import Any

from kit.log.records import LogReader, Record
from kit.process.database import Connection, connect
from kit.process.progress import say
from services.events.deciding.needs import READY, SEQUENCE, turn_in, waits_for_itself
from services.events.deciding.office import approval_of
from services.events.settings import EventsSettings
from services.events.signing.key_rows import load_keys
from services.events.state.world import ALIAS, WAITING, World
from services.events.store import ledger
from services.events.store.device_rows import load_devices
from services.events.store.effects import Marks, decode, marks_of
from services.events.store.folding import fold
from services.events.store.outcome_rows import load_outcomes
from services.events.store.replay import BrokenChainError, Chain, in_order, reading, stream_of

AT_ONCE = 2_000


class NoFurtherError(Exception):
    """Behind a position the log is not whole: what stands before it was brought back, and nothing else."""


class NotEmptyError(Exception):
    """The ledger is ahead of the log or of another history: restoring into it would make a fork."""


async def restore(settings: EventsSettings) -> int:
    """Rebuild ledger, states, outcomes and waiting reports from the log; gives the number of entries restored.

    Raises NoFurtherError where the chain breaks, with all before that restored.
    """
    async with reading(settings) as reader:
        connection = await connect(settings.writer_dsn, name="socai-events-restore", by_key=True, timeout=10)
        try:
            return await restore_from(connection, reader, settings.topic_prefix)
        finally:
            await connection.close()


async def restore_from(connection: Connection, reader: LogReader, prefix: str) -> int:
    """Do so from a log that is open."""
    there = await ledger.head(connection)
    chain, batch, restored, began = Chain(), list[Record](), 0, time.monotonic()
    broken: BrokenChainError | None = None
    try:
        async for record in in_order(reader, prefix):
            chain.follow_record(record)
            if record.position == there.position and chain.hash != there.hash:
                raise NotEmptyError(f"position {there.position} has another hash in the ledger than in the log")
            if record.position > there.position:
                batch.append(record)
            if len(batch) == AT_ONCE:
                await _take(connection, batch)
                restored += len(batch)
                batch = []
                each = restored / (time.monotonic() - began)
                say(f"restored up to {chain.position}, {each:.0f} a second")
    except BrokenChainError as found:
        broken = found
    if chain.position < there.position:
        raise NotEmptyError(f"the ledger ends at {there.position}, the log at {chain.position}") from broken
    await _take(connection, batch)
    restored += len(batch)
    await _due(connection)
    if broken is not None:
        raise NoFurtherError(f"{restored} entries, up to position {chain.position}: {broken}") from broken
    return restored


async def _take(connection: Connection, records: list[Record]) -> None:
    if not records:
        return
    bodies = {record.position: decode(stream_of(record), record.value) for record in records}
    async with connection.transaction():
        await ledger.lock(connection)
        rows = [_row(record, marks_of(bodies[record.position])) for record in records]
        await ledger.append(connection, rows)
        await fold(connection, bodies)


def _row(record: Record, marks: Marks) -> tuple[object, ...]:
    return (
        record.position,
        stream_of(record),
        marks.report,
        ledger.instant(record.recorded_at or 0),
        marks.kind,
        marks.key,
        record.traceparent or "",
        bytes.fromhex(record.hash or ""),
        record.value,
    )


async def _due(connection: Connection) -> None:
    """Mark those whose need is here already, as their group had no room for them when the ledger was lost, and those
    that wait for each other, as none of them is ever the first.
    """
    rows = await connection.fetch("select report, need, decided from waiting")
    needed = {row["report"]: row["need"] for row in rows}
    world, needs = World(), {row["need"] for row in rows}
    turns = {row["need"]: turn_in(row["need"]) for row in rows if row["need"].startswith(SEQUENCE)}
    await load_devices(connection, world, (device for device, _ in turns.values()))
    await ledger.load_rows(connection, world, _named(needs, "departed") | needs)
    await load_keys(connection, world, _named(needs, "key"))
    await load_outcomes(connection, world, _named(needs, "report"))
    due = [row["report"] for row in rows if _is_here(world, row["need"]) or _is_decided(row)]
    due += [one for one, need in needed.items() if waits_for_itself(one, need, lambda other: needed.get(other, ""))]
    await connection.execute("update waiting set need = $1 where report = any($2::text[])", READY, due)


def _named(needs: Iterable[str], kind: str) -> set[str]:
    """Give what needs of one kind name: of `departed:<person>` the person."""
    return {which for what, _, which in (need.partition(":") for need in needs) if what == kind}


def _is_decided(row: Any) -> bool:
    return row["decided"] is not None and row["need"] == approval_of(row["report"])


def _is_here(world: World, need: str) -> bool:
    what, _, which = need.partition(":")
    if what == "report":
        outcome = world.reports.get(which)
        return outcome is not None and outcome.fate not in WAITING
    if need.startswith(SEQUENCE):
        device, number = turn_in(need)
        return number <= world.passed_by(device)
    if what in {"left", "arrived"}:
        # Whether the household is empty, or she has come, by its day is seen when it is decided again.
        return True
    if what == "departed":
        # The dead depart no more, nor does who was taken off the books: what waits is told that.
        row = world.rows.get(which)
        return row is not None and getattr(row.state, "status", None) != "resident"
    if what == "key":
        return world.keys.get(which) is not None
    row = world.rows.get(need)
    return row is not None and (row.state is not None or row.kind == ALIAS)
