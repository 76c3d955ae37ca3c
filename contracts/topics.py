"""Which topics carry the ledger, how is a record addressed, and what do its headers say?"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

FACTS: Final = "population.facts"
REPORTS: Final = "population.reports"
TOPICS: Final = (FACTS, REPORTS)

# Number of partitions and partition function are fixed for the life of a topic: the relay's restart and
# the readers' completeness both rest on "one key, one partition, in order". A new layout is a new topic.
PARTITIONS: Final = 16

# Facts are the truth that everything is rebuilt from: kept for ever, never compacted, bytes as produced.
RETENTION: Final = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "compression.type": "producer",
    "max.message.bytes": "2097152",
}
# The largest record that a topic with this retention takes, headers included.
MAX_RECORD_BYTES: Final = 1_000_000

# CloudEvents 1.0.2 binary mode (https://github.com/cloudevents/spec, Kafka protocol binding 3.2).
# Writers put SEQUENCE and TYPE first: every reader asks for them, and a short look finds them.
SEQUENCE: Final = "ce_sequence"
TYPE: Final = "ce_type"
SPECVERSION: Final = "ce_specversion"
ID: Final = "ce_id"
SOURCE: Final = "ce_source"
TIME: Final = "ce_time"
RECORDED_TIME: Final = "ce_recordedtime"
PARTITION_KEY: Final = "ce_partitionkey"
TRACEPARENT: Final = "ce_traceparent"
CONTENT_TYPE: Final = "content-type"
HASH: Final = "hash"

WATERMARK_TYPE: Final = "vn.socai.watermark.v1"
LEDGER_SOURCE: Final = "/events/ledger"

Headers = Sequence[tuple[str, bytes]]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def topic(prefix: str, name: str) -> str:
    """The topic's full name on the broker; tests and tenants are told apart by their prefix."""
    return prefix + name


def partition_of(key: str) -> int:
    """CRC-32 (ISO 3309, as zlib and librdkafka's `consistent`) of the key's UTF-8 bytes, modulo 16."""
    return crc32(key.encode()) % PARTITIONS


def instant_text(microseconds: int) -> str:
    """RFC 3339 in UTC with all six digits, so that text order is time order."""
    return (_EPOCH + microseconds * _MICROSECOND).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant_microseconds(text: str) -> int:
    """Microseconds since 1970 of an RFC 3339 instant; exact, never through a float."""
    return (datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND


def encode_watermark(position: int) -> tuple[None, bytes, Headers]:
    """Key, value and headers of the record that says: everything up to `position` has been published."""
    text = b"%d" % position
    headers = (
        (SEQUENCE, text),
        (TYPE, WATERMARK_TYPE.encode()),
        (SPECVERSION, b"1.0"),
        (ID, b"watermark-%d" % position),
        (SOURCE, LEDGER_SOURCE.encode()),
        (CONTENT_TYPE, b"text/plain"),
    )
    return None, text, headers


def decode_watermark(value: bytes) -> int:
    return int(value)
