"""Which rule decides a kind? One table; a kind without a rule fails the test of the catalogue.

A rule is a pure function: an event and the states before it give the states after it and the notes (warnings and
tasks) that it leaves. It raises `Contradiction` for what cannot be, `Needs` for what is not here yet.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from contracts.event import Dated, Event
from contracts.kinds.unit import UnitReorganised
from contracts.person import PersonState
from services.events.rules import (
    basic,
    care,
    device,
    household,
    identity,
    matching,
    newborn,
    regrouping,
    residence,
    union,
    unit,
    vital,
)
from services.events.state.refold import Effect
from services.events.state.timeline import Pasts
from services.events.state.view import View
from services.events.state.world import EVER, PERSON, Contradiction, World, claim_to


@dataclass(frozen=True, slots=True)
class Rule:
    """How a kind is decided.

    `mentions` gives every entity that the rule will look at, as far as the payload says, so that a batch is read at
    once; `names` those whose timelines must remember the cause even where it does not change them. `when_told` is what
    must hold when it is told, by which device, and need not hold when it is applied again after something else was
    told late.
    `members` says that it looks at everybody who lives in its household. `beside` are the kinds that look at it where
    both are of one person and day, whichever stands first.
    `tied` names whose ties it looks at, beside those of its household.
    `stems` gives at whose mothers and mothers' mothers it looks, by the present record.
    `looks_back` gives whose past it looks at though nothing was told late, and since which day.
    """

    apply: Callable[[Any, View], Effect]
    mentions: Callable[[Any], Iterable[str | None]]
    names: Callable[[Any], Iterable[str | None]] = lambda _: ()
    when_told: Callable[[Any, View, str | None], None] = lambda _event, _view, _device: None
    members: bool = False
    tied: Callable[[Any], Iterable[str]] = lambda _: ()
    stems: Callable[[Any], Iterable[str]] = lambda _: ()
    beside: frozenset[str] = frozenset()
    looks_back: Callable[[Any], Iterable[tuple[str | None, str]]] = lambda _: ()


def of_one_person(apply: Callable[[Any, View], Effect]) -> Rule:
    """Make the rule of a kind that looks at its person alone."""
    return Rule(apply, mentions=lambda e: (e.person,), names=lambda e: (e.person,))


RULES: dict[str, Rule] = {
    "household.registered": Rule(
        household.registered,
        mentions=lambda e: (
            e.household,
            e.area,
            *(member.person for member in e.members),
            *(member.spouse for member in e.members),
        ),
        names=lambda e: (member.person for member in e.members),
    ),
    "household.moved": Rule(household.moved, mentions=lambda e: (e.household, e.area), members=True),
    "household.head_changed": Rule(
        household.head_changed,
        mentions=lambda e: (e.household, e.head, *(one.person for one in e.members)),
        names=lambda e: (e.head, *(one.person for one in e.members)),
    ),
    "person.born": Rule(
        vital.born,
        mentions=lambda e: (e.person, e.household, e.mother),
        names=lambda e: (e.person, e.mother),
        when_told=newborn.told_once,
        looks_back=lambda e: ((e.mother, newborn.earliest_alike(e)),),
    ),
    "person.died": of_one_person(vital.died),
    "person.moved": Rule(residence.moved, mentions=lambda e: (e.person, e.household), names=lambda e: (e.person,)),
    "person.arrived": Rule(residence.arrived, mentions=lambda e: (e.person, e.household), names=lambda e: (e.person,)),
    "person.left": Rule(
        residence.left,
        mentions=lambda e: (e.person,),
        names=lambda e: (e.person,),
        when_told=residence.one_way,
        beside=frozenset({"person.arrived", "person.left"}),
    ),
    "person.married": Rule(
        union.married,
        mentions=lambda e: (e.person, e.spouse),
        names=lambda e: (e.person, e.spouse),
        tied=lambda e: (claim_to(one) for one in (e.person, e.spouse) if one is not None),
        stems=lambda e: (e.person, e.spouse) if e.spouse is not None else (),
    ),
    "person.divorced": of_one_person(union.divorced),
    "unit.established": Rule(
        unit.established, mentions=lambda e: (e.unit.unit, e.unit.parent), names=lambda e: (e.unit.parent,)
    ),
    "unit.reorganised": Rule(unit.reorganised, mentions=unit.looked_at, names=unit.mentioned),
    "area.established": Rule(
        unit.area_established, mentions=lambda e: (e.area, e.commune), names=lambda e: (e.commune,)
    ),
    "area.reassigned": Rule(
        unit.area_reassigned, mentions=lambda e: (e.area, e.commune), names=lambda e: (e.area, e.commune)
    ),
    "area.assigned": Rule(unit.area_assigned, mentions=lambda e: (e.area,), names=lambda e: (e.area,)),
    "person.newborn_screened": of_one_person(care.newborn_screened),
    "person.contraception_started": of_one_person(care.contraception_started),
    "person.contraception_stopped": of_one_person(care.contraception_stopped),
    "person.pregnancy_reported": of_one_person(care.pregnancy_reported),
    "person.prenatally_screened": of_one_person(care.prenatally_screened),
    "person.health_checked": of_one_person(care.health_checked),
    "couple.checked": Rule(
        care.couple_checked, mentions=lambda e: (e.person, e.partner), names=lambda e: (e.person, e.partner)
    ),
    "person.changed": of_one_person(basic.changed),
    "person.identifier_issued": of_one_person(identity.issued),
    "person.identifier_withdrawn": of_one_person(identity.withdrawn),
    "person.separated": of_one_person(union.separated),
    "person.reconciled": of_one_person(union.reconciled),
    "household.split": Rule(
        regrouping.split,
        mentions=lambda e: (e.household, e.founded, e.area, *(one.person for one in e.members)),
        names=lambda e: (e.household, *(one.person for one in e.members)),
    ),
    "household.merged": Rule(
        regrouping.merged,
        mentions=lambda e: (e.household, e.into, *(one.person for one in e.members)),
        names=lambda e: (e.household, e.into, *(one.person for one in e.members)),
        members=True,
    ),
    "household.dissolved": Rule(
        regrouping.dissolved,
        mentions=lambda e: (
            e.household,
            *(one.person for one in e.members),
            *(one.household for one in e.members),
        ),
        names=lambda e: (e.household, *(one.person for one in e.members)),
        when_told=residence.one_way_each,
        members=True,
    ),
    "household.sheet_opened": Rule(
        regrouping.sheet_opened,
        mentions=lambda e: (e.household, *e.people),
        names=lambda e: (e.household, *e.people),
        members=True,
    ),
    "household.reviewed": Rule(regrouping.reviewed, mentions=lambda e: (e.household,), names=lambda e: (e.household,)),
    "device.enrolled": Rule(device.enrolled, mentions=lambda e: (e.place,)),
    "device.revoked": Rule(device.revoked, mentions=lambda _: ()),
    "person.merged": Rule(
        matching.merged,
        mentions=lambda e: (e.person, e.into),
        names=lambda e: (e.person, e.into),
        looks_back=lambda e: ((one, newborn.EVER_SINCE) for one in (e.person, e.into)),
    ),
    "move.closed": Rule(
        matching.closed, mentions=lambda e: (e.person,), names=lambda e: (e.person,), when_told=matching.in_transit
    ),
}


def apply(event: Event, view: View) -> Effect:
    """Apply an event by its kind's rule."""
    return RULES[event.kind].apply(event, view)


def mentions(event: Event) -> set[str]:
    """Give every entity that a cause's payload speaks of."""
    return {entity for entity in RULES[event.kind].mentions(event) if entity is not None}


def beside(event: Event) -> frozenset[str]:
    """Name the kinds that look at a cause where both are of one person and day."""
    return RULES[event.kind].beside


def check_future(event: Dated, begun: str) -> None:
    """Only units and areas may be told of before their day, `begun` being the last one that has begun: whoever stood in
    another area from a later day on would belong to no office until then.
    """
    if event.on <= begun:
        return
    if type(event).day_class != 0:
        raise Contradiction("in-the-future")
    if isinstance(event, UnitReorganised) and any(part.households for part in event.parts):
        raise Contradiction("households-in-the-future")


def check_named(people: Iterable[str], world: World, pasts: Pasts) -> None:
    """Nobody who is struck off as a double by now is named anew, whatever the day: name who goes on.

    What was told before stays told of her.
    """
    people = sorted(people)
    world.load(people)
    for row in filter(None, map(world.rows.get, people)):
        state = row.state if row.kind == PERSON else None
        if isinstance(state, PersonState) and state.status == "merged":
            View(world, pasts, EVER, 0, {}).refuse_merged(state)
