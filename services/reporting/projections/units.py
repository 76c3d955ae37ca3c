"""How did the units and areas stand on any day, as known at any moment, and when was each position recorded?"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from contracts.fact import NO_RAW_CHANGES, RawChanges
from kit.log.records import Record
from kit.projections.history import RECORDING, history, history_rows, recording_row
from kit.projections.projection import Projection, Table

UNIT_HISTORY: Final = history("unit_history", indexes=("(position)",))


class UnitFact(msgspec.Struct, frozen=True, gc=False):
    """A fact without its cause."""

    retracts: RawChanges = NO_RAW_CHANGES
    asserts: RawChanges = NO_RAW_CHANGES


_decode_fact: Final = msgspec.json.Decoder(UnitFact).decode
_ABOUT_UNITS: Final = b'"units":['


def decode(value: bytes) -> UnitFact | None:
    """Decode a fact that may be about units; of all others a glance at the bytes is enough."""
    return _decode_fact(value) if _ABOUT_UNITS in value else None


def rows(record: Record, fact: UnitFact | None) -> Iterator[tuple[Table, tuple[Any, ...]]]:
    """Give the history of units, and for every fact when its position was recorded."""
    yield recording_row(record)
    if fact is not None:
        yield from history_rows(UNIT_HISTORY, record.position, fact.retracts.units, fact.asserts.units)


UNITS: Final = Projection(name="units", version=1, tables=(UNIT_HISTORY, RECORDING), decode=decode, rows=rows)
