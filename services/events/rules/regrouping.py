"""What do a split, a merger, a dissolution, a second sheet and a review do, and when can they not be?"""

import msgspec

from contracts.household import HouseholdState
from contracts.kinds.regrouping import (
    HouseholdDissolved,
    HouseholdMerged,
    HouseholdReviewed,
    HouseholdSheetOpened,
    HouseholdSplit,
)
from contracts.person import PersonState
from services.events.rules.household import (
    HEADLESS,
    departing,
    each_once,
    headless,
    joining,
    member,
    young,
)
from services.events.rules.personal import kept
from services.events.state.refold import Effect
from services.events.state.view import View
from services.events.state.world import Needs, State

LEFT = "left:"


def left_by(household: str) -> str:
    """Name what a dissolution waits for: somebody who still lives in the household, and of whom it says nothing."""
    return f"{LEFT}{household}"


def split(event: HouseholdSplit, view: View) -> Effect:
    """Found a household with some members of another; who moves to another area by it moves as by any move."""
    home = view.household(event.household)
    view.fresh(event.founded)
    founded = HouseholdState(
        id=event.founded,
        area=home.area if event.area is None else view.unit(event.area).id,
        number=event.number,
        type=event.type,
        head=event.head,
        personal=kept(event.personal),
    )
    states: list[State] = [founded]
    notes = [headless(founded)]
    for one in event.members:
        person = member(one.person, home.id, view)
        leads = person.id == event.head
        states.append(joining(person, founded, "head" if leads else one.relation))
        if leads:
            notes.append(young(person, event.on))
        if person.id == home.head:
            states.append(msgspec.structs.replace(home, head=None))
            notes.append((HEADLESS,))
    return tuple(states), each_once(*notes)


def merged(event: HouseholdMerged, view: View) -> Effect:
    """Bring everybody from one household into another, and end the one."""
    home, into = view.household(event.household), view.household(event.into)
    relations = {member(one.person, home.id, view).id: one.relation for one in event.members}
    people = view.members(home.id)
    ended = msgspec.structs.replace(home, status="merged", head=None, successor=into.id)
    joined = (joining(person, into, relations.get(person.id, "unknown")) for person in people)
    return (ended, *joined), headless(into) if people else ()


def dissolved(event: HouseholdDissolved, view: View) -> Effect:
    """End a household in which nobody is left, or nobody of whom it is not told what becomes of her; till then wait."""
    home = view.household(event.household)
    told = {member(one.person, home.id, view).id: one for one in event.members}
    states: list[State] = [msgspec.structs.replace(home, status="dissolved", head=None)]
    notes: list[tuple[str, ...]] = []
    for person in view.members(home.id):
        if person.id not in told:
            raise Needs(left_by(home.id), otherwise="household-not-empty")
        one = told[person.id]
        if one.household is None:
            states.append(departing(person, one.destination, event.on, one.place))
            continue
        there = view.household(one.household)
        states.append(joining(person, there, one.relation))
        notes.append(headless(there))
    return tuple(states), each_once(*notes)


def sheet_opened(event: HouseholdSheetOpened, view: View) -> Effect:
    """Put members of a household on one of its sheets."""
    home = view.household(event.household)
    people = [member(person, home.id, view) for person in event.people]
    moved = tuple(msgspec.structs.replace(person, sheet=event.sheet) for person in people)
    return moved, () if _couple(moved) or _couple((*moved, *_standing_on(event, view))) else ("sheet-without-couple",)


def _standing_on(event: HouseholdSheetOpened, view: View) -> list[PersonState]:
    return [person for person in view.members(event.household) if person.sheet == event.sheet]


def _couple(people: tuple[PersonState, ...]) -> bool:
    known = {person.id: person.spouse for person in people}
    return any(spouse is not None and known.get(spouse) == person for person, spouse in known.items())


def reviewed(event: HouseholdReviewed, view: View) -> Effect:
    """Mark a household as looked through on the day."""
    return (msgspec.structs.replace(view.household(event.household), reviewed=event.on),), ()
