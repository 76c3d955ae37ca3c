"""What happens to the books when two persons on them are one human being, or when nobody tells of an arrival?"""

from collections.abc import Iterator
from functools import cache

import msgspec

from contracts.event import Event, Part
from contracts.kinds.matching import MoveClosed, PersonMerged
from contracts.person import PersonState
from services.events.rules.care import taken_over
from services.events.rules.household import ENDED, leaving, without
from services.events.rules.newborn import told_of_both
from services.events.rules.union import UNITED
from services.events.state.refold import Effect
from services.events.state.view import View
from services.events.state.world import Contradiction, State

AWAY = {"in_transit", "outside"}
_NAMING = ("person", "spouse", "mother", "partner", "head", "into")


def named(event: Event) -> set[str]:
    """Give every person whom a report names, none of whom may have been struck off as somebody's double."""
    found: set[str | None] = set(event.find("people") or ())
    parts: tuple[Part, ...] = (event, *(event.find("members") or ()))
    for told in parts:
        found.update([told.__dict__[name] for name in _naming(type(told))])
    return {person for person in found if person is not None}


@cache
def _naming(shape: type[Part]) -> tuple[str, ...]:
    return tuple(field for field in _NAMING if field in shape.model_fields)


def merged(event: PersonMerged, view: View) -> Effect:
    """Strike a double off the books; her spouse becomes the spouse of who goes on, where nothing stands against it.

    Who goes on also takes over an open pregnancy, a method in use and the like, where nothing such is known of her.
    """
    if event.person == event.into:
        raise Contradiction("own-double")
    double, survivor = view.person(event.person), view.person(event.into)
    _must_be_possible(double, survivor, view)
    homes, notes = without(double, view)
    if double.status == "resident" and survivor.status in AWAY:
        notes = (*notes, "double-lived-here")
    states: list[State] = [
        msgspec.structs.replace(leaving(double, "merged"), merged_into=survivor.id),
        *homes,
    ]
    goes_on = taken_over(survivor, double)
    spouse = view.find_person(double.spouse) if double.spouse is not None else None
    if spouse is not None and spouse.spouse == double.id and spouse.status not in ENDED:
        if _may_take_over(survivor, spouse):
            states.append(msgspec.structs.replace(spouse, spouse=survivor.id))
            if survivor.spouse is None:
                goes_on = msgspec.structs.replace(goes_on, marital=spouse.marital, spouse=spouse.id)
        else:
            states.append(msgspec.structs.replace(spouse, spouse=None))
            notes = (*notes, "double-married")
    if goes_on is not survivor:
        states.append(goes_on)
    return tuple(states), (*notes, *_differences(double, survivor), *told_of_both(double.id, survivor.id, view))


def _must_be_possible(double: PersonState, survivor: PersonState, view: View) -> None:
    if double.status == "dead":
        raise Contradiction("already-dead", *view.since(double.id, status="dead"))
    for one, other in ((double, survivor), (survivor, double)):
        if one.spouse == other.id:
            raise Contradiction("own-spouse", *view.since(one.id, spouse=other.id))
        if one.mother == other.id:
            raise Contradiction("own-mother", *view.since(one.id, mother=other.id))


def _may_take_over(survivor: PersonState, spouse: PersonState) -> bool:
    """Say whether the double's spouse can be the spouse of who goes on."""
    if survivor.status == "dead":
        return False
    if survivor.spouse is not None:
        return survivor.spouse == spouse.id
    return spouse.marital in UNITED and survivor.marital in {*UNITED, "unknown"}


def _differences(double: PersonState, survivor: PersonState) -> Iterator[str]:
    """Name what the two are recorded with that one human being cannot have both of."""
    if {double.sex, survivor.sex} == {"female", "male"}:
        yield "sex-differs"
    if double.birth is not None and survivor.birth is not None:
        known = min(len(double.birth), len(survivor.birth))
        if double.birth[:known] != survivor.birth[:known]:
            yield "birth-differs"


def in_transit(event: MoveClosed, view: View, _device: str | None) -> None:
    """Only who is in transit has a move to close when it is told."""
    person = view.person(event.person)
    if person.status != "in_transit":
        raise Contradiction("not-in-transit", *view.since(person.id, status=person.status))


def closed(event: MoveClosed, view: View) -> Effect:
    """Take somebody out of transit whose arrival nobody tells; an arrival of an earlier day leaves nothing to do."""
    person = view.person(event.person)
    if person.status != "in_transit":
        return (), ()
    return (leaving(person, "outside"),), ()
