"""What does a change of basic data do, what does it leave alone, and when can it not be?"""

from typing import Any

import msgspec

from contracts.calendar import later_than
from contracts.kinds.basic import Basics, PersonChanged, Renaming
from contracts.person import PersonState
from services.events.rules.care import has_borne
from services.events.rules.coming import elsewhere
from services.events.rules.household import each_once
from services.events.rules.identity import living
from services.events.rules.numbers import doubts
from services.events.rules.personal import Reached, carried, packed
from services.events.rules.union import FREE, UNITED
from services.events.state.refold import Effect
from services.events.state.view import View
from services.events.state.world import Contradiction


def changed(event: PersonChanged, view: View) -> Effect:
    """Give basic facts their new values; an old value that is not on record is noted, and the new one taken."""
    person = living(event.person, view)
    told = _told(event.new)
    _check(event, told, person, view)
    after = msgspec.structs.replace(person, **told)
    notes = ["old-value-differs"] if _differs(_told(event.old), person) else []
    if event.personal is not None:
        after, renamed = _renamed(event.personal, after)
        notes += renamed
    if after == person:
        return (), ("already-on-record",)
    number_speaks = {"sex", "birth"} & set(told)
    borne = has_borne(person, view) if after.sex == "male" != person.sex else ()
    return (after,), each_once(notes, doubts(after) if number_speaks else (), borne, _union(person, after))


def _union(before: PersonState, after: PersonState) -> tuple[str, ...]:
    """Note who marries or is divorced by a mere change: figures count marriages and divorces that are told as such."""
    married = before.marital in FREE and after.marital == "married"
    divorced = before.marital in UNITED and after.marital == "divorced"
    return ("union-told-as-change",) if married or divorced else ()


def _told(basics: Basics) -> dict[str, Any]:
    return {name: value for name, value in basics if value is not None}


def _check(event: PersonChanged, told: dict[str, Any], person: PersonState, view: View) -> None:
    if later_than(event.new.birth, event.on):
        raise Contradiction("born-after-event")
    if person.spouse is not None and told.get("marital", person.marital) != person.marital:
        raise Contradiction("spouse-on-record", *view.since(person.id, spouse=person.spouse))
    if "relation" in told:
        if person.household is None:
            raise elsewhere(person, "not-resident", view)
        if view.household(person.household).head == person.id:
            raise Contradiction("relation-is-head", *view.since(person.household, head=person.id))


def _differs(old: dict[str, Any], person: PersonState) -> bool:
    for name, value in old.items():
        known = getattr(person, name)
        # A date known to the year does not differ from one known to the day in that year.
        agree = name == "birth" and known is not None and (known.startswith(value) or value.startswith(known))
        if known != value and not agree:
            return True
    return False


def _renamed(told: Renaming, person: PersonState) -> tuple[PersonState, list[str]]:
    had = carried(person)
    notes = ["old-value-differs"] if told.old_name is not None and told.old_name != had.name else []
    has = had if told.name is None else msgspec.structs.replace(had, name=told.name)
    if told.contacts is not None:
        contacts = tuple(Reached(one.type, one.value) for one in told.contacts)
        has = msgspec.structs.replace(has, contacts=contacts)
    return (person if has == had else msgspec.structs.replace(person, personal=packed(has))), notes
