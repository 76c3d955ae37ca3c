"""How does a recorded fact change the rows that later decisions read? Intake and restore share this one function."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from contracts.fact import Fact, PersonTransition, position_of, present
from contracts.household import HouseholdState
from contracts.person import PersonState, identifier_key
from contracts.unit import UnitState
from services.events.state.keys import KEY_KINDS, key_named, take
from services.events.state.timeline import BY_KIND, slot_of, transitions
from services.events.state.world import (
    END_OF_DAY,
    HOUSEHOLD,
    NEVER,
    PERSON,
    UNIT,
    Row,
    World,
    claim_to,
    packed,
)


class _Identifier(msgspec.Struct, gc=False):
    type: str
    value: str


class _Personal(msgspec.Struct, gc=False):
    identifiers: tuple[_Identifier, ...] = ()


_identifiers = msgspec.json.Decoder(_Personal | None).decode


def absorb(world: World, position: int, fact: Fact) -> None:
    """Bring the world's rows, ties and identifier holders up to date with a fact at `position`.

    The rows of every entity that the fact touches or names must be loaded, and the key that it is about.
    """
    world.facts[position] = fact
    world.amendments.setdefault(position, [])
    amended = None if fact.amends is None else fact.amends.position
    if amended is not None:
        world.amendments.setdefault(amended, []).append(position)
        world.new_amendments.append((amended, position))
    if fact.kind in KEY_KINDS:
        key = key_named(fact)
        world.keys[key] = world.new_keys[key] = take(world.keys.get(key), position, fact)
    rows: dict[str, Row] = {}
    spoken = packed(position)
    # A rank that the body leaves out is the fact's own.
    own = BY_KIND[fact.kind].rank(position)
    sides: tuple[tuple[int, Any, Any], ...] = (
        (PERSON, fact.retracts.persons, fact.asserts.persons),
        (HOUSEHOLD, fact.retracts.households, fact.asserts.households),
        (UNIT, fact.retracts.units, fact.asserts.units),
    )
    for kind, retracts, asserts in sides:
        for entity, version, state in present(retracts, ()) if retracts else ():
            _spoken_of(rows, world, entity, kind, spoken).become(version, state)
        tie = _TIES[kind]
        for step in asserts:
            rank, after = step.rank, step.after
            row = _spoken_of(rows, world, step.entity, kind, spoken)
            row.become(step.version, after)
            row.last = max(row.last, (step.on, own if rank is None else rank))
            if rank is not None:
                first = position_of(rank)
                if first != position and first not in row.positions:
                    row.speak(first)
            if after is not None:
                tie(world, step.before, after)
    _claim(world, fact)
    _reach_to(rows, position, fact)
    _travel(world, fact.retracts.persons + fact.asserts.persons)
    if fact.names:
        _name(world, position, fact)


def _reach_to(rows: dict[str, Row], position: int, fact: Fact) -> None:
    """Let nobody's last slot lie before one that a fact takes back, or before the day of what it amends."""
    for step in transitions(fact.retracts):
        row = rows[step.entity]
        row.last = max(row.last, slot_of(step, position))
    if fact.amends is not None:
        # What is put right to a later day may change nothing on it, and does once something is told of the time before.
        for row in rows.values():
            row.last = max(row.last, (fact.on, END_OF_DAY))


def _name(world: World, position: int, fact: Fact) -> None:
    amended = None if fact.amends is None else fact.amends.position
    for entity in fact.names:
        named = world.rows.get(entity)
        row = _row(world, entity, PERSON) if named is None else named
        row.last = max(row.last, (fact.on, END_OF_DAY))
        if amended is None or amended not in row.positions:
            row.speak(position if amended is None else amended)
        world.dirty[entity] = None


def _spoken_of(rows: dict[str, Row], world: World, entity: str, kind: int, spoken: bytes) -> Row:
    """Give the row of an entity that a fact touches, which from now on knows the fact's position, packed."""
    row = rows.get(entity)
    if row is None:
        row = rows[entity] = _row(world, entity, kind)
        row.facts += spoken
    return row


def _row(world: World, entity: str, kind: int) -> Row:
    row = world.rows.get(entity)
    if row is None:
        row = world.rows[entity] = Row(kind, 0, NEVER, b"", None)
    world.dirty[entity] = None
    return row


def _travel(world: World, steps: tuple[PersonTransition, ...]) -> None:
    """Note who is, or was so far, on the way between two places, and who lives in another area than before."""
    for step in steps:
        before, after = step.before, step.after
        if (after is not None and after.transit is not None) or (before is not None and before.transit is not None):
            world.in_transit[step.entity] = None
        # Who has just come on the books has lived nowhere.
        if step.version > 1 and getattr(before, "area", None) != getattr(after, "area", None):
            world.moved[step.entity] = None


def _tie_person(world: World, before: PersonState | None, after: PersonState) -> None:
    if after.household is not None and (before is None or before.household != after.household):
        world.tie(after.household, after.id)
    if before is None or before.personal is not after.personal:
        _hold(world, before, after)


def _tie_household(world: World, before: HouseholdState | None, after: HouseholdState) -> None:
    if before is None or before.area != after.area:
        world.tie(after.area, after.id)


def _tie_unit(world: World, before: UnitState | None, after: UnitState) -> None:
    if after.parent is not None and (before is None or before.parent != after.parent):
        world.tie(after.parent, after.id)


_TIES: dict[int, Callable[..., None]] = {PERSON: _tie_person, HOUSEHOLD: _tie_household, UNIT: _tie_unit}


def _claim(world: World, fact: Fact) -> None:
    """Tie whoever is told as somebody's spouse to that one, unless both are told so of each other, as in a marriage."""
    claims = {
        (step.entity, after.spouse)
        for step in fact.asserts.persons
        if (after := step.after) is not None
        and after.spouse is not None
        and (step.before is None or step.before.spouse != after.spouse)
    }
    for person, spouse in sorted(claims):
        if (spouse, person) not in claims:
            world.tie(claim_to(spouse), person)


def _hold(world: World, before: PersonState | None, after: PersonState) -> None:
    if before is not None and bytes(before.personal) == bytes(after.personal):
        return
    for identifier in identifiers(after.personal):
        world.hold(identifier, after.id)


def identifiers(personal: msgspec.Raw) -> tuple[str, ...]:
    """List the identifiers inside an opaque personal value as `type:value`; both prints of a health card are one."""
    return _listed(bytes(personal))


# A fact's are asked for twice: whether they clash, and who holds them now.
@lru_cache(maxsize=512)
def _listed(personal: bytes) -> tuple[str, ...]:
    found = _identifiers(personal)
    return () if found is None else tuple([identifier_key(one.type, one.value) for one in found.identifiers])
