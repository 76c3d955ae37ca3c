"""What do the issue and the withdrawal of a number do to those that a person bears and bore?"""

from typing import Any

import msgspec

from contracts.kinds.identity import PersonIdentifierIssued, PersonIdentifierWithdrawn
from contracts.kinds.personal import Identifier
from contracts.person import PersonState
from services.events.refold import Effect
from services.events.rules.household import each_once
from services.events.rules.numbers import Carried, carried, doubts, packed
from services.events.view import View
from services.events.world import Contradiction

Number = dict[str, Any]


def living(entity: str, view: View) -> PersonState:
    """Give somebody who is on the books and alive."""
    person = view.person(entity)
    if person.status == "dead":
        raise Contradiction("already-dead")
    return person


def issued(event: PersonIdentifierIssued, view: View) -> Effect:
    """Give a person numbers; what she bore of the same types goes to the former ones."""
    person = living(event.person, view)
    had = carried(person)
    bears, bore = list(had.identifiers), list(had.former)
    notes: list[str] = []
    for new in (_told(one) for one in event.personal.identifiers):
        replaced = [one for one in bears if one["type"] == new["type"] and one["value"] != new["value"]]
        if new["type"] == "pid" and replaced:
            notes.append("personal-number-changed")
        bore += [{"valid_to": event.on} | one for one in replaced]
        bears = [one for one in bears if one not in replaced]
        if any(_is(one, new) for one in bears):
            bears = [one | new if _is(one, new) else one for one in bears]
        else:
            bears.append({"valid_from": event.on} | new)
    return _bearing(person, had, bears, bore, notes)


def withdrawn(event: PersonIdentifierWithdrawn, view: View) -> Effect:
    """Put numbers among the former ones; one that was never on record is known by its end at least."""
    person = living(event.person, view)
    had = carried(person)
    bears, bore = list(had.identifiers), list(had.former)
    notes: list[str] = []
    for told in (_told(one) for one in event.personal.identifiers):
        borne = next((one for one in bears if _is(one, told)), None)
        if borne is None and any(_is(one, told) for one in bore):
            continue
        if borne is None:
            notes.append("number-not-on-record")
        else:
            bears.remove(borne)
        bore.append((borne or {}) | {"valid_to": event.on} | told)
    return _bearing(person, had, bears, bore, notes)


def _told(identifier: Identifier) -> Number:
    return identifier.model_dump(mode="json", exclude_defaults=True)


def _is(one: Number, other: Number) -> bool:
    return (one["type"], one["value"]) == (other["type"], other["value"])


def _bearing(person: PersonState, had: Carried, bears: list[Number], bore: list[Number], notes: list[str]) -> Effect:
    has = msgspec.structs.replace(had, identifiers=_written(bears), former=_written(bore))
    if has == had:
        return (), ("already-on-record",)
    bearing = msgspec.structs.replace(person, personal=packed(has))
    return (bearing,), each_once(notes, doubts(bearing))


def _written(numbers: list[Number]) -> tuple[Number, ...]:
    """Write numbers with their members in one order, so that equal ones are equal bytes."""
    order = ("type", "value", "valid_from", "valid_to")
    return tuple({name: one[name] for name in order if name in one} for one in numbers)
