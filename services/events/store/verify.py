"""Is the chain whole in PostgreSQL and in Kafka, are the two the same, and does every signature fit?"""

import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import asyncpg

from contracts.topics import instant_text
from kit.log.kafka import KafkaReader
from kit.log.kafka_tls import kafka_security
from kit.log.records import Partition
from services.events.settings import EventsSettings
from services.events.signing.evidence import MOST_NAMED, Evidence
from services.events.store.ledger import microseconds
from services.events.store.replay import BrokenChainError, Chain, ends_of, in_order, stream_of

AT_ONCE = 5_000
SPEAK_EVERY = 5.0


class _Speaker:
    """Says how far a long walk has come, every few seconds."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._spoke = time.monotonic()

    def at(self, position: int) -> None:
        if time.monotonic() - self._spoke > SPEAK_EVERY:
            self._spoke = time.monotonic()
            sys.stdout.write(f"{self._what}: at position {position}\n")
            sys.stdout.flush()


async def walk_ledger(dsn: str, evidence: Evidence) -> tuple[Chain, dict[int, bytes]]:
    """Walk the chain in PostgreSQL and look at every signature; gives its end and every hash by position."""
    chain, hashes, speaker = Chain(), {}, _Speaker("PostgreSQL")
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            cursor = connection.cursor(
                "select position, recorded_at, stream, body, hash from ledger order by position", prefetch=AT_ONCE
            )
            async for row in cursor:
                chain.follow(row["position"], microseconds(row["recorded_at"]), row["stream"], row["body"], row["hash"])
                evidence.follow(chain.position, chain.recorded_at, row["stream"], row["body"])
                hashes[chain.position] = chain.hash
                speaker.at(chain.position)
    finally:
        await connection.close()
    return chain, hashes


async def walk_log(
    settings: EventsSettings,
    *,
    ends: Mapping[Partition, int] | None = None,
    hashes: Mapping[int, bytes] | None = None,
    evidence: Evidence | None = None,
) -> Chain:
    """Walk the chain in Kafka; compare every hash with the ledger's, or look at every signature, or both."""
    chain, speaker = Chain(), _Speaker("Kafka")
    async with _reading(settings) as reader:
        async for record in in_order(reader, settings.topic_prefix, ends):
            claimed = bytes.fromhex(record.hash or "")
            chain.follow(record.position, record.recorded_at or 0, stream_of(record), record.value, claimed)
            if hashes is not None and chain.position not in hashes:
                raise BrokenChainError(f"position {chain.position} is there, but PostgreSQL ends at {len(hashes)}")
            if hashes is not None and hashes[chain.position] != claimed:
                raise BrokenChainError(f"position {chain.position} differs between PostgreSQL and Kafka")
            if evidence is not None:
                evidence.follow(chain.position, chain.recorded_at, stream_of(record), record.value)
            speaker.at(chain.position)
    return chain


@asynccontextmanager
async def _reading(settings: EventsSettings) -> AsyncIterator[KafkaReader]:
    reader = KafkaReader(settings.kafka, security=kafka_security(settings))
    await reader.start()
    try:
        yield reader
    finally:
        await reader.stop()


async def verify(settings: EventsSettings) -> int:
    """Walk both chains; 0 when they are whole and the same, 1 otherwise."""
    # Asked first: what is published while the ledger is walked is not in the ledger as it was read.
    async with _reading(settings) as reader:
        ends = await ends_of(reader, settings.topic_prefix)
    where, evidence = "PostgreSQL", Evidence()
    try:
        ledger, hashes = await walk_ledger(settings.reader_dsn, evidence)
        _whole(where, ledger)
        where = "Kafka"
        log = await walk_log(settings, ends=ends, hashes=hashes)
        _whole(where, log)
    except BrokenChainError as broken:
        sys.stdout.write(f"{where}: BROKEN: {broken}\n")
        return 1
    if log.position < ledger.position:
        lacks = ledger.position - log.position
        sys.stdout.write(f"{lacks} entries were not published when this began; what was published agrees\n")
    else:
        sys.stdout.write("both are the same\n")
    return _fit(evidence)


async def verify_log(settings: EventsSettings) -> int:
    """Walk the chain in Kafka alone and look at every signature; 0 when all is whole, 1 otherwise."""
    evidence = Evidence()
    try:
        _whole("Kafka", await walk_log(settings, evidence=evidence))
    except BrokenChainError as broken:
        sys.stdout.write(f"Kafka: BROKEN: {broken}\n")
        return 1
    return _fit(evidence)


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
            f"signatures: look at what a key signed that was not trusted by then, {count}: positions {named}\n"
        )
    return 1 if evidence.broken else 0


def _whole(where: str, chain: Chain) -> None:
    recorded = f", recorded {instant_text(chain.recorded_at)}" if chain.position else ""
    sys.stdout.write(f"{where}: {chain.position} entries, chain whole, ends in {chain.hash.hex()}{recorded}\n")
