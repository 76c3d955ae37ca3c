"""What do the issue and the withdrawal of a number do to those that a person bears and bore?"""

from collections.abc import Iterable

import msgspec

from contracts.kinds.identity import PersonIdentifierIssued, PersonIdentifierWithdrawn
from contracts.kinds.personal import Identifier
from contracts.person import PersonState
from services.events.rules.household import each_once
from services.events.rules.numbers import doubts
from services.events.rules.personal import Carried, Number, carried, packed
from services.events.state.refold import Effect
from services.events.state.view import View
from services.events.state.world import Contradiction


def living(entity: str, view: View) -> PersonState:
    """Give somebody who is on the books and alive."""
    person = view.person(entity)
    if person.status == "dead":
        raise Contradiction("already-dead", *view.since(person.id, status="dead"))
    return person


def issued(event: PersonIdentifierIssued, view: View) -> Effect:
    """Give a person numbers; what she bore of the same types goes to the former ones."""
    person = living(event.person, view)
    had = carried(person)
    bears, bore = list(had.identifiers), list(had.former)
    notes: list[str] = []
    for new in _told(event.personal.identifiers):
        replaced = [one for one in bears if one.type == new.type and one.value != new.value]
        if new.type == "pid" and replaced:
            notes.append("personal-number-changed")
        bore += [_lasting(one, ended=event.on) for one in replaced]
        bears = [one for one in bears if one not in replaced]
        if any(_is(one, new) for one in bears):
            bears = [_lasting(new, one.valid_from, one.valid_to) if _is(one, new) else one for one in bears]
        else:
            bears.append(_lasting(new, begun=event.on))
    return _bearing(person, had, bears, bore, notes)


def withdrawn(event: PersonIdentifierWithdrawn, view: View) -> Effect:
    """Put numbers among the former ones; one that was never on record is known by its end at least."""
    person = living(event.person, view)
    had = carried(person)
    bears, bore = list(had.identifiers), list(had.former)
    notes: list[str] = []
    for told in _told(event.personal.identifiers):
        borne = next((one for one in bears if _is(one, told)), None)
        if borne is None and any(_is(one, told) for one in bore):
            continue
        if borne is None:
            notes.append("number-not-on-record")
        else:
            bears.remove(borne)
        bore.append(_lasting(told, None if borne is None else borne.valid_from, event.on))
    return _bearing(person, had, bears, bore, notes)


def _told(identifiers: Iterable[Identifier]) -> list[Number]:
    return [Number(one.type, one.value, one.valid_from, one.valid_to) for one in identifiers]


def _lasting(number: Number, begun: str | None = None, ended: str | None = None) -> Number:
    """Give a number the bounds that were not told of it, as far as they do not contradict those that were."""
    if number.valid_from is None and not (begun and number.valid_to and number.valid_to < begun):
        number = msgspec.structs.replace(number, valid_from=begun)
    if number.valid_to is None and not (ended and number.valid_from and ended < number.valid_from):
        number = msgspec.structs.replace(number, valid_to=ended)
    return number


def _is(one: Number, other: Number) -> bool:
    return (one.type, one.value) == (other.type, other.value)


def _bearing(person: PersonState, had: Carried, bears: list[Number], bore: list[Number], notes: list[str]) -> Effect:
    has = msgspec.structs.replace(had, identifiers=tuple(bears), former=tuple(bore))
    if has == had:
        return (), ("already-on-record",)
    bearing = msgspec.structs.replace(person, personal=packed(has))
    return (bearing,), each_once(notes, doubts(bearing))
