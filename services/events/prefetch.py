"""What will a group of reports look at? Read it at once, so that no report costs a query of its own."""

from collections.abc import Iterator, Sequence

from contracts.person import PersonState
from kit.database import Connection
from services.events import ledger
from services.events.line import Line
from services.events.rules import RULES
from services.events.timeline import transitions
from services.events.world import HOUSEHOLD, PERSON, World


async def prefetch(connection: Connection, world: World, lines: Sequence[Line]) -> None:
    """Load outcomes, rows, identifier holders and device numbers that the lines mention, and whom those lead to."""
    await ledger.load_outcomes(connection, world, _reports(lines))
    await ledger.load_rows(connection, world, _mentions(lines))
    await ledger.load_rows(connection, world, _follow(world, lines))
    await _pasts(connection, world, lines)
    await _amended(connection, world, lines)
    await ledger.load_holders(connection, world, _identifiers(lines))
    await ledger.load_sequences(connection, world, _sequences(lines))


async def _pasts(connection: Connection, world: World, lines: Sequence[Line]) -> None:
    """Late reports look at the past of what they touch: read all those pasts at once."""
    positions: set[int] = set()
    households: set[str] = set()
    for line in lines:
        on = line.event.find("on")
        rule = RULES.get(line.event.kind)
        if on is None or rule is None:
            continue
        touched = [*rule.mentions(line.event), *_linked(world, line)]
        rows = [(entity, world.rows.get(entity)) for entity in touched if entity is not None]
        if any(row is not None and row.last[0] >= on for _, row in rows):
            positions.update(position for _, row in rows if row is not None for position in row.positions)
            households.update(entity for entity, row in rows if row is not None and row.kind == HOUSEHOLD)
    await ledger.load_facts(connection, world, sorted(positions))
    await ledger.load_ties(connection, world, sorted(households))


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
    await ledger.load_rows(connection, world, entities)
    rows = [(entity, row) for entity in entities if (row := world.rows[entity]) is not None]
    await ledger.load_facts(connection, world, sorted({position for _, row in rows for position in row.positions}))
    await ledger.load_ties(connection, world, [entity for entity, row in rows if row.kind != PERSON])


def _linked(world: World, line: Line) -> Iterator[str]:
    person = line.event.find("person")
    row = None if person is None else world.rows.get(person)
    state = None if row is None else row.state
    if isinstance(state, PersonState):
        yield from (linked for linked in (state.household, state.spouse) if linked is not None)


def _reports(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        yield line.report.id
        target = line.event.find("fact")
        if target is not None:
            yield target


def _mentions(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        rule = RULES.get(line.event.kind)
        if rule is not None:
            yield from (entity for entity in rule.mentions(line.event) if entity is not None)


def _follow(world: World, lines: Sequence[Line]) -> Iterator[str]:
    """A death, a move, a departure or a divorce leads to the household and the spouse on record."""
    for line in lines:
        yield from _linked(world, line)


def _identifiers(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        for told in (line.event, *(line.event.find("members") or ())):
            personal = told.find("personal")
            for identifier in personal.find("identifiers") or () if personal is not None else ():
                yield f"{identifier.type}:{identifier.value}"


def _sequences(lines: Sequence[Line]) -> Iterator[tuple[str, int]]:
    for line in lines:
        if line.count is not None:
            yield line.count
            device, number = line.count
            if number > 1:
                yield device, number - 1
