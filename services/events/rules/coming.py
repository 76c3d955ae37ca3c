"""May somebody who lives elsewhere by the record have come all the same, so that a report waits until it is told?"""

from contracts.fact import position_of
from contracts.person import PersonState
from services.events.state.view import View
from services.events.state.world import Contradiction, Needs

ARRIVED = "arrived:"


def arrived(person: str) -> str:
    """Name what a report waits for that tells of somebody where she does not live as far as is known."""
    return f"{ARRIVED}{person}"


def elsewhere(person: PersonState, otherwise: str, view: View, household: str | None = None) -> Contradiction | Needs:
    """Give what to raise where somebody lives nowhere, or not in `household`: her coming may be told yet, or cannot be.

    It cannot of who is dead, or left on that very day only: arrivals stand before departures. Nor can it where the
    record lets her come there later on, which would fit no more.
    """
    known = view.since(person.id, status=person.status) if person.status != "resident" else []
    homes = view.homes(person.id)
    left = [slot for slot, home in homes if slot < view.slot and home is None][-1:]
    comes = [(slot, home) for slot, home in homes if slot > view.slot][:1]
    if person.status == "dead" or (person.household is None and left and left[0][0] == view.slot[0]):
        return Contradiction(otherwise, *known)
    if comes and comes[0][1] is not None and (person.household is None or comes[0][1] == household):
        return Contradiction(otherwise, *known, position_of(comes[0][0][1]))
    return Needs(arrived(person.id), otherwise)
