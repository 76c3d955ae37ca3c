"""What do a birth and a death do, and when can they not be?"""

import msgspec

from contracts.kinds.vital import PersonBorn, PersonDied
from contracts.person import PersonState
from services.events.rules.care import delivered, male_by_now
from services.events.rules.household import (
    ENDED,
    called_head,
    each_once,
    headless,
    leaving,
    outside_childbearing,
    without,
)
from services.events.rules.identity import living
from services.events.rules.newborn import perhaps_twins
from services.events.rules.numbers import doubts
from services.events.rules.personal import kept
from services.events.state.refold import Effect
from services.events.state.view import View
from services.events.state.world import Contradiction, State


def born(event: PersonBorn, view: View) -> Effect:
    """Bring a child into a household; a known mother is female and alive on the day, and delivered."""
    home = view.household(event.household)
    view.fresh(event.person)
    mothers: tuple[State, ...] = ()
    notes: tuple[str, ...] = ()
    if event.mother is not None:
        mothers, notes = _mother(event, view)
    child = PersonState(
        id=event.person,
        status="resident",
        sex=event.sex,
        birth=event.on,
        household=home.id,
        area=home.area,
        marital="single",
        mother=event.mother,
        birth_order=event.birth_order,
        relation=event.relation,
        ethnicity=event.ethnicity,
        residence="present",
        personal=kept(event.personal),
    )
    return (child, *mothers), each_once(
        notes, headless(home), called_head(home, child), perhaps_twins(event, view), doubts(child)
    )


def _mother(event: PersonBorn, view: View) -> Effect:
    """Check the mother and close her pregnancy, where one is known."""
    mother = view.find_named(event.mother or "")
    if mother is None:
        if event.mother == event.person:
            raise Contradiction("own-mother")
        view.must_be_person(event.mother or "")
        return (), ("mother-not-yet-registered",)
    if mother.status == "dead":
        raise Contradiction("mother-dead", *view.since(mother.id, status="dead"))
    if mother.sex == "male":
        raise Contradiction("mother-male", *view.since(mother.id, sex="male"))
    notes = ("mother-sex-unknown",) if mother.sex == "unknown" else ()
    closed = delivered(mother, event.on)
    return () if closed is mother else (closed,), (
        *notes,
        *male_by_now(mother, view),
        *outside_childbearing(mother, event.on),
    )


def died(event: PersonDied, view: View) -> Effect:
    """End a life, widow the spouse, and leave a household without its head."""
    person = living(event.person, view)
    homes, notes = without(person, view)
    states: list[State] = [leaving(person, "dead"), *homes]
    spouse = view.find_person(person.spouse) if person.spouse is not None else None
    if spouse is not None and spouse.status not in ENDED and spouse.spouse == person.id:
        states.append(msgspec.structs.replace(spouse, marital="widowed", spouse=None))
    return tuple(states), notes
