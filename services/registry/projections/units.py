"""How did the units and areas stand on any day, as known at any moment?"""

from collections.abc import Iterator
from typing import Final

from kit.log.records import Record
from kit.projections.history import history, history_rows
from kit.projections.projection import Projection, Row, Table
from services.registry.facts import Fact, decode

TAKES_IN: Final = """position('"predecessors"'::bytea in state) > 0"""
"""Of a row of the history: the unit took in others, or parts of them, which its state names. Few did."""
UNIT_HISTORY: Final = history("unit_history", indexes=("(position)", f"(entity) where {TAKES_IN}"))


def rows(record: Record, fact: Fact) -> Iterator[tuple[Table, Row]]:
    """Give the history of the units of which a fact speaks."""
    retracts, asserts = fact.retracts.units, fact.asserts.units
    if asserts or retracts:
        yield from history_rows(UNIT_HISTORY, record.position, retracts, asserts)


UNITS: Final = Projection(name="units", version=2, tables=(UNIT_HISTORY,), decode=decode, rows=rows)
