"""Is a newborn told by two people under two ids one child or are there two? Matched by mother and day of birth.

One child is what nobody can doubt: one sex, one household, one name, no two birth orders, and not one device that told
both, which made two ids for two children whatever they are called as yet. All else is recorded and left as a task:
never silently twins.
"""

from collections.abc import Iterator

from contracts.kinds.vital import PersonBorn
from kit.diacritics import marked
from services.events.line import device_in
from services.events.view import View
from services.events.world import Contradiction

TOLD_TWICE = "newborn-told-twice"


def told_once(event: PersonBorn, view: View, device: str | None) -> None:
    """Insist that the child was not told under another id already, by another device than this one."""
    for position, other in _same_day(event, view):
        if _is_one_child(event, other) and (device is None or device != device_in(view.world.fact(position).cause)):
            raise Contradiction(TOLD_TWICE, position, instead=other.person)


def perhaps_twins(event: PersonBorn, view: View) -> tuple[str, ...]:
    """Leave a task where the mother bore another child on that day."""
    return ("possible-twin-report",) if any(_same_day(event, view)) else ()


def _same_day(event: PersonBorn, view: View) -> Iterator[tuple[int, PersonBorn]]:
    """Give the other children whom the mother bore on that day."""
    if event.mother is None:
        return
    for told in view.causes(event.mother):
        other = told.event
        # Her own report under another id is a matter of its own.
        if not isinstance(other, PersonBorn) or other.person == event.person:
            continue
        if (other.on, other.mother) == (event.on, event.mother):
            yield told.position, other


def _is_one_child(one: PersonBorn, other: PersonBorn) -> bool:
    name = _name(one)
    orders = {order for order in (one.birth_order, other.birth_order) if order is not None}
    told = (one.sex, one.household, name) == (other.sex, other.household, _name(other))
    return told and name != [] and one.sex != "unknown" and orders in (set(), {one.birth_order or other.birth_order})


def _name(event: PersonBorn) -> list[tuple[str, str]]:
    """Give the words of a name as they are spelt, wherever the tone of a word is written."""
    return [] if event.personal is None else [marked(word) for word in event.personal.name.lower().split()]
