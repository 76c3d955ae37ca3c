"""How did administrative units and areas stand on a day? The history from which places are understood."""

from typing import Final

from kit.log.records import Record
from kit.projections.history import history, history_rows
from kit.projections.projection import Projection, Row, Table
from services.exchange.projections.effect import Effect, decode

UNIT_HISTORY: Final = history("unit_history", indexes=("(position)",))


def rows(record: Record, effect: Effect) -> list[tuple[Table, Row]]:
    """Give the rows of one fact."""
    return list(history_rows(UNIT_HISTORY, record.position, effect.retracts.units, effect.asserts.units))


UNITS: Final = Projection(name="units", version=1, tables=(UNIT_HISTORY,), decode=decode, rows=rows)
