"""Which places does a fact touch, and may its sender report for them? Judged by the hierarchy as it stands today."""

from collections.abc import Iterable, Iterator
from itertools import islice

from contracts.event import Event
from contracts.fact import Changes, Fact
from contracts.ids import EVERYWHERE
from contracts.kinds.device import DeviceEnrolled
from contracts.kinds.office import Office
from contracts.unit import UnitState
from kit.process.database import Connection
from services.events.deciding.office import decision_in, decision_of, month_of, with_heirs
from services.events.deciding.office import places_of as decisions_places
from services.events.rules import mentions
from services.events.state.keys import KEY_KINDS, key_named, key_of
from services.events.state.timeline import Pasts, lies, transitions
from services.events.state.world import PERSON, World
from services.events.store import ledger
from services.events.store.effects import area_of, areas_in, areas_of


async def in_sight(connection: Connection, fact: Fact, allowed: tuple[str, ...], today: str) -> bool:
    """Say whether one of the places that a fact touches lies within the places allowed."""
    world = World(today)
    return await ledger.look(connection, world, lambda: EVERYWHERE in allowed or _is_seen(fact, world, allowed))


def _is_seen(fact: Fact, world: World, allowed: tuple[str, ...]) -> bool:
    decision = decision_in(fact)
    about = None if decision is None else month_of(decision)
    return _touched(fact, world, allowed) if about is None else within(with_heirs(about[0], world), world, allowed)


def permitted(world: World, fact: Fact, allowed: tuple[str, ...]) -> bool:
    """Say whether somebody may report a fact for the places allowed; raises Unloaded.

    One end of a move is enough. Units are changed by whoever has all of them, before and after; what was recorded is
    amended by whoever has one of the places that it spoke of so far.
    """
    return EVERYWHERE in allowed or _may_report(fact, world, allowed)


def within(places: Iterable[str], world: World, allowed: tuple[str, ...]) -> bool:
    """Say whether one of some places lies within the places allowed; raises Unloaded."""
    return EVERYWHERE in allowed or _any_within(places, None, world, allowed)


def above(place: str, world: World, allowed: tuple[str, ...]) -> list[str]:
    """List the units above a place, the whole country last, that lie within the places allowed; raises Unloaded."""
    _, *units = _above(place, None, world, recorded=True)
    return [unit for unit in (*units, EVERYWHERE) if within((unit,), world, allowed)]


def decides(world: World, event: Office, allowed: tuple[str, ...]) -> bool:
    """Say whether the office of the places allowed may take a decision; raises Unloaded."""
    return all(within(places, world, allowed) for places in decisions_places(event, world))


def concerned(world: World, event: Event, allowed: tuple[str, ...]) -> bool:
    """Say whether a report speaks of anybody or anything within the places allowed; raises Unloaded.

    Who reports of none that she may speak of does not learn what contradicts her.
    """
    if EVERYWHERE in allowed:
        return True
    taken = decision_of(event)
    if taken is not None:
        return decides(world, taken, allowed)
    if event.kind in KEY_KINDS:
        key = world.key(key_of(event))
        return key is not None and _any_within((key.place,), None, world, allowed)
    target = event.find("fact")
    if target is None:
        places = [place for entity in sorted(mentions(event)) for place in last_places(entity, world)]
        return _any_within(places, None, world, allowed)
    outcome = world.outcome(target)
    if outcome is None or outcome.position is None or outcome.fate not in {"recorded", "voided"}:
        return True
    fact = world.fact(outcome.position)
    decision = decision_in(fact)
    return _touched(fact, world, allowed) if decision is None else decides(world, decision, allowed)


def last_places(entity: str, world: World) -> list[str]:
    """Give an entity, or the area where somebody stood last, or which she left, where she stands nowhere now; of who
    was taken off the books the places of the last fact about her.
    """
    row = world.row(entity)
    if row is None or row.kind != PERSON or getattr(row.state, "area", None) is not None:
        return [entity]
    timeline = Pasts(world).of(entity)
    steps = (timeline.steps[slot] for slot in reversed(timeline.slots))
    stood = (area for step in steps for state in (step.after, step.before) for area in area_of(state))
    return list(islice(stood, 1)) or list(areas_of(world.fact(row.positions[-1])))


def _place_of(fact: Fact, world: World) -> str | None:
    """Give the place for which the device reports whose key a fact enrols or revokes."""
    if fact.kind == DeviceEnrolled.kind:
        return DeviceEnrolled.parse(fact.cause.data).place
    key = world.key(key_named(fact))
    return None if key is None else key.place


def _touched(fact: Fact, world: World, allowed: tuple[str, ...]) -> bool:
    """Say so of a recorded fact: whatever became of the units since, they lie where the ledger says."""
    return _touches(fact, world, allowed, recorded=True)


def _touches(fact: Fact, world: World, allowed: tuple[str, ...], *, recorded: bool = False) -> bool:
    if fact.kind in KEY_KINDS:
        return _any_within((_place_of(fact, world),), fact, world, allowed, recorded=recorded)
    places = list(_places((fact.asserts, fact.retracts))) or _last_of_all(fact, world)
    return _any_within(places, fact, world, allowed, recorded=recorded)


def _may_report(fact: Fact, world: World, allowed: tuple[str, ...]) -> bool:
    units = [step for side in (fact.asserts, fact.retracts) for step in side.units]
    if units:
        states = [state for step in units for state in (step.before, step.after) if state is not None]
        return all(state.id in allowed or _any_within((state.parent,), fact, world, allowed) for state in states)
    if fact.amends is not None and any(transitions(fact.retracts)):
        return _any_within(_places((fact.retracts,)), fact, world, allowed)
    return _touches(fact, world, allowed)


def _places(sides: Iterable[Changes]) -> Iterator[str]:
    for side in sides:
        for step in side.units:
            yield step.entity
        yield from dict.fromkeys(areas_in(side))


def _last_of_all(fact: Fact, world: World) -> list[str]:
    """Give where those stand, or stood last, of whom a fact speaks that touches no place itself."""
    entities = (*fact.names, *(step.entity for side in (fact.asserts, fact.retracts) for step in transitions(side)))
    return [place for entity in entities for place in last_places(entity, world)]


def _any_within(
    places: Iterable[str | None], fact: Fact | None, world: World, allowed: tuple[str, ...], *, recorded: bool = False
) -> bool:
    ways = (_above(place, fact, world, recorded=recorded) for place in places if place is not None)
    return any(step in allowed for way in ways for step in way)


def _above(place: str, fact: Fact | None, world: World, *, recorded: bool) -> Iterator[str]:
    asserts, retracts = ((), ()) if fact is None else (fact.asserts.units, fact.retracts.units)
    told = {step.entity: step.after for step in reversed(asserts)}
    by_now: dict[str, UnitState | None] = {}
    if not recorded:
        # What a fact takes back is as it was before that. As the ledger still has it, it may lie below what the fact
        # puts below it: whoever went up would go round for ever.
        by_now = {step.entity: step.before for step in reversed(retracts) if step.on <= world.today}
        by_now |= {step.entity: step.after for step in asserts if step.on <= world.today}
    step: str | None = place
    while step is not None:
        yield step
        state = by_now.get(step) or lies(step, world) or told.get(step)
        step = state.parent if isinstance(state, UnitState) else getattr(state, "area", None)
