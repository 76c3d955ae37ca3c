"""What do moves, arrivals and departures of a person do, and when can they not be?"""

from collections.abc import Iterator

import msgspec

from contracts.calendar import later_than
from contracts.kinds.regrouping import HouseholdDissolved
from contracts.kinds.residence import PersonArrived, PersonLeft, PersonMoved
from services.events.report.pointers import Malformed
from services.events.rules.coming import elsewhere
from services.events.rules.household import (
    called_head,
    departing,
    described,
    each_once,
    headless,
    joining,
    married_elsewhere,
    without,
)
from services.events.rules.numbers import doubts
from services.events.state.refold import Effect
from services.events.state.timeline import Told
from services.events.state.view import View
from services.events.state.world import Contradiction, Needs

DEPARTED, ABROAD = "departed:", "abroad"


def departed(person: str) -> str:
    """Name what an arrival waits for: the departure of somebody who still lives elsewhere on the books."""
    return f"{DEPARTED}{person}"


def one_way(event: PersonLeft, _view: View, _device: str | None) -> None:
    """Refuse at the door who goes abroad and to a place in the country; on the books it is abroad."""
    _insist(event.destination, event.place, "#/data")


def one_way_each(event: HouseholdDissolved, _view: View, _device: str | None) -> None:
    """Refuse the same of whoever leaves a household that ends."""
    for at, one in enumerate(event.members):
        _insist(one.destination, one.place, f"#/data/members/{at}")


def _insist(destination: str, place: str | None, pointer: str) -> None:
    if destination == ABROAD and place is not None:
        raise Malformed(((pointer, "abroad-within"),))


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
    there = joining(person, home, event.relation)
    return (there, *left), each_once(notes, headless(home), called_head(home, there))


def arrived(event: PersonArrived, view: View) -> Effect:
    """Bring somebody into a household who is new to the books, in transit, or comes back; or who leaves another one on
    the same day.
    """
    home = view.household(event.household)
    known = view.find_named(event.person)
    if known is None:
        view.fresh(event.person)
        if later_than(event.birth, event.on):
            raise Contradiction("born-after-event")
        new = described(event, event.person, home.id, home.area, view)
        return (new,), each_once(headless(home), called_head(home, new), doubts(new), married_elsewhere(view, new))
    if known.status == "dead":
        raise Contradiction("already-dead", *view.since(known.id, status="dead"))
    if known.status == "resident":
        if known.household == home.id:
            raise Contradiction("already-there", *view.since(known.id, household=home.id))
        if view.behind is None and not any(_departures(event, view)):
            raise Needs(departed(known.id), otherwise="departure-missing")
        # Both halves are of one day, on which departures stand last: they are one move, told at the arrival. So is, for
        # as long as its departure is not recorded, one that could not be recorded without the other.
        left_behind, headless_there = without(known, view)
    else:
        left_behind, headless_there = (), ()
    notes = tuple(
        note
        for note, told, kept in (
            ("sex-differs", event.sex, known.sex),
            ("birth-differs", event.birth, _as_exactly(known.birth, event.birth)),
        )
        if told is not None and told not in ("unknown", kept)
    )
    residence = event.residence if event.residence != "unknown" else known.residence
    back = msgspec.structs.replace(joining(known, home, event.relation), residence=residence)
    return (back, *left_behind), each_once(notes, headless_there, headless(home), called_head(home, back))


def _as_exactly(birth: str | None, told: str | None) -> str | None:
    """Give a birth date on record no more exactly than one was told: a year does not differ from a day in it."""
    return birth if birth is None or told is None else birth[: len(told)]


def _departures(event: PersonArrived | PersonLeft, view: View) -> Iterator[Told]:
    """Give the other departures of somebody, inside the country, of the day of her arrival or departure."""
    for told in view.causes(event.person):
        other = told.event
        if not isinstance(other, PersonLeft) or other.destination == ABROAD:
            continue
        if (other.person, other.on) == (event.person, event.on):
            yield told


def _is_told_at_the_arrival(event: PersonLeft, view: View) -> bool:
    """Say whether a departure is half of a move of one day: its arrival brought her straight from where she lived."""
    if event.destination == ABROAD or not view.may_be_today(event.person):
        return False
    came = any(
        slot[0] == event.on and kind == PersonArrived.kind and getattr(before, "status", None) == "resident"
        for slot, kind, before, _ in view.steps(event.person)
    )
    return came and not any(told.slot < view.slot for told in _departures(event, view))


def left(event: PersonLeft, view: View) -> Effect:
    """Take a resident out of her household: abroad she is outside, otherwise in transit until she arrives.

    Of who left before and has not arrived yet it waits for the arrival.
    """
    person = view.person(event.person)
    if _is_told_at_the_arrival(event, view):
        return (), ()
    if person.status != "resident":
        raise elsewhere(person, "not-resident", view)
    homes, notes = without(person, view)
    return (departing(person, event.destination, event.on, event.place), *homes), notes
