"""Which ids do imported things get, so that the same file brings the same ids again?

Households and people are named after where they stand in a book, and by nothing personal: an id may be seen where a
name may not, and a number of twelve digits is soon tried out. A report's id follows from all that it says, made with
the installation's secret. So a household told again in other words is on the books already, never twice.
"""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache

from contracts.ids import uuid7

_DAY_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1 << 12)
def _milliseconds(day: str) -> int:
    year, month, date = int(day[:4]), int(day[4:6]), int(day[6:8])
    return max(0, int((datetime(year, month, date, tzinfo=UTC) - _DAY_ZERO).total_seconds()) * 1000)


def entity_id(area: str, *key: str | int | None) -> str:
    """Name a household or person of an area: same key, same id, whatever else is told of it."""
    digest = hashlib.blake2b("\0".join(map(str, (area, *key))).encode(), digest_size=10, person=b"socai.entity")
    # The founding day of the area's commune keeps ids of one commune together.
    return uuid7(_milliseconds(area.split("-")[1]), digest.digest())


def report_id(kind: str, on: str, payload: bytes, key: bytes) -> str:
    """Name a report by its content; `key` is the installation's secret, up to 64 bytes of it."""
    digest = hashlib.blake2b(kind.encode() + b"\0" + payload, digest_size=10, key=key[:64], person=b"socai.report")
    return uuid7(_milliseconds(on.replace("-", "")), digest.digest())


def run_id(file_digest: bytes) -> str:
    """Name what one file brings, so that its reports are found together."""
    return uuid7(0, hashlib.blake2b(file_digest, digest_size=10, person=b"socai.run").digest())
