"""What do moves, arrivals and departures of a person do, and when can they not be?"""

import msgspec

from contracts.kinds.residence import PersonArrived, PersonLeft, PersonMoved
from services.events.refold import Effect
from services.events.rules.coming import elsewhere
from services.events.rules.household import departing, described, each_once, headless, joining, later_than, without
from services.events.rules.numbers import doubts
from services.events.view import View
from services.events.world import Contradiction, Needs

DEPARTED = "departed:"


def departed(person: str) -> str:
    """Name what an arrival waits for: the departure of somebody who still lives elsewhere on the books."""
    return f"{DEPARTED}{person}"


def moved(event: PersonMoved, view: View) -> Effect:
    """Bring a resident from one household into another, both ends in one transition.

    Of who has not arrived yet it waits for the arrival.
    """
    person = view.person(event.person)
    if person.status != "resident":
        raise elsewhere(person, "not-resident", view)
    home = view.household(event.household)
    if person.household == home.id:
        raise Contradiction("already-there", *view.since(person.id, household=home.id))
    left, notes = without(person, view)
    return (joining(person, home, event.relation), *left), each_once(notes, headless(home))


def arrived(event: PersonArrived, view: View) -> Effect:
    """Bring somebody into a household who is new to the books, in transit, or comes back."""
    home = view.household(event.household)
    known = view.find_named(event.person)
    if known is None:
        view.fresh(event.person)
        if later_than(event.birth, event.on):
            raise Contradiction("born-after-event")
        new = described(event, event.person, home.id, home.area, view)
        return (new,), each_once(headless(home), doubts(new))
    if known.status == "dead":
        raise Contradiction("already-dead", *view.since(known.id, status="dead"))
    if known.status == "resident":
        if known.household == home.id:
            raise Contradiction("already-there", *view.since(known.id, household=home.id))
        raise Needs(departed(known.id))
    notes = tuple(
        note
        for note, told, kept in (
            ("sex-differs", event.sex, known.sex),
            ("birth-differs", event.birth, known.birth),
        )
        if told is not None and told not in ("unknown", kept)
    )
    residence = event.residence if event.residence != "unknown" else known.residence
    back = msgspec.structs.replace(joining(known, home, event.relation), residence=residence)
    return (back,), each_once(notes, headless(home))


def left(event: PersonLeft, view: View) -> Effect:
    """Take a resident out of her household: abroad she is outside, otherwise in transit until she arrives.

    Of who left before and has not arrived yet it waits for the arrival.
    """
    person = view.person(event.person)
    if person.status != "resident":
        raise elsewhere(person, "not-resident", view)
    homes, notes = without(person, view)
    return (departing(person, event.destination, event.on, event.place), *homes), notes
