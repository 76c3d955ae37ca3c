"""How does a test name people and places, and how do facts stand on the log?

Facts themselves are made by `tests.support.book.Book`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from contracts.fact import Fact, encode
from contracts.ids import uuid7
from contracts.topics import (
    CONTENT_TYPE,
    FACTS,
    HASH,
    ID,
    PARTITION_KEY,
    PARTITIONS,
    RECORDED_TIME,
    SEQUENCE,
    SOURCE,
    SPECVERSION,
    TYPE,
    encode_watermark,
    instant_text,
    partition_of,
    topic,
)
from kit.log.records import Entry, LogWriter, Record

PROVINCE: Final = "31-20250701"
COMMUNE: Final = "11383-20250701"
OTHER_COMMUNE: Final = "11386-20250701"
AREA: Final = "11383-20250701-001"
SECOND_AREA: Final = "11383-20250701-002"
OTHER_AREA: Final = "11386-20250701-001"
UNITS_KEY: Final = "units"


def person_id(n: int) -> str:
    return uuid7(1_700_000_000_000 + n, b"person" + n.to_bytes(4, "big"))


def household_id(n: int) -> str:
    return uuid7(1_700_000_000_000 + n, b"housed" + n.to_bytes(4, "big"))


def report_id(n: int) -> str:
    return uuid7(1_700_000_000_000 + n, b"report" + n.to_bytes(4, "big"))


def named(name: str, *, pid: str | None = None, phone: str | None = None) -> msgspec.Raw:
    """What stands under `personal` of a person."""
    identifiers = [{"type": "pid", "value": pid}] if pid else []
    contacts = [{"type": "phone", "value": phone}] if phone else []
    return msgspec.Raw(msgspec.json.encode({"name": name, "identifiers": identifiers, "contacts": contacts}))


def addressed(line: str) -> msgspec.Raw:
    """What stands under `personal` of a household."""
    return msgspec.Raw(msgspec.json.encode({"address": line}))


@dataclass(frozen=True)
class Recorded:
    """A ledger entry: `recorded_at` in microseconds since 1970, `key` that of its partition."""

    position: int
    recorded_at: int
    key: str
    fact: Fact

    @property
    def body(self) -> bytes:
        return encode(self.fact)

    def entry(self) -> Entry:
        cause = self.fact.cause
        headers = (
            (SEQUENCE, b"%d" % self.position),
            (TYPE, cause.type.encode()),
            (SPECVERSION, b"1.0"),
            (ID, cause.report.encode()),
            (SOURCE, cause.source.encode()),
            (RECORDED_TIME, instant_text(self.recorded_at).encode()),
            (PARTITION_KEY, self.key.encode()),
            (CONTENT_TYPE, b"application/json"),
            (HASH, b"%064x" % self.position),
        )
        return self.key.encode(), self.body, headers

    def record(self, offset: int = 0) -> Record:
        key, value, headers = self.entry()
        return Record(FACTS, partition_of(self.key), offset, key, value, tuple(headers))


def dealt(facts: Iterable[Recorded]) -> dict[int, list[Entry]]:
    """The records by partition, as the relay sends them; a watermark with the last position ends each."""
    known = list(facts)
    entries: dict[int, list[Entry]] = {number: [] for number in range(PARTITIONS)}
    for one in known:
        entries[partition_of(one.key)].append(one.entry())
    last = max((one.position for one in known), default=0)
    for records in entries.values():
        records.append(encode_watermark(last))
    return entries


async def publish(writer: LogWriter, facts: Iterable[Recorded], *, topic_prefix: str = "") -> None:
    """Append facts and a watermark behind them to the topic of facts."""
    for number, records in dealt(facts).items():
        await writer.append(topic(topic_prefix, FACTS), number, records)
