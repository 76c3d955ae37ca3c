"""Who told each fact and when, and which other fact does it put right?

One row a fact, joined to histories by position: cheaper than saying it again for each entity that a fact touches.
"""

from datetime import date
from typing import Final

from contracts.fact import RawChanges
from kit.log.records import Record
from kit.projections.history import RECORDING
from kit.projections.projection import Merge, Projection, Row, Table, columns
from services.registry.facts import Fact, decode

# `amends` is the position of the fact that is put right or taken back; `effects` counts transitions, so that a
# correction of what stands in no state is told from one that concerns somebody else of the same sheet.
CAUSE: Final = Table(
    name="cause",
    columns=columns(
        position="bigint",
        recorded_at="bigint",
        kind="text",
        on="date",
        report="uuid",
        source="text",
        authid="text",
        device="text",
        notes="text[]",
        amends="bigint",
        effects="smallint",
    ),
    merge=Merge.APPEND,
    indexes=("(position)", "(amends) where amends is not null"),
)


def rows(record: Record, fact: Fact) -> tuple[tuple[Table, Row], tuple[Table, Row]]:
    """Give the row of a fact's cause, and when its position was recorded."""
    position, recorded_at, cause, amends = record.position, record.recorded_at, fact.cause, fact.amends
    return (
        CAUSE,
        (
            position,
            recorded_at,
            fact.kind,
            date.fromisoformat(fact.on),
            cause.report,
            cause.source,
            cause.authid,
            cause.device,
            cause.notes or None,
            None if amends is None else amends.position,
            _effects(fact.retracts) + _effects(fact.asserts),
        ),
    ), (RECORDING, (recorded_at, position))


def _effects(changes: RawChanges) -> int:
    return len(changes.persons) + len(changes.households) + len(changes.units)


CAUSES: Final = Projection(name="causes", version=1, tables=(CAUSE, RECORDING), decode=decode, rows=rows)
