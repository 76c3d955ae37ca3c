"""What do a marriage, a separation and a divorce do, and when can they not be?"""

import msgspec

from contracts.kinds.union import PersonDivorced, PersonMarried, PersonReconciled, PersonSeparated
from contracts.person import PersonState
from services.events.rules.household import ENDED, OF_TWO, full_years
from services.events.rules.identity import living
from services.events.state.refold import Effect
from services.events.state.view import View
from services.events.state.world import Contradiction, World

# Luật Hôn nhân và Gia đình 52/2014/QH13, article 8: men from full 20, women from full 18 years.
LEGAL_AGE = {"male": 20, "female": 18}
# Whoever lives apart is married until a divorce.
UNITED = frozenset({"married", "separated"})
FREE = frozenset({"single", "widowed", "divorced"})
# The same law, article 3: kin within three generations are of one stem; a mother's mother is the furthest.
STEM = 3


def married(event: PersonMarried, view: View) -> Effect:
    """Unite two people; under-age and related unions are noted, never refused."""
    if event.person == event.spouse:
        raise Contradiction("own-spouse")
    person = _free(event.person, view)
    if event.spouse is None:
        united = (msgspec.structs.replace(person, marital="married", spouse=None),)
        return united, (*_under_age(event.on, person), *_claimed(view, person))
    spouse = _free(event.spouse, view)
    both = (
        msgspec.structs.replace(person, marital="married", spouse=spouse.id),
        msgspec.structs.replace(spouse, marital="married", spouse=person.id),
    )
    return both, (
        *_under_age(event.on, person, spouse),
        *_related(view, person, spouse),
        *_claimed(view, person, spouse),
    )


def _free(entity: str, view: View) -> PersonState:
    person = living(entity, view)
    if person.marital in UNITED:
        raise Contradiction("already-married", *view.since(person.id, marital=person.marital))
    return person


def _under_age(day: str, *people: PersonState) -> tuple[str, ...]:
    ages = [(full_years(person.birth, day), LEGAL_AGE.get(person.sex, 0)) for person in people]
    return ("under-age-union",) if any(years is not None and years < legal for years, legal in ages) else ()


def _related(view: View, person: PersonState, spouse: PersonState) -> tuple[str, ...]:
    """Note a couple of the direct line or of one stem, as far as mothers tell it: fathers are not on record."""
    return ("related-union",) if _stem(person, view.world) & _stem(spouse, view.world) else ()


def _stem(person: PersonState, world: World) -> set[str]:
    """Give somebody and the mothers before her. By the present record, whatever the day: nobody's mother changes."""
    stem, mother = [person.id], person.mother
    while mother is not None and len(stem) < STEM:
        row = world.row(mother)
        state = None if row is None else row.state
        if not isinstance(state, PersonState):
            stem.append(mother)
            break
        if state.merged_into is not None:
            mother = state.merged_into
            continue
        stem.append(mother)
        mother = state.mother
    return set(stem)


def _claimed(view: View, *couple: PersonState) -> tuple[str, ...]:
    """Note a couple one of whom is on record as the spouse of somebody else."""
    united = {one.id for one in couple}
    others = (other for one in couple for other in view.claimants(one.id))
    return (OF_TWO,) if any(other.id not in united and other.status not in ENDED for other in others) else ()


def divorced(event: PersonDivorced, view: View) -> Effect:
    """Part a couple; both become divorced, where both are known."""
    person = living(event.person, view)
    if person.marital not in UNITED:
        raise Contradiction("not-married", *view.since(person.id, marital=person.marital))
    return tuple(msgspec.structs.replace(one, marital="divorced", spouse=None) for one in _couple(person, view)), ()


def separated(event: PersonSeparated, view: View) -> Effect:
    """Let a couple live apart; both stay married to each other, where both are known."""
    person = living(event.person, view)
    if person.marital != "married":
        raise Contradiction("not-married", *view.since(person.id, marital=person.marital))
    return tuple(msgspec.structs.replace(one, marital="separated") for one in _couple(person, view)), ()


def reconciled(event: PersonReconciled, view: View) -> Effect:
    """Let a separated couple live as one again."""
    person = living(event.person, view)
    if person.marital != "separated":
        raise Contradiction("not-separated", *view.since(person.id, marital=person.marital))
    return tuple(msgspec.structs.replace(one, marital="married") for one in _couple(person, view)), ()


def _couple(person: PersonState, view: View) -> list[PersonState]:
    """Give a person and the spouse who is hers, as far as that one is known and alive."""
    spouse = view.find_person(person.spouse) if person.spouse is not None else None
    if spouse is None or spouse.spouse != person.id or spouse.status in ENDED:
        return [person]
    return [person, spouse]
