"""How does a report of the twin look on the wire, and how do ids and numbers come out the same every time?"""

import json
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from contracts.calendar import VIET_NAM
from contracts.ids import uuid7

EPOCH = date(1970, 1, 1).toordinal()
PERMUTE_NUMBER, PERMUTE_CARD = 387_421, 38_742_113  # coprime to the powers of ten that they walk through
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Ids:
    """UUIDv7 and official numbers drawn from a seeded source: the time part is the time of telling."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._serials: dict[str, int] = {}
        self._cards = 0

    def new(self, told: int) -> str:
        """Make an id that carries `told`, in milliseconds since 1970."""
        return uuid7(told, self._rng.randbytes(10))

    def personal_number(self, province: str, sex: str, year: int) -> str:
        """Give a 12-digit number: province of registration, century and sex, year of birth, a serial of its own."""
        century = (year // 100 - 19) * 2 + (sex == "female")
        head = f"0{province}{century}{year % 100:02d}"
        serial = self._serials[head] = self._serials.get(head, 0) + 1
        return f"{head}{serial * PERMUTE_NUMBER % 1_000_000:06d}"

    def health_card(self, group: str, province: str) -> str:
        """Give a 15-character card: group, level of benefit, province, and a number of 10 digits of its own."""
        self._cards += 1
        return f"{group}4{province}{province}{self._cards * PERMUTE_CARD % 100_000_000:08d}"


def milliseconds(day: datetime) -> int:
    """Give an instant in milliseconds since 1970."""
    return int(day.timestamp() * 1000)


def midnight(day: date) -> int:
    """Give the beginning of a day (UTC) in milliseconds since 1970."""
    return (day.toordinal() - EPOCH) * 86_400_000


def line(
    report: str, told: int, source: str, kind: str, data: dict[str, Any], subject: str, correlation: str | None = None
) -> bytes:
    """Write one report as a line of NDJSON."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": report,
        "source": source,
        "type": f"vn.socai.{kind}.v1",
        "subject": subject,
        "time": datetime.fromtimestamp(told // 1000, UTC).astimezone(VIET_NAM).isoformat(),
        "datacontenttype": "application/json",
    }
    if correlation is not None:
        envelope["correlationid"] = correlation
    envelope["data"] = data
    return encode(envelope).encode() + b"\n"
