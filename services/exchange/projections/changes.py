"""What changed for whom (the feed), what is known of a person now, and who bears an identifier?

The feed holds no state and no value: which attributes changed stands in it as bits, and a reader's answer is joined
with the present state. So personal data stands in one place and may be shown to whom the person now belongs to.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any, Final

from contracts.ids import block_of, place_number
from kit.log.records import Record
from kit.projections.history import own_rank
from kit.projections.projection import Merge, Projection, Table, columns
from services.exchange.projections.differences import renumbered
from services.exchange.projections.effect import Effect, decode
from services.exchange.projections.timelines import changes

Row = tuple[Any, ...]
Rows = Iterator[tuple[Table, Row]]

HERE: Final = 0
LEFT: Final = 1

FEED: Final = Table(
    name="feed",
    columns=columns(
        position="bigint",
        n="smallint",
        side="smallint",
        block="bigint",
        area="bigint",
        other="bigint",
        kind="text",
        cause="text",
        occurred_on="date",
        entity="uuid",
        changed="bigint",
        recorded_at="bigint",
    ),
    merge=Merge.APPEND,
    indexes=("(block, position)", "(position)"),
)
"""One row for everybody whom a fact changes; two where she changes the area: `side` 0 here, 1 left. `area` is where
she lives or last lived, null where the fact names none; `other` is where somebody who left went to, which nobody is
shown. What is null is found by `parting` when it is read.
`cause` is the fact's kind where it is another one than `kind`."""

PERSON: Final = Table(
    name="person",
    columns=columns(id="uuid", version="integer", gone="boolean", area="bigint", state="bytea"),
    merge=Merge.UPSERT,
    key=("id",),
    fillfactor=85,
)
"""The present state; `area` is where she lives or last lived, and decides who may see her. It is null where the last
fact about her names none; `parting` knows it then."""

PARTING: Final = Table(
    name="parting",
    columns=columns(entity="uuid", on="date", rank="bigint", position="bigint", sign="smallint", area="bigint"),
    merge=Merge.APPEND,
    indexes=("(entity)",),
)
"""Who went where no area is, and which one she left: slots of timelines, of each of which the latest row wins."""

IDENTIFIER: Final = Table(
    name="identifier",
    columns=columns(value="text", person="uuid", version="integer", gone="boolean"),
    merge=Merge.UPSERT,
    key=("value", "person"),
)
"""Who bears a number: one row for each number and person, written only when it is given or taken away. The row of
the highest version says whether she bears it, whatever became of her other numbers and in whatever order they come."""


def rows(record: Record, effect: Effect) -> Rows:
    """Give the rows of one fact."""
    retracts, asserts = effect.retracts.persons, effect.asserts.persons
    if not asserts and not retracts:
        return
    position, recorded_at, n = record.position, record.recorded_at, 0
    for change in changes(position, retracts, asserts):
        step = change.step
        here, block = _place(change.home)
        state = None if change.after is None else bytes(change.state)
        yield PERSON, (step.entity, change.version, state is None, here, state)
        for part, left, sign in change.partings:
            slot = (part.entity, date.fromisoformat(part.on), own_rank(part, position))
            yield PARTING, (*slot, position, sign, _place(left)[0])
        for value, gone in renumbered(change.before, change.after):
            yield IDENTIFIER, (value, step.entity, change.version, gone)
        if not change.bits:
            continue
        cause = None if step.kind == effect.kind else effect.kind
        told = (step.kind, cause, date.fromisoformat(step.on), step.entity, change.bits, recorded_at)
        yield FEED, (position, n, HERE, block, here, None, *told)
        n += 1
        if change.former != change.home and change.before is not None:
            former, block = _place(change.former)
            yield FEED, (position, n, LEFT, block, former, here, *told)
            n += 1


# Unpacking a date out of an id costs more than all else here, and areas are few.
@lru_cache(maxsize=200_000)
def _place(area: str | None) -> tuple[int | None, int | None]:
    """Pack an area, and its founding commune."""
    if area is None:
        return None, None
    packed = place_number(area)
    return packed, block_of(packed)


CHANGES: Final = Projection(
    name="changes",
    version=5,
    tables=(FEED, PERSON, PARTING, IDENTIFIER),
    decode=decode,
    rows=rows,
)
