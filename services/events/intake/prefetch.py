"""What will a group of reports look at? Read it at once, so that no report costs a query of its own."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from contracts.fact import Fact
from contracts.ids import EVERYWHERE
from contracts.kinds.device import DeviceEnrolled, DeviceRevoked
from contracts.person import PersonState, identifier_key
from kit.process.database import Connection
from services.events.report.line import Line
from services.events.rules import RULES
from services.events.rules.union import STEM
from services.events.signing.key_rows import load_keys
from services.events.state.refold import carries
from services.events.state.timeline import transitions
from services.events.state.world import HOUSEHOLD, World
from services.events.store import ledger
from services.events.store.device_rows import load_devices
from services.events.store.outcome_rows import load_outcomes

# Transitions of a fact above which whom it touches is not read ahead: a division of a commune may name thousands.
MOST_STEPS = 24


async def prefetch(connection: Connection, world: World, lines: Sequence[Line]) -> None:
    """Load outcomes, rows, identifier holders and device numbers that the lines mention, and whom those lead to."""
    await load_outcomes(connection, world, _reports(lines))
    looks = [_Look(line) for line in lines]
    await ledger.load_rows(connection, world, (entity for look in looks for entity in look.entities))
    homes = [look.home for look in looks if look.home is not None]
    tied = [one for look in looks for one in look.tied]
    await ledger.load_ties(connection, world, dict.fromkeys([*homes, *tied]))
    await ledger.load_rows(connection, world, (entity for look in looks for entity in look.follow(world)))
    await _mothers(connection, world, {one for look in looks for one in look.stems})
    await _pasts(connection, world, looks)
    await _amended(connection, world, lines)
    await ledger.load_holders(connection, world, _identifiers(lines))
    await ledger.load_rows(connection, world, chain.from_iterable(world.holders.values()))
    await load_devices(connection, world, (line.count[0] for line in lines if line.count is not None))
    await load_keys(connection, world, _keys(lines))


class _Look:
    """Whom a report will look at, as far as its payload says, and whom the record leads to from there."""

    __slots__ = ("back", "bounded", "entities", "home", "on", "person", "stems", "tied")

    def __init__(self, line: Line) -> None:
        event = line.event
        rule = RULES.get(event.kind)
        self.on: str | None = event.find("on") if rule is not None else None
        self.bounded = not line.officer and EVERYWHERE not in line.areas
        self.person: str | None = event.find("person")
        self.home: str | None = event.find("household") if rule is not None and rule.members else None
        mentioned = rule.mentions(event) if rule is not None else ()
        self.entities = [entity for entity in mentioned if entity is not None]
        self.tied = tuple(rule.tied(event)) if rule is not None else ()
        self.stems = tuple(rule.stems(event)) if rule is not None else ()
        self.back = tuple(rule.looks_back(event)) if rule is not None else ()

    def follow(self, world: World) -> list[str]:
        """Add whom a death, a move, a departure or a divorce leads to, the household and the spouse on record; of a
        household everybody who ever lived there, where the rule looks at its members.
        """
        row = None if self.person is None else world.rows.get(self.person)
        state = None if row is None else row.state
        linked = [] if self.home is None else sorted(world.dependants(self.home))
        if isinstance(state, PersonState):
            linked += [one for one in (state.household, state.spouse) if one is not None]
        areas = self._areas(world) if self.bounded else []
        self.entities += linked
        return linked + areas

    def _areas(self, world: World) -> list[str]:
        """Give the areas where they stand: whose each is to visit is looked at for collaborators alone."""
        rows = (world.rows.get(entity) for entity in self.entities)
        areas = (None if row is None else getattr(row.state, "area", None) for row in rows)
        return [area for area in areas if area is not None]


async def _mothers(connection: Connection, world: World, people: set[str]) -> None:
    """Read the mothers of some people, and theirs."""
    for _ in range(STEM - 1):
        states = [row.state for one in people if (row := world.rows.get(one)) is not None]
        people = {one.mother for one in states if isinstance(one, PersonState) and one.mother is not None}
        await ledger.load_rows(connection, world, people)


async def _pasts(connection: Connection, world: World, looks: Sequence[_Look]) -> None:
    """Late reports look at the past of what they touch, and of whom that leads to, and some at one past in any case:
    read all those pasts at once.
    """
    touched: set[str] = set()
    alone: set[str] = set()
    for look in looks:
        for entity, since in look.back:
            row = None if entity is None else world.rows.get(entity)
            if entity is not None and row is not None and row.spoken_of_since(since):
                alone.add(entity)
        if look.on is None:
            continue
        rows = [(entity, row) for entity in look.entities if (row := world.rows.get(entity)) is not None]
        if any(row.last[0] >= look.on for _, row in rows):
            touched.update(entity for entity, _ in rows)
    if touched:
        positions = await _past(connection, world, touched)
        await _past(connection, world, set(_around(world.facts[position] for position in positions)) - touched)
    if alone - touched:
        await ledger.load_pasts(connection, world, alone - touched)


async def _past(connection: Connection, world: World, entities: set[str]) -> set[int]:
    """Read what is recorded of some entities, and of whoever is tied to the households among them."""
    positions = await ledger.load_pasts(connection, world, entities)
    rows = ((entity, world.rows[entity]) for entity in entities)
    homes = [entity for entity, row in rows if row is not None and row.kind == HOUSEHOLD]
    await ledger.load_rows(connection, world, (one for home in homes for one in world.dependants(home)))
    return positions


def _around(facts: Iterable[Fact]) -> Iterator[str]:
    """Give whom facts touch and name, and the homes in which they find and leave people; not where they are many."""
    for fact in facts:
        steps = transitions(fact.retracts) + transitions(fact.asserts)
        if len(steps) > MOST_STEPS:
            continue
        yield from fact.names
        for step in steps:
            yield step.entity
            for state in (step.before, step.after):
                if isinstance(state, PersonState) and state.household is not None:
                    yield state.household


async def _amended(connection: Connection, world: World, lines: Sequence[Line]) -> None:
    """Corrections and voids look at the past of whom their targets speak of: read all those pasts at once."""
    outcomes = [world.reports.get(line.event.find("fact") or "") for line in lines]
    told = [outcome for outcome in outcomes if outcome is not None and outcome.fate in {"recorded", "voided"}]
    targets = {outcome.position for outcome in told if outcome.position is not None}
    if not targets:
        return
    await ledger.load_facts(connection, world, sorted(targets))
    facts = [world.facts[position] for position in targets if position in world.facts]
    originals = {fact.amends.position for fact in facts if fact.amends is not None}
    await ledger.load_facts(connection, world, sorted(originals))
    about = targets | originals
    about |= {amendment for position in about for amendment in world.amendments.get(position, ())}
    entities: set[str] = set()
    for fact in (world.facts[position] for position in about if position in world.facts):
        entities.update(
            fact.names, *((step.entity for step in transitions(side)) for side in (fact.retracts, fact.asserts))
        )
    await ledger.load_pasts(connection, world, entities)
    rows = ((one, world.rows[one]) for one in entities)
    await ledger.load_ties(connection, world, [one for one, row in rows if row is not None and carries(row)])


def _reports(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        yield line.report.id
        yield from filter(None, (line.event.find("fact"), line.event.find("previous")))


def _identifiers(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        for told in (line.event, *(line.event.find("members") or ())):
            personal = told.find("personal")
            for identifier in personal.find("identifiers") or () if personal is not None else ():
                yield identifier_key(identifier.type, identifier.value)


def _keys(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if line.key is not None:
            yield line.key
        event = line.event
        if type(event) is DeviceEnrolled:
            yield event.key.thumbprint
        elif type(event) is DeviceRevoked:
            yield event.key
