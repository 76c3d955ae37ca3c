"""Is a newborn told by two people under two ids one child or are there two? Matched by mother and day of birth.

One child is what nobody can doubt: one sex, one household, one name, no two birth orders, and not one device that told
both, which made two ids for two children whatever they are called as yet. All else is recorded and left as a task:
never silently twins.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from contracts.kinds.vital import PersonBorn
from kit.diacritics import marked
from services.events.report.line import device_in
from services.events.state.view import View
from services.events.state.world import Contradiction

TOLD_TWICE = "newborn-told-twice"
TOLD_APART = 14
"""Days by which two people may differ about one birth. Far below the shortest interval between two births, since every
birth would look at her mother's past otherwise, most of whom have something on record of the months before.
"""
EVER_SINCE = "0000"


def told_once(event: PersonBorn, view: View, device: str | None) -> None:
    """Insist that the child was not told under another id already, by another device than this one."""
    for position, other in _of_mother(event, view):
        if _is_one_child(event, other) and (device is None or device != device_in(view.world.fact(position).cause)):
            raise Contradiction(TOLD_TWICE, position, instead=other.person)


def perhaps_twins(event: PersonBorn, view: View) -> tuple[str, ...]:
    """Leave a task where the mother bore another child on that day, or within two weeks of it."""
    others = (other for _, other in _of_mother(event, view, earliest_alike(event)))
    return tuple({note: None for other in others if (note := _doubt(event, other)) is not None})


def earliest_alike(event: PersonBorn) -> str:
    """Give the first day on which another birth of the mother may be the same one."""
    return (date.fromisoformat(event.on) - timedelta(TOLD_APART)).isoformat()


def _doubt(event: PersonBorn, other: PersonBorn) -> str | None:
    apart = abs(date.fromisoformat(other.on) - date.fromisoformat(event.on)).days
    if apart == 0:
        return "possible-twin-report"
    return "births-close-together" if apart <= TOLD_APART else None


def told_of_both(double: str, survivor: str, view: View) -> tuple[str, ...]:
    """Leave a task where two mothers are one, and children of both were born on one day, or within two weeks: each
    collaborator told her birth, and none could see the other's.
    """
    notes: dict[str, None] = {}
    for _, one in _borne(double, view, EVER_SINCE):
        for _, other in _borne(survivor, view, EVER_SINCE):
            note = _doubt(one, other)
            if note is not None and _on_the_books(one, view) and _on_the_books(other, view):
                notes[note] = None
    return tuple(notes)


def _on_the_books(event: PersonBorn, view: View) -> bool:
    """Say whether a child was not struck off as another's double already."""
    child = view.find_person(event.person)
    return child is not None and child.status != "merged"


def _of_mother(event: PersonBorn, view: View, since: str | None = None) -> Iterator[tuple[int, PersonBorn]]:
    """Give the other children whom the mother bore, of all that may be on record of her since that day."""
    if event.mother is None:
        return
    for position, other in _borne(event.mother, view, since):
        # Her own report under another id is a matter of its own.
        if other.person != event.person:
            yield position, other


def _borne(mother: str, view: View, since: str | None) -> Iterator[tuple[int, PersonBorn]]:
    for told in view.causes(mother, since):
        if isinstance(told.event, PersonBorn) and told.event.mother == mother:
            yield told.position, told.event


def _is_one_child(one: PersonBorn, other: PersonBorn) -> bool:
    name = _name(one)
    orders = {order for order in (one.birth_order, other.birth_order) if order is not None}
    told = (one.on, one.sex, one.household, name) == (other.on, other.sex, other.household, _name(other))
    return told and name != [] and one.sex != "unknown" and orders in (set(), {one.birth_order or other.birth_order})


def _name(event: PersonBorn) -> list[tuple[str, str]]:
    """Give the words of a name as they are spelt, wherever the tone of a word is written."""
    return [] if event.personal is None else [marked(word) for word in event.personal.name.lower().split()]
