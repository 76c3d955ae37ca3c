"""Is the chain whole in PostgreSQL and in Kafka, are the two the same, and does every signature fit?

And what stands outside the chain: is it, beside every entry's body, what the body says, and in the tables on which
decisions rest what the ledger makes of them?
"""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b

import asyncpg

from contracts.event import TYPE_PREFIX
from contracts.fact import GENESIS, Fact, ReportEntry
from contracts.topics import instant_text, partition_of
from kit.log.records import Partition, Record
from services.events.settings import EventsSettings
from services.events.signing.evidence import MOST_NAMED, Evidence
from services.events.store.comparing import compare
from services.events.store.effects import Marks, decode, marks_of
from services.events.store.ledger import microseconds
from services.events.store.replay import (
    BrokenChainError,
    Chain,
    MissingPositionError,
    ends_of,
    in_order,
    reading,
    stream_of,
    vouched_by,
)
from services.events.store.speaker import Speaker

AT_ONCE = 5_000
_ENTRIES = (
    "select position, recorded_at, stream, report, kind, partition_key, traceparent, body, hash from ledger "
    "order by position"
)


@dataclass(slots=True)
class BesideBodies:
    """What a walk found beside the bodies that they do not say: the first positions, each with what is wrong there."""

    wrong: int = 0
    named: list[tuple[int, str]] = field(default_factory=list)

    def follow(self, position: int, body: Fact | ReportEntry, found: Marks) -> None:
        """Look at what stands beside the next entry's body."""
        said = marks_of(body)
        if found != said:
            names = [name for name, one, other in zip(Marks._fields, found, said, strict=True) if one != other]
            self.note(position, f"not what its body says: {', '.join(names)}")

    def note(self, position: int, what: str) -> None:
        """Note that something is wrong."""
        self.wrong += 1
        if len(self.named) < MOST_NAMED:
            self.named.append((position, what))


class Held:
    """Hash and trace of every entry of the ledger by position, in 40 bytes each: a nation has a hundred million."""

    _HASH, _TRACE = len(GENESIS), 8

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, hash_: bytes, trace: str) -> None:
        """Take the next entry."""
        self._bytes += hash_ + self._traced(trace)

    def __len__(self) -> int:
        return len(self._bytes) // (self._HASH + self._TRACE)

    def has(self, position: int, hash_: bytes) -> bool:
        """Say whether the entry at a position has this hash."""
        return self._at(position)[: self._HASH] == hash_

    def has_trace(self, position: int, trace: str) -> bool:
        """Say whether the entry at a position has this trace."""
        return self._at(position)[self._HASH :] == self._traced(trace)

    def _at(self, position: int) -> bytearray:
        size = self._HASH + self._TRACE
        return self._bytes[(position - 1) * size : position * size]

    def _traced(self, trace: str) -> bytes:
        return blake2b(trace.encode(), digest_size=self._TRACE).digest()


async def walk_ledger(dsn: str, evidence: Evidence, beside: BesideBodies) -> tuple[Chain, Held]:
    """Walk the chain in PostgreSQL, look at every signature and at what stands beside every body; gives its end."""
    chain, held, speaker = Chain(), Held(), Speaker("PostgreSQL")
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            async for row in connection.cursor(_ENTRIES, prefetch=AT_ONCE):
                stream, body = row["stream"], row["body"]
                chain.follow(row["position"], microseconds(row["recorded_at"]), stream, body, row["hash"])
                decoded = decode(stream, body)
                evidence.follow(chain.position, chain.recorded_at, decoded)
                beside.follow(chain.position, decoded, Marks(row["report"], row["kind"], row["partition_key"]))
                held.add(chain.hash, row["traceparent"])
                speaker.at(chain.position)
    finally:
        await connection.close()
    return chain, held


async def walk_log(
    settings: EventsSettings,
    beside: BesideBodies,
    *,
    ends: Mapping[Partition, int] | None = None,
    vouched: int | None = None,
    held: Held | None = None,
    evidence: Evidence | None = None,
) -> Chain:
    """Walk the chain in Kafka, look at what stands beside every body, and compare with what the ledger held, or look at
    every signature, or both. What is missing behind the position up to which the log vouched for all is not there yet.
    """
    chain, speaker = Chain(), Speaker("Kafka")
    async with reading(settings) as reader, _up_to(vouched):
        async for record in in_order(reader, settings.topic_prefix, ends):
            chain.follow_record(record)
            if held is not None:
                _compare(record, chain.hash, held, beside)
            body = decode(stream_of(record), record.value)
            beside.follow(chain.position, body, _beside(record))
            if evidence is not None:
                evidence.follow(chain.position, chain.recorded_at, body)
            speaker.at(chain.position)
    return chain


@asynccontextmanager
async def _up_to(vouched: int | None) -> AsyncIterator[None]:
    try:
        yield
    except MissingPositionError as missing:
        if vouched is None or missing.position <= vouched:
            raise


def _compare(record: Record, hash_: bytes, held: Held, beside: BesideBodies) -> None:
    position = record.position
    if position > len(held):
        raise BrokenChainError(f"position {position} is there, but PostgreSQL ends at {len(held)}")
    if not held.has(position, hash_):
        raise BrokenChainError(f"position {position} differs between PostgreSQL and Kafka")
    if not held.has_trace(position, record.traceparent or ""):
        beside.note(position, "differs between PostgreSQL and Kafka: traceparent")


def _beside(record: Record) -> Marks:
    kind = (record.type or "").removeprefix(TYPE_PREFIX).rpartition(".")[0]
    key = (record.key or b"").decode()
    # Whoever reads one partition must find there what is kept under its keys.
    return Marks(record.id or "", kind, key if partition_of(key) == record.partition else "")


async def verify(settings: EventsSettings, *, deep: bool = False) -> int:
    """Walk both chains, and if they are whole and `deep` is wanted compare the tables with the ledger, too; 0 when all
    is whole and the same, 1 otherwise.
    """
    # Asked first: what is published while the ledger is walked is not in the ledger as it was read.
    async with reading(settings) as reader:
        vouched = await vouched_by(reader, settings.topic_prefix)
        ends = await ends_of(reader, settings.topic_prefix)
    where, evidence, beside = "PostgreSQL", Evidence(), {one: BesideBodies() for one in ("PostgreSQL", "Kafka")}
    try:
        ledger, held = await walk_ledger(settings.reader_dsn, evidence, beside[where])
        _whole(where, ledger)
        where = "Kafka"
        log = await walk_log(settings, beside[where], ends=ends, vouched=vouched, held=held)
        _whole(where, log)
    except BrokenChainError as broken:
        _tell_beside(beside)
        sys.stdout.write(f"{where}: BROKEN: {broken}\n")
        return 1
    if log.position < ledger.position:
        lacks = ledger.position - log.position
        sys.stdout.write(f"{lacks} entries were not published when this began; what was published agrees\n")
    else:
        sys.stdout.write("both are the same\n")
    return _tell_beside(beside) | _fit(evidence) | (await _verify_tables(settings) if deep else 0)


async def _verify_tables(settings: EventsSettings) -> int:
    """Say which rows are not what the ledger makes of them; 1 where any is not."""
    wrong = Counter[str]()

    def differs(table: str, name: str, what: str) -> None:
        wrong[table] += 1
        if wrong[table] <= MOST_NAMED:
            sys.stdout.write(f"{table}: BROKEN: {name} {what}\n")

    # Readers may make no temporary table.
    built = await compare(settings.writer_dsn, Speaker("tables").at, differs)
    for table, count in wrong.items():
        sys.stdout.write(f"{table}: {count} rows are not what the ledger makes of them\n")
    sys.stdout.write(f"tables: built anew from {built} entries and compared, {wrong.total()} rows are wrong\n")
    return int(bool(wrong))


async def verify_log(settings: EventsSettings) -> int:
    """Walk the chain in Kafka alone and look at every signature; 0 when all is whole, 1 otherwise."""
    evidence, beside = Evidence(), BesideBodies()
    try:
        _whole("Kafka", await walk_log(settings, beside, evidence=evidence))
    except BrokenChainError as broken:
        sys.stdout.write(f"Kafka: BROKEN: {broken}\n")
        return 1
    return _tell_beside({"Kafka": beside}) | _fit(evidence)


def _tell_beside(found: Mapping[str, BesideBodies]) -> int:
    """Say where something stands beside a body that it does not say; 1 where anything does."""
    for where, beside in found.items():
        for position, what in beside.named:
            sys.stdout.write(f"{where}: BROKEN: position {position}: {what}\n")
        if beside.wrong:
            sys.stdout.write(f"{where}: {beside.wrong} entries have something else beside them\n")
    return int(any(beside.wrong for beside in found.values()))


def _fit(evidence: Evidence) -> int:
    """Say what became of the signatures: the same bytes lie in both, so they are looked at once."""
    for position, code in evidence.broken[:MOST_NAMED]:
        sys.stdout.write(f"signatures: BROKEN: position {position}: {code}\n")
    sys.stdout.write(
        f"signatures: {evidence.signed} checked, {len(evidence.broken)} do not hold; "
        f"{evidence.revoked} of the keys were revoked since\n"
    )
    if evidence.mistrusted:
        named = ", ".join(map(str, evidence.mistrusted[:MOST_NAMED]))
        count = f"{evidence.mistrusted_in_all} in all"
        sys.stdout.write(
            f"signatures: look at what a key signed that was not trusted by then, {count}; "
            f"the first of each day at {named}\n"
        )
    return 1 if evidence.broken else 0


def _whole(where: str, chain: Chain) -> None:
    recorded = f", recorded {instant_text(chain.recorded_at)}" if chain.position else ""
    sys.stdout.write(f"{where}: {chain.position} entries, chain whole, ends in {chain.hash.hex()}{recorded}\n")
