"""What do a marriage and a divorce do, and when can they not be?"""

import msgspec

from contracts.kinds.union import PersonDivorced, PersonMarried
from contracts.person import PersonState
from services.events.refold import Effect
from services.events.rules.household import full_years, later_than
from services.events.view import View
from services.events.world import Contradiction

# Luật Hôn nhân và Gia đình 52/2014/QH13, article 8: men from full 20, women from full 18 years.
LEGAL_AGE = {"male": 20, "female": 18}


def married(event: PersonMarried, view: View) -> Effect:
    """Unite two people; under-age and related unions are noted, never refused."""
    if event.person == event.spouse:
        raise Contradiction("own-spouse")
    person = _free(event.person, event.on, view)
    if event.spouse is None:
        return (msgspec.structs.replace(person, marital="married", spouse=None),), _notes(event.on, person)
    spouse = _free(event.spouse, event.on, view)
    united = (
        msgspec.structs.replace(person, marital="married", spouse=spouse.id),
        msgspec.structs.replace(spouse, marital="married", spouse=person.id),
    )
    return united, _notes(event.on, person, spouse)


def _free(entity: str, day: str, view: View) -> PersonState:
    person = view.person(entity)
    if person.status == "dead":
        raise Contradiction("already-dead")
    if person.marital == "married":
        raise Contradiction("already-married")
    if later_than(person.birth, day):
        raise Contradiction("before-birth")
    return person


def _notes(day: str, *people: PersonState) -> tuple[str, ...]:
    notes = []
    ages = [(full_years(person.birth, day), LEGAL_AGE.get(person.sex, 0)) for person in people]
    if any(years is not None and years < legal for years, legal in ages):
        notes.append("under-age-union")
    mothers = [person.mother for person in people if person.mother is not None]
    if len(set(mothers)) < len(mothers) or any(person.id in mothers for person in people):
        notes.append("related-union")
    return tuple(notes)


def divorced(event: PersonDivorced, view: View) -> Effect:
    """Part a couple; both become divorced, where both are known."""
    person = view.person(event.person)
    if person.status == "dead":
        raise Contradiction("already-dead")
    if person.marital != "married":
        raise Contradiction("not-married")
    parted = [msgspec.structs.replace(person, marital="divorced", spouse=None)]
    spouse = view.find_person(person.spouse) if person.spouse is not None else None
    if spouse is not None and spouse.spouse == person.id and spouse.status != "dead":
        parted.append(msgspec.structs.replace(spouse, marital="divorced", spouse=None))
    return tuple(parted), ()
