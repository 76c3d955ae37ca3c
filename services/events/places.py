"""May a sender report for the places that a fact touches? Checked through the hierarchy as it stands now."""

from collections.abc import Iterator

from contracts.fact import Fact
from contracts.ids import EVERYWHERE
from contracts.unit import UnitState
from kit.database import Connection
from services.events import ledger
from services.events.effects import areas_of
from services.events.timeline import transitions
from services.events.world import Unloaded, World


async def permitted(connection: Connection, world: World, fact: Fact, allowed: tuple[str, ...]) -> bool:
    """Say whether one of the places that a fact touches lies within the places allowed."""
    if EVERYWHERE in allowed:
        return True
    while True:
        try:
            return any(step in allowed for place in _places(fact) for step in _above(place, fact, world))
        except Unloaded as missing:
            await ledger.load(connection, world, missing)


def _places(fact: Fact) -> Iterator[str]:
    for side in (fact.asserts, fact.retracts):
        for step in side.units:
            yield step.entity
    yield from dict.fromkeys(areas_of(fact))
    if not any(True for side in (fact.asserts, fact.retracts) for _ in transitions(side)):
        yield from fact.names


def _above(place: str, fact: Fact, world: World) -> Iterator[str]:
    told = {step.entity: step.after for step in fact.asserts.units}
    step: str | None = place
    while step is not None:
        yield step
        row = None if step in told else world.row(step)
        state = told.get(step) if row is None else row.state
        step = state.parent if isinstance(state, UnitState) else getattr(state, "area", None)
