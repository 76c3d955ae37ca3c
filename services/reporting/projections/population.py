"""How many people stand where at each month end, and which flows brought them there?

One narrow signed row for each changed side of a transition; retractions are the same rows with the opposite sign.
Cells do not compress (read-side measurement: one row a person), so rows are summed when read, and `position` makes
"as known at" exact.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from kit.log.records import Record
from kit.projections.projection import Merge, Projection, Table, columns
from services.reporting.cubes import flows
from services.reporting.cubes.cells import MONTHS, OUTSIDE, Standing
from services.reporting.cubes.flows import flow_of

STOCK: Final = Table(
    name="stock",
    columns=columns(area="bigint", on_m="smallint", sex="smallint", birth="smallint", position="bigint", n="smallint"),
    merge=Merge.APPEND,
    indexes=("(area, on_m) include (sex, birth, position, n)",),
)
"""`area` is a place number, `on_m` and `birth` as in `cubes.cells`."""

FLOW: Final = Table(
    name="flow",
    columns=columns(
        code="smallint",
        origin="bigint",
        destination="bigint",
        on_m="smallint",
        sex="smallint",
        birth="smallint",
        position="bigint",
        n="smallint",
    ),
    merge=Merge.APPEND,
    # Either end is asked for at once, so no index answers alone; equal keys are then stored once.
    indexes=("(destination, on_m)", "(origin, on_m)", "(on_m)"),
)
"""Both ends are kept: whether a move is a flow depends on the places that are asked for."""


class Step(msgspec.Struct, frozen=True, gc=False):
    """What statistics read of a person's transition."""

    kind: str
    on: str
    before: Standing | None = None
    after: Standing | None = None


class Steps(msgspec.Struct, frozen=True, gc=False):
    """The persons among a fact's changes."""

    persons: tuple[Step, ...] = ()


NO_STEPS: Final = Steps()


class Fact(msgspec.Struct, frozen=True, gc=False):
    """A fact without its cause, and with a few fields of each state: a third of the time of a full decode."""

    retracts: Steps = NO_STEPS
    asserts: Steps = NO_STEPS


decode = msgspec.json.Decoder(Fact).decode

TableRow = tuple[Table, tuple[Any, ...]]


def rows(record: Record, fact: Fact) -> Iterator[TableRow]:
    """Give the signed rows of a fact."""
    retracted, asserted = fact.retracts.persons, fact.asserts.persons
    if retracted:
        yield from _netted(record.position, retracted, asserted)
        return
    position = 0
    for step in asserted:
        found = flow_of(step.kind, step.before, step.after)
        if found:
            position = position or record.position
            month = MONTHS[step.on[:7]]
            for code, origin, destination, sex, birth in found:
                yield FLOW, (code, origin, destination, month, sex, birth, position, 1)
                if origin != destination:
                    if origin != OUTSIDE:
                        yield STOCK, (origin, month, sex, birth, position, -1)
                    if destination != OUTSIDE:
                        yield STOCK, (destination, month, sex, birth, position, 1)


def _netted(position: int, retracted: tuple[Step, ...], asserted: tuple[Step, ...]) -> Iterator[TableRow]:
    """Leave out what is taken back and told again alike: most of a tail that is asserted anew."""
    counts: dict[tuple[int, ...], int] = {}
    for sign, steps in ((-1, retracted), (1, asserted)):
        for step in steps:
            month = MONTHS[step.on[:7]]
            for flow in flow_of(step.kind, step.before, step.after):
                key = (month, *flow)
                counts[key] = counts.get(key, 0) + sign
    for (month, code, origin, destination, sex, birth), n in counts.items():
        if n:
            yield FLOW, (code, origin, destination, month, sex, birth, position, n)
            if origin != destination:
                if origin != OUTSIDE:
                    yield STOCK, (origin, month, sex, birth, position, -n)
                if destination != OUTSIDE:
                    yield STOCK, (destination, month, sex, birth, position, n)


POPULATION: Final = Projection(name="population", version=flows.VERSION, tables=(STOCK, FLOW), decode=decode, rows=rows)
