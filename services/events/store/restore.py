"""How do the ledger and everything that decisions read come back from Kafka alone?

Into an empty ledger, in the ledger's order, checked against the chain on the way; interrupted, it goes on where it
ended. What the log cannot know stays lost: refusals that never waited (their reports may be told again) and how
often a report was delivered.
"""

import sys
import time
from collections.abc import Iterable
from typing import Any

import asyncpg

from contracts.event import TYPE_PREFIX
from contracts.fact import STREAM_FACTS, Fact, ReportEntry, decode_fact, decode_report_entry
from contracts.kinds.correction import FactVoided
from contracts.kinds.office import ReportAdvanced
from kit.log.kafka import KafkaReader
from kit.log.kafka_tls import kafka_security
from kit.log.records import LogReader, Record
from kit.process.database import Connection
from services.events.deciding import halves
from services.events.deciding.decide import returned
from services.events.deciding.halves import Half, arrival_of
from services.events.deciding.needs import READY, SEQUENCE, turn_in, waits_for_itself
from services.events.deciding.office import approval_of, decision_in, keep, month_of
from services.events.deciding.reasons import detail_of
from services.events.report.line import counted, digest, report_of
from services.events.settings import EventsSettings
from services.events.signing.key_rows import load_keys
from services.events.state.absorb import absorb
from services.events.state.aliases import take, told_in
from services.events.state.keys import KEY_KINDS, key_named
from services.events.state.timeline import transitions
from services.events.state.world import ALIAS, WAITING, World
from services.events.store import ledger
from services.events.store.device_rows import load_devices, save_devices
from services.events.store.month_rows import load_months, save_months
from services.events.store.outcome_rows import load_outcomes
from services.events.store.replay import BrokenChainError, Chain, in_order, stream_of
from services.events.store.waiting_rows import save_verdicts, save_waiting

AT_ONCE = 2_000
# What became no fact and waits for nothing is at no position.
NOWHERE = frozenset({"refused", "returned"})
_NUMBERED = "select sender, device, sequence from outcome where report = any($1::text[])"
_RETURNED = "select report, decided from waiting where report = any($1::text[]) and not approved"
_OUTCOME = (
    "insert into outcome (report, sender, digest, fate, position, device, sequence, detail) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8) "
    "on conflict (report) do update set fate = excluded.fate, position = excluded.position, detail = excluded.detail"
)


class NoFurtherError(Exception):
    """Behind a position the log is not whole: what stands before it was brought back, and nothing else."""


class NotEmptyError(Exception):
    """The ledger is ahead of the log or of another history: restoring into it would make a fork."""


async def restore(settings: EventsSettings) -> int:
    """Rebuild ledger, states, outcomes and waiting reports from the log; gives the number of entries restored.

    Raises NoFurtherError where the chain breaks, with all before that restored.
    """
    reader = KafkaReader(settings.kafka, security=kafka_security(settings))
    await reader.start()
    connection = await asyncpg.connect(settings.writer_dsn, timeout=10)
    try:
        return await restore_from(connection, reader, settings.topic_prefix)
    finally:
        await connection.close()
        await reader.stop()


async def restore_from(connection: Connection, reader: LogReader, prefix: str) -> int:
    """Do so from a log that is open."""
    there = await ledger.head(connection)
    chain, batch, restored, began = Chain(), list[Record](), 0, time.monotonic()
    broken: BrokenChainError | None = None
    try:
        async for record in in_order(reader, prefix):
            claimed = bytes.fromhex(record.hash or "")
            chain.follow(record.position, record.recorded_at or 0, stream_of(record), record.value, claimed)
            if record.position == there.position and claimed != there.hash:
                raise NotEmptyError(f"position {there.position} has another hash in the ledger than in the log")
            if record.position > there.position:
                batch.append(record)
            if len(batch) == AT_ONCE:
                restored += await _take(connection, batch)
                batch = []
                each = restored / (time.monotonic() - began)
                sys.stdout.write(f"restored up to {chain.position}, {each:.0f} a second\n")
                sys.stdout.flush()
    except BrokenChainError as found:
        broken = found
    if chain.position < there.position:
        raise NotEmptyError(f"the ledger ends at {there.position}, the log at {chain.position}") from broken
    restored += await _take(connection, batch)
    await _due(connection)
    if broken is not None:
        raise NoFurtherError(f"{restored} entries, up to position {chain.position}: {broken}") from broken
    return restored


async def _take(connection: Connection, records: list[Record]) -> int:
    if not records:
        return 0
    async with connection.transaction():
        await ledger.lock(connection)
        await connection.copy_records_to_table("ledger", records=[_row(record) for record in records])
        world = World()
        facts = [(r.position, decode_fact(r.value)) for r in records if stream_of(r) == STREAM_FACTS]
        entries = [(r.position, decode_report_entry(r.value)) for r in records if stream_of(r) != STREAM_FACTS]
        again = [(told_in(entry.cause).find("person"), entry.instead) for _, entry in entries if entry.instead]
        await ledger.load_rows(connection, world, [*_entities(facts), *(told for told, _ in again)])
        await load_keys(connection, world, (key_named(fact) for _, fact in facts if fact.kind in KEY_KINDS))
        for position, fact in facts:
            absorb(world, position, fact)
        for told, instead in again:
            take(world, told, instead)
        await ledger.save(connection, ledger.unsaved(world))
        await _outcomes(connection, records, dict(facts), dict(entries))
    return len(records)


def _row(record: Record) -> tuple[object, ...]:
    kind = (record.type or "").removeprefix(TYPE_PREFIX).rpartition(".")[0]
    return (
        record.position,
        stream_of(record),
        record.id,
        ledger.instant(record.recorded_at or 0),
        kind,
        (record.key or b"").decode(),
        record.traceparent or "",
        bytes.fromhex(record.hash or ""),
        record.value,
    )


def _entities(facts: Iterable[tuple[int, Fact]]) -> Iterable[str]:
    for _, fact in facts:
        yield from fact.names
        for side in (fact.retracts, fact.asserts):
            for step in transitions(side):
                yield step.entity


async def _outcomes(
    connection: Connection, records: list[Record], facts: dict[int, Fact], entries: dict[int, ReportEntry]
) -> None:
    world = World()
    decisions = {at: event for at, fact in facts.items() if (event := decision_in(fact)) is not None}
    await load_months(connection, world, [key for one in decisions.values() if (key := month_of(one)) is not None])
    outcomes, waits, done, voided = [], {}, [], []
    # Between its decision and its end a report may wait, for a group that has room for it.
    ended = [entry.cause.report for entry in entries.values() if entry.fate == "returned"]
    rows = await connection.fetch(_RETURNED, ended) if ended else ()
    decided: dict[str, int] = {row["report"]: row["decided"] for row in rows}
    devices: dict[str, int] = {}
    open_halves: dict[str, Half | None] = {}
    for record in records:
        fact, instead = facts.get(record.position), None
        if fact is not None:
            cause, fate = fact.cause, "recorded"
            if record.position in decisions:
                keep(world, record.position, decisions[record.position])
            if fact.kind == FactVoided.kind and fact.amends is not None:
                voided.append(fact.amends.report)
        else:
            entry = entries[record.position]
            cause, fate, instead = entry.cause, entry.fate, entry.instead
            if fate in WAITING:
                open_halves[cause.report] = arrival_of(entry)
                places = entry.places if entry.need == approval_of(cause.report) else None
                waits[cause.report] = (cause.report, entry.need, record.position, places)
        if fate not in WAITING:
            waits.pop(cause.report, None)
            open_halves.pop(cause.report, None)
            done.append(cause.report)
        count = counted(cause.authid or "", cause.device, cause.devicesequence)
        # What still waits for its turn has not had it; where one had its turn, so had all before it.
        if count is not None and not (fate == "waiting" and (entry.need or "").startswith(SEQUENCE)):
            devices[count[0]] = max(count[1], devices.get(count[0], 0))
        told = digest(report_of(cause))
        detail = None if instead is None else instead.encode()
        if fate == "returned":
            _, by = world.verdicts.get(cause.report) or (False, decided[cause.report])
            detail = detail_of(returned(by))
        sent = cause.report, cause.authid or "", told
        position = None if fate in NOWHERE else record.position
        outcomes.append((*sent, fate, position, cause.device, cause.devicesequence, detail))
    await connection.executemany(_OUTCOME, outcomes)
    advanced = [event.report for event in decisions.values() if isinstance(event, ReportAdvanced)]
    for sender, device, sequence in await connection.fetch(_NUMBERED, advanced):
        name, number = counted(sender, device, sequence) or ("", 0)
        devices[name] = max(number - 1, devices.get(name, 0))
    await connection.execute("update outcome set fate = 'voided' where report = any($1::text[])", voided)
    await connection.execute("delete from waiting where report = any($1::text[])", done)
    await save_waiting(connection, list(waits.values()))
    await save_verdicts(connection, [(report, *verdict) for report, verdict in world.verdicts.items()])
    await save_months(connection, world)
    opened = [half for half in open_halves.values() if half is not None]
    await halves.save(connection, {*done, *open_halves}, opened)
    await save_devices(connection, devices, {})


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
