"""Which households are on the books, and under which number of which area?"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec

from contracts.fact import present
from kit.log.records import Record
from kit.projections.history import history, own_rank
from kit.projections.projection import Column, Merge, Projection, Row, Table, columns
from services.registry.facts import PLACES, Fact, Household, decode, decode_household, former

# Where a household stands now, written only when that changes; its state stands in the history alone.
HOUSEHOLD: Final = Table(
    name="household",
    columns=columns(id="uuid", version="int", gone="boolean", area="bigint", number="text", status="text"),
    merge=Merge.UPSERT,
    key=("id",),
    indexes=("(area, number)",),
    fillfactor=85,
)
# The area stands only where a household enters it or gets another number there.
HISTORY: Final = history(
    "household_history",
    entity="uuid",
    extra=(Column("area", "bigint"), Column("number", "text")),
    indexes=("(area, number) where area is not null",),
)


def rows(record: Record, fact: Fact) -> Iterator[tuple[Table, Row]]:
    """Give the rows of the households of which a fact speaks."""
    retracts, asserts = fact.retracts.households, fact.asserts.households
    if not asserts and not retracts:
        return
    position = record.position
    for step in retracts:
        day = date.fromisoformat(step.on)
        yield HISTORY, (step.entity, day, own_rank(step, position), position, -1, None, None, None)
    for step in asserts:
        before, after = decode_household(step.before), decode_household(step.after)
        area, number = (None, None) if after is None else (PLACES[after.area], after.number)
        if before is not None and after is not None and (before.area, before.number) == (after.area, number):
            area, number = None, None
        state = None if after is None else bytes(step.after)
        day = date.fromisoformat(step.on)
        yield HISTORY, (step.entity, day, own_rank(step, position), position, 1, area, number, state)
    until_now = former(retracts, asserts)
    for entity, version, now in present(retracts, asserts):
        assert isinstance(now, msgspec.Raw)
        if _standing(decode_household(until_now[entity])) != _standing(household := decode_household(now)):
            yield HOUSEHOLD, _household(entity, version, household)


def _standing(household: Household | None) -> tuple[str, str | None, str] | None:
    """Give that of which the row of a household tells."""
    return None if household is None else (household.area, household.number, household.status)


def _household(entity: str, version: int, now: Household | None) -> Row:
    if now is None:
        return entity, version, True, None, None, None
    return entity, version, False, PLACES[now.area], now.number, now.status


HOUSEHOLDS: Final = Projection(name="households", version=3, tables=(HOUSEHOLD, HISTORY), decode=decode, rows=rows)
